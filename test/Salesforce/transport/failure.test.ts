import { rowFailure, salesforceFailure } from '../../../nodes/Salesforce/transport/failure';

const failureOf = (status: number, body: unknown, headers: Record<string, string> = {}) =>
	salesforceFailure(status, headers, typeof body === 'string' ? body : JSON.stringify(body), 0);

const rest = (errorCode: string, message: string, more: object = {}) => [
	{ message, errorCode, ...more },
];

// Bodies as in https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
// and as clients of real orgs have written them down.
test.each([
	[401, rest('INVALID_SESSION_ID', 'Session expired or invalid'), 'auth', 'rejected', 'credential'],
	[
		403,
		rest('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'),
		'quota',
		'rejected',
		'credential',
	],
	[
		403,
		rest('REQUEST_LIMIT_EXCEEDED', 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.'),
		'throttled',
		'rejected',
		'credential',
	],
	[
		403,
		rest('REQUEST_LIMIT_EXCEEDED', 'ConcurrentPerOrgLongTxn Limit exceeded.'),
		'throttled',
		'rejected',
		'credential',
	],
	[
		400,
		rest(
			'UNABLE_TO_LOCK_ROW',
			'unable to obtain exclusive access to this record or 1 records: 001xx',
		),
		'throttled',
		'rejected',
		'item',
	],
	[
		400,
		rest(
			'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
			'AccountTrigger: execution of AfterUpdate caused by: System.DmlException: Update failed. First exception on row 0 with id 001xx; first error: UNABLE_TO_LOCK_ROW, unable to obtain exclusive access to this record: []',
		),
		'throttled',
		'rejected',
		'item',
	],
	[
		400,
		rest(
			'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
			'AccountTrigger: execution of AfterUpdate caused by: System.NullPointerException',
		),
		'conflict',
		'rejected',
		'item',
	],
	[
		500,
		rest('TOO_MANY_APEX_REQUESTS', 'Too many Apex requests'),
		'throttled',
		'rejected',
		'credential',
	],
	[
		500,
		rest('FUNCTIONALITY_TEMPORARILY_UNAVAILABLE', 'temporarily disabled'),
		'unavailable',
		'rejected',
		'host',
	],
	[503, rest('SERVER_UNAVAILABLE', 'Server is unavailable'), 'unavailable', 'rejected', 'host'],
	[
		500,
		rest('UNKNOWN_EXCEPTION', 'An unexpected error occurred.'),
		'unavailable',
		'maybeDone',
		'host',
	],
	[502, '<html><body><h1>502 Bad Gateway</h1></body></html>', 'unavailable', 'maybeDone', 'host'],
	[
		503,
		'<html><head><title>x</title></head><body>Down for Maintenance</body></html>',
		'unavailable',
		'rejected',
		'host',
	],
	[420, '<html><body>Enhance Your Calm</body></html>', 'throttled', 'rejected', 'credential'],
	[404, rest('NOT_FOUND', 'The requested resource does not exist'), 'invalid', 'rejected', 'item'],
	[
		403,
		rest('API_DISABLED_FOR_ORG', 'API is not enabled for this Organization or Partner'),
		'auth',
		'rejected',
		'credential',
	],
	[403, rest('FUNCTIONALITY_NOT_ENABLED', 'Feature not enabled'), 'auth', 'rejected', 'item'],
	[500, rest('APEX_ERROR', 'System.DmlException: Insert failed.'), 'invalid', 'rejected', 'item'],
	[400, rest('JSON_PARSER_ERROR', 'Unexpected character'), 'invalid', 'rejected', 'item'],
	[400, rest('SOMETHING_NEW', 'words'), 'invalid', 'rejected', 'item'],
	[
		400,
		rest('STORAGE_LIMIT_EXCEEDED', 'storage limit exceeded'),
		'quota',
		'rejected',
		'credential',
	],
	[403, 'Bad_OAuth_Token', 'auth', 'rejected', 'credential'],
] as const)('%i %j is %s, %s, of the %s', (status, body, kind, phase, scope) => {
	expect(failureOf(status, body)).toMatchObject({ kind, phase, scope, status });
});

test('the message is that of the org, with the fields that it does not name', () => {
	const missing = rest('REQUIRED_FIELD_MISSING', 'Required fields are missing: [LastName]', {
		fields: ['LastName'],
	});
	expect(failureOf(400, missing)).toMatchObject({
		code: 'REQUIRED_FIELD_MISSING',
		message: 'Required fields are missing: [LastName]',
	});
	const rule = rest('FIELD_CUSTOM_VALIDATION_EXCEPTION', 'Too small', { fields: ['Amount__c'] });
	expect(failureOf(400, rule).message).toBe('Too small (Amount__c)');
});

test('all errors of a record are told', () => {
	const both = [...rest('INVALID_FIELD', 'No such column'), ...rest('STRING_TOO_LONG', 'Too long')];
	expect(failureOf(400, both)).toMatchObject({
		code: 'INVALID_FIELD',
		message: 'No such column; Too long',
	});
});

test('an action that failed tells its errors in a place of its own', () => {
	const errors = [{ statusCode: 'INVALID_API_INPUT', message: 'Missing: recordId', fields: [] }];
	const body = [{ actionName: 'x', errors, isSuccess: false, outputValues: null }];
	expect(failureOf(400, body)).toMatchObject({
		code: 'INVALID_API_INPUT',
		message: 'Missing: recordId',
	});
});

test('an external ID of several records names them', () => {
	const addresses = [
		'/services/data/v68.0/sobjects/A__c/a00000000000001AAA',
		'/services/data/v68.0/sobjects/A__c/a00000000000002AAA',
	];
	expect(failureOf(300, addresses)).toMatchObject({
		kind: 'conflict',
		phase: 'rejected',
		code: 'DUPLICATE_EXTERNAL_ID',
		message: '2 records have this external ID: a00000000000001AAA, a00000000000002AAA',
	});
});

test('a wait that the server asks for is kept', () => {
	expect(failureOf(503, '', { 'retry-after': '7' }).retryAfterMs).toBe(7_000);
});

test('a page is shown without its tags and scripts', () => {
	const page =
		'<html><head><script>var a = 1;</script></head><body><p>We are&nbsp;down</p></body></html>';
	expect(failureOf(503, page).message).toBe(
		'The server answered 503, not in the words of the API: We are down',
	);
});

test.each([
	['UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access', 'throttled', 'item'],
	['UNKNOWN_EXCEPTION', 'Internal Salesforce.com Error', 'unavailable', 'item'],
	['DUPLICATES_DETECTED', 'Use one of these records?', 'conflict', 'item'],
	['REQUIRED_FIELD_MISSING', 'Required fields are missing: [Name]', 'invalid', 'item'],
	['STORAGE_LIMIT_EXCEEDED', 'storage limit exceeded', 'quota', 'credential'],
])('a row that failed with %s was not written', (statusCode, message, kind, scope) => {
	expect(rowFailure({ statusCode, message, fields: [] })).toMatchObject({
		...{ kind, scope, phase: 'rejected', code: statusCode },
	});
});
