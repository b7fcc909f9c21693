import {
	startSalesforceSandbox,
	type SalesforceSandbox,
} from '../../../sandbox/salesforce/server.ts';
import { send } from './clients.ts';

let sandbox: SalesforceSandbox;

beforeAll(async () => {
	sandbox = await startSalesforceSandbox();
});

afterAll(async () => await sandbox.close());

const post = (object: string, fields: object, headers = {}) =>
	send(sandbox, 'POST', `/sobjects/${object}`, fields, headers);

test.each<[string, object, object]>([
	[
		'Account',
		{ Phone: '1' },
		{
			errorCode: 'REQUIRED_FIELD_MISSING',
			message: 'Required fields are missing: [Name]',
			fields: ['Name'],
		},
	],
	[
		'Account',
		{ Name: 'a', Foo: 1 },
		{ errorCode: 'INVALID_FIELD', message: "No such column 'Foo' on sobject of type Account" },
	],
	[
		'Account',
		{ Name: 'a', CreatedDate: '2026-01-01' },
		{ errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE', fields: ['CreatedDate'] },
	],
	[
		'Account',
		{ Name: 'x'.repeat(256) },
		{
			errorCode: 'STRING_TOO_LONG',
			message: expect.stringMatching(
				/^Account Name: data value too large: x{256} \(max length=255\)$/,
			),
			fields: ['Name'],
		},
	],
	[
		'Account',
		{ Name: 'a', Tier__c: 'Tin' },
		{
			errorCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
			message: 'Tier: bad value for restricted picklist field: Tin',
			fields: ['Tier__c'],
		},
	],
	[
		'Account',
		{ Name: 'a', NumberOfEmployees: 'many' },
		{
			errorCode: 'JSON_PARSER_ERROR',
			message: expect.stringMatching(
				/^Cannot deserialize instance of int from VALUE_STRING value many/,
			),
		},
	],
	['Account', { Name: 'a', Customer_Since__c: '2026-02-30' }, { errorCode: 'JSON_PARSER_ERROR' }],
	[
		'Account',
		{ Name: { first: 'a' } },
		{
			errorCode: 'JSON_PARSER_ERROR',
			message: expect.stringContaining('from START_OBJECT value {'),
		},
	],
	[
		'Account',
		{ Name: 'a', AnnualRevenue: 1e19 },
		{ errorCode: 'NUMBER_OUTSIDE_VALID_RANGE', fields: ['AnnualRevenue'] },
	],
	[
		'Account',
		{ Name: 'a', ParentId: '003000000000001AAA' },
		{ errorCode: 'MALFORMED_ID', fields: ['ParentId'] },
	],
	[
		'Account',
		{ Name: 'a', ParentId: '001Sb000000ZZZZ' },
		{ errorCode: 'INVALID_CROSS_REFERENCE_KEY', message: 'invalid cross reference id' },
	],
	[
		'Contact',
		{ LastName: 'a', Email: 'nobody' },
		{
			errorCode: 'INVALID_EMAIL_ADDRESS',
			message: 'Email: invalid email address: nobody',
			fields: ['Email'],
		},
	],
	[
		'Invoice__c',
		{ Amount__c: -1 },
		{
			errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
			message: 'The amount must not be negative.',
			fields: ['Amount__c'],
		},
	],
	[
		'Invoice__c',
		{ Account__r: { External_Id__c: 'nobody' } },
		{
			errorCode: 'INVALID_FIELD',
			message:
				'Foreign key external ID: nobody not found for field External_Id__c in entity Account',
		},
	],
])('%s %j is refused', async (object, fields, error) => {
	const before = sandbox.store.count(object);
	expect(await post(object, fields)).toMatchObject({ status: 400, body: [error] });
	expect(sandbox.store.count(object)).toBe(before);
});

test('a unique value stands in one record, in any case of letters', async () => {
	const first = await post('Account', { Name: 'U', External_Id__c: 'u-1' });
	const { id } = first.body as { id: string };
	expect(await post('Account', { Name: 'U', External_Id__c: 'U-1' })).toMatchObject({
		status: 400,
		body: [
			{
				errorCode: 'DUPLICATE_VALUE',
				message: `duplicate value found: External_Id__c duplicates value on record with id: ${id.slice(0, 15)}`,
			},
		],
	});
});

test('ids: of another object, of none, of a deleted record', async () => {
	const { id } = (await post('Account', { Name: 'Ids' })).body as { id: string };
	const get = (path: string) => send(sandbox, 'GET', path);
	expect(await get(`/sobjects/Contact/${id}`)).toMatchObject({
		status: 400,
		body: [{ errorCode: 'MALFORMED_ID' }],
	});
	expect(await get('/sobjects/Account/xyz')).toMatchObject({
		status: 404,
		body: [
			{
				errorCode: 'NOT_FOUND',
				message: 'Provided external ID field does not exist or is not accessible: xyz',
			},
		],
	});
	expect(await get('/sobjects/Account/001Sb000000ZZZZ')).toMatchObject({ status: 404 });
	// The case of 18 characters does not matter: the last three tell it.
	expect((await get(`/sobjects/account/${id.toLowerCase()}`)).body).toMatchObject({ Id: id });
	await send(sandbox, 'DELETE', `/sobjects/Account/${id}`);
	expect(await send(sandbox, 'PATCH', `/sobjects/Account/${id}`, { Name: 'x' })).toMatchObject({
		status: 404,
		body: [{ errorCode: 'ENTITY_IS_DELETED', message: 'entity is deleted' }],
	});
});

test('two records with one external id: 300 and their addresses', async () => {
	const path = '/sobjects/Account/Legacy_Key__c/A%2FB%3Fx%231%20%25';
	const made = await send(sandbox, 'PATCH', path, { Name: 'One' });
	expect(made).toMatchObject({ status: 201, body: { created: true, success: true } });
	const { id } = made.body as { id: string };
	expect(sandbox.store.read(id)).toMatchObject({ Legacy_Key__c: 'A/B?x#1 %' });
	const again = await send(sandbox, 'PATCH', path, { Name: 'Two' });
	expect(again).toMatchObject({ status: 200, body: { created: false, id } });
	const other = sandbox.store.insert('Account', { Name: 'Two', Legacy_Key__c: 'A/B?x#1 %' });
	expect(await send(sandbox, 'PATCH', path, { Name: 'Three' })).toMatchObject({
		status: 300,
		body: [id, other].map((one) => `/services/data/v68.0/sobjects/Account/${one}`),
	});
});

test('duplicate rules warn, and let through who insists', async () => {
	const person = { LastName: 'Double', Company: 'X', Email: 'double@example.org' };
	const first = (await post('Lead', person)).body as { id: string };
	const second = await post('Lead', person);
	expect(second).toMatchObject({
		status: 400,
		body: [
			{
				errorCode: 'DUPLICATES_DETECTED',
				message: 'Use one of these records?',
				duplicateResut: {
					allowSave: true,
					matchResults: [{ matchRecords: [{ record: { Id: first.id } }] }],
				},
			},
		],
	});
	const records = [{ attributes: { type: 'Lead' }, ...person }];
	expect((await send(sandbox, 'POST', '/composite/sobjects', { records })).body).toEqual([
		{
			success: false,
			errors: [
				{ statusCode: 'DUPLICATES_DETECTED', message: 'Use one of these records?', fields: [] },
			],
		},
	]);
	const allowed = { 'sforce-duplicate-rule-header': 'allowSave=true' };
	expect((await post('Lead', person, allowed)).status).toBe(201);
});

test('leads go to the owner of the assignment rule, unless told not to', async () => {
	const owner = async (headers: object) => {
		const { body } = await post('Lead', { LastName: 'A', Company: 'B' }, headers);
		return String(sandbox.store.read((body as { id: string }).id)?.OwnerId).slice(0, 3);
	};
	expect(await owner({})).toBe('00G');
	expect(await owner({ 'sforce-auto-assign': 'FALSE' })).toBe('005');
});

test('several errors of one record, and names in any case', async () => {
	const type = sandbox.org.schema.get('Opportunity');
	for (const field of ['CloseDate', 'Amount']) {
		type?.validationRules.push({
			field,
			broken: ({ values }) => (values.Name === 'bad' ? field : undefined),
		});
	}
	const fields = { name: 'bad', stagename: 'Prospecting', CLOSEDATE: '2026-12-01' };
	expect(await post('opportunity', fields)).toMatchObject({
		status: 400,
		body: [
			{ errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', fields: ['CloseDate'] },
			{ errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', fields: ['Amount'] },
		],
	});
	expect((await post('opportunity', { ...fields, name: 'good' })).status).toBe(201);
});

test('what is no resource, no method, no version', async () => {
	expect(await send(sandbox, 'GET', '/nothing/here')).toMatchObject({
		status: 404,
		body: [{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }],
	});
	expect(await send(sandbox, 'PUT', '/sobjects/Account/001Sb0000000001', {})).toMatchObject({
		status: 405,
		body: [{ errorCode: 'METHOD_NOT_ALLOWED' }],
	});
	expect((await send(sandbox, 'GET', '/services/data/v99.0/limits')).status).toBe(404);
	expect((await send(sandbox, 'GET', '/services/data/v30.0/limits')).status).toBe(410);
	const versions = await (await fetch(`${sandbox.url}/services/data`)).json();
	expect((versions as unknown[]).at(-1)).toEqual({
		label: "Winter '27",
		url: '/services/data/v68.0',
		version: '68.0',
	});
});

test('a body that is no JSON', async () => {
	expect(await send(sandbox, 'POST', '/sobjects/Account', '{"Name":')).toMatchObject({
		status: 400,
		body: [{ errorCode: 'JSON_PARSER_ERROR' }],
	});
	const xml = { 'content-type': 'text/plain' };
	expect(await send(sandbox, 'POST', '/sobjects/Account', 'x', xml)).toMatchObject({
		status: 415,
		body: [{ errorCode: 'UNSUPPORTED_MEDIA_TYPE' }],
	});
});
