import type { RecordRow, Verb } from '../../../../nodes/Salesforce/transport/records/record';
import { writeRecords } from '../../../../nodes/Salesforce/transport/records/writeRecords';
import type { Failure } from '../../../../nodes/shared/resilience/failure';
import type { Answer, Asked } from '../../orgStub';
import { clientAt, startOrgStub } from '../../orgStub';

let close: () => Promise<void> = async () => {};
afterEach(async () => await close());

interface Sent {
	attributes: { type: string };
	Name?: string;
	Id?: string;
}

/** The records of a request, with an answer that says all of them are done. */
const recordsOf = ({ body }: Asked) => (JSON.parse(body) as { records: Sent[] }).records;
const idsOf = ({ path }: Asked) =>
	(new URL(path, 'http://x').searchParams.get('ids') ?? '').split(',');
const done = (id: string) => ({ id, success: true, errors: [] });
const failed = (statusCode: string, message = 'no', fields: string[] = []) => ({
	success: false,
	errors: [{ statusCode, message, fields }],
});
let serial = 0;
const created = () => done(`001000000000${String(serial++).padStart(3, '0')}AAA`);

async function org(answer: (asked: Asked, nth: number) => Answer | Promise<Answer>) {
	const stub = await startOrgStub(answer);
	close = stub.close;
	return stub;
}

const rowsOf = (count: number, more: Partial<RecordRow> = {}): RecordRow[] =>
	Array.from({ length: count }, (_, n) => ({
		object: 'Account',
		fields: { Name: `n${n}` },
		...more,
	}));
const withIds = (count: number) =>
	rowsOf(count).map((row, n) => ({ ...row, id: `001${String(n).padStart(12, '0')}` }));

const failures = (outcomes: unknown[]) =>
	outcomes.filter((outcome): outcome is Failure => outcome instanceof Error);

test('1,000 records go in 5 requests, and each row gets its own result', async () => {
	const stub = await org((asked) => ({
		body: recordsOf(asked).map(({ Name = '' }) => done(`id of ${Name}`)),
	}));
	const outcomes = await writeRecords(clientAt(stub.url), 'create', rowsOf(1_000));
	expect(stub.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(
		Array(5).fill('POST /services/data/v68.0/composite/sobjects'),
	);
	expect(outcomes).toEqual(
		Array.from({ length: 1_000 }, (_, n) => ({ id: `id of n${n}`, success: true })),
	);
	expect(JSON.parse(stub.requests[0]?.body ?? '')).toMatchObject({ allOrNone: false });
});

test('objects and options are not mixed in one request', async () => {
	const stub = await org((asked) => ({ body: recordsOf(asked).map(created) }));
	const [lead, account] = [{ object: 'Lead' }, { options: { assignmentRule: 'FALSE' } }];
	const rows = [...rowsOf(2), ...rowsOf(2, lead), ...rowsOf(2, account), ...rowsOf(1, lead)];
	await writeRecords(clientAt(stub.url), 'create', rows, { allowDuplicates: true });
	const seen = stub.requests.map((asked) => [
		recordsOf(asked).map(({ attributes }) => attributes.type),
		asked.headers['sforce-duplicate-rule-header'],
		asked.headers['sforce-auto-assign'],
	]);
	expect(seen.sort()).toEqual([
		[['Account', 'Account'], undefined, 'FALSE'],
		[['Account', 'Account'], 'allowSave=true', undefined],
		[['Lead', 'Lead', 'Lead'], 'allowSave=true', undefined],
	]);
});

test('upsert names the external ID field in the path, its value in the record', async () => {
	const stub = await org(() => ({ body: [{ ...done('001A'), created: true }] }));
	const externalId = { field: 'Ext/Id__c', value: 'A/B?x#1 %' };
	const row = { object: 'Account', fields: { Name: 'x' }, externalId };
	expect(await writeRecords(clientAt(stub.url), 'upsert', [row])).toEqual([
		{ id: '001A', success: true, created: true },
	]);
	expect(stub.requests[0]).toMatchObject({
		method: 'PATCH',
		path: '/services/data/v68.0/composite/sobjects/Account/Ext%2FId__c',
	});
	expect(recordsOf(stub.requests[0] as Asked)).toEqual([
		{ attributes: { type: 'Account' }, 'Ext/Id__c': 'A/B?x#1 %', Name: 'x' },
	]);
});

test('only rows that were locked are sent again, together', async () => {
	const tries = new Map<string, number>();
	const stub = await org((asked) => ({
		body: recordsOf(asked).map(({ Name = '' }) => {
			const nth = (tries.get(Name) ?? 0) + 1;
			tries.set(Name, nth);
			const locked = Name.endsWith('7') && nth < 3;
			return locked ? failed('UNABLE_TO_LOCK_ROW') : done(Name);
		}),
	}));
	const client = { ...clientAt(stub.url), clock: noWaits };
	const outcomes = await writeRecords(client, 'create', rowsOf(1_000));
	expect(failures(outcomes)).toEqual([]);
	expect(stub.requests.map((asked) => recordsOf(asked).length)).toEqual([
		200, 200, 200, 200, 200, 100, 100,
	]);
	expect([...tries].every(([name, nth]) => nth === (name.endsWith('7') ? 3 : 1))).toBe(true);
});

// Pauses between rounds are not what is tested here.
const noWaits = {
	now: () => Date.now(),
	timer: (_ms: number, then: () => void) => {
		const handle = setTimeout(then, 0);
		return () => clearTimeout(handle);
	},
};

test('a row whose trigger did not get a lock is sent again as well', async () => {
	const words =
		'ContactTrigger: execution of AfterInsert caused by: System.DmlException: Update failed. First exception on row 0 with id 001xx; first error: UNABLE_TO_LOCK_ROW, unable to obtain exclusive access to this record: []';
	const stub = await org((asked, nth) => ({
		body: recordsOf(asked).map(({ Name }) =>
			Name === 'n1' && nth === 1
				? failed('CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', words)
				: created(),
		),
	}));
	const client = { ...clientAt(stub.url), clock: noWaits };
	expect(failures(await writeRecords(client, 'create', rowsOf(3)))).toEqual([]);
	expect(stub.requests.map((asked) => recordsOf(asked).length)).toEqual([3, 1]);
});

test.each([
	['delete', 'ENTITY_IS_DELETED', undefined],
	['update', 'STRING_TOO_LONG', 'maybeDone'],
] as const)(
	'%s: an answer is lost, its repetition meets a lock, and the next one %s',
	async (verb, code, phase) => {
		const stub = await org((_asked, nth) => {
			if (nth === 1) return { cut: true };
			return { body: [failed(nth === 2 ? 'UNABLE_TO_LOCK_ROW' : code)] };
		});
		const client = { ...clientAt(stub.url), clock: noWaits };
		const [outcome] = await writeRecords(client, verb, withIds(1));
		expect(stub.requests.length).toBe(3);
		// The first request may have had its effect, and what came later was about that.
		expect(Reflect.get(outcome ?? {}, 'phase')).toBe(phase);
	},
);

test('rows that stay locked fail after all attempts; others are told at once', async () => {
	const stub = await org((asked) => ({
		body: recordsOf(asked).map(({ Name }) =>
			Name === 'n1' ? failed('UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access') : created(),
		),
	}));
	const client = { ...clientAt(stub.url), clock: noWaits };
	const told: number[] = [];
	const outcomes = await writeRecords(client, 'create', rowsOf(3), {}, async (place) => {
		told.push(place);
	});
	expect(stub.requests.length).toBe(5);
	expect(told).toEqual([0, 2, 1]);
	expect(outcomes[1]).toMatchObject({ code: 'UNABLE_TO_LOCK_ROW', phase: 'rejected' });
});

test.each(['create', 'update', 'delete'] as Verb[])(
	'%s: a lost answer is repeated where that does no harm',
	async (verb) => {
		const stub = await org((asked, nth) => {
			if (nth === 1) return { cut: true };
			if (verb !== 'delete') return { body: recordsOf(asked).map(({ Id = '' }) => done(Id)) };
			return { body: idsOf(asked).map(() => failed('ENTITY_IS_DELETED')) };
		});
		const rows = verb === 'create' ? rowsOf(3) : withIds(3);
		const outcomes = await writeRecords(clientAt(stub.url), verb, rows);
		if (verb === 'create') {
			expect(stub.requests.length).toBe(1);
			expect(outcomes.map((one) => (one as Failure).phase)).toEqual(Array(3).fill('maybeDone'));
		} else {
			expect(stub.requests.length).toBe(2);
			expect(outcomes).toEqual(rows.map(({ id }) => ({ id, success: true })));
		}
	},
);

test('a record that was deleted before is a failure', async () => {
	const stub = await org(() => ({ body: [failed('ENTITY_IS_DELETED', 'entity is deleted')] }));
	const [outcome] = await writeRecords(clientAt(stub.url), 'delete', withIds(1));
	expect(outcome).toMatchObject({ code: 'ENTITY_IS_DELETED', phase: 'rejected' });
});

test('the same record is never twice in a request, and its rows keep their order', async () => {
	const stub = await org((asked) => ({ body: recordsOf(asked).map(({ Id = '' }) => done(Id)) }));
	const [a, b] = ['001000000000001', '001000000000002'];
	const rows = [a, b, `${a}AAA`, b, a].map((id, n) => ({
		object: 'Account',
		id,
		fields: { Name: `${n}` },
	}));
	await writeRecords(clientAt(stub.url), 'update', rows);
	expect(stub.requests.map((asked) => recordsOf(asked).map(({ Name }) => Name))).toEqual([
		['0', '1'],
		['2', '3'],
		['4'],
	]);
});

test('all or none: the whole request is sent again when one of its rows was locked', async () => {
	const stub = await org((asked, nth) => ({
		body: recordsOf(asked).map(({ Name }) => {
			if (nth > 1) return created();
			return failed(Name === 'n1' ? 'UNABLE_TO_LOCK_ROW' : 'ALL_OR_NONE_OPERATION_ROLLED_BACK');
		}),
	}));
	const client = { ...clientAt(stub.url), clock: noWaits };
	const outcomes = await writeRecords(client, 'create', rowsOf(3), { allOrNone: true });
	expect(failures(outcomes)).toEqual([]);
	expect(stub.requests.map((asked) => recordsOf(asked).length)).toEqual([3, 3]);
	expect(JSON.parse(stub.requests[0]?.body ?? '')).toMatchObject({ allOrNone: true });
});

test('what a duplicate rule has found is named', async () => {
	const match = (id: string) => ({ record: { attributes: { type: 'Lead' }, Id: id } });
	const stub = await org(() => ({
		body: [
			{
				success: false,
				errors: [
					{
						statusCode: 'DUPLICATES_DETECTED',
						message: 'Use one of these records?',
						fields: [],
						duplicateResult: {
							allowSave: true,
							duplicateRule: 'Standard_Lead_Duplicate_Rule',
							matchResults: [{ matchRecords: [match('00QA'), match('00QB')] }],
						},
					},
				],
			},
		],
	}));
	const [outcome] = await writeRecords(clientAt(stub.url), 'create', rowsOf(1));
	expect(outcome).toMatchObject({
		code: 'DUPLICATES_DETECTED',
		kind: 'conflict',
		message:
			'Use one of these records? Found: Lead 00QA, Lead 00QB, by the rule Standard_Lead_Duplicate_Rule.',
	});
});

test('all errors of a row are told, with their fields', async () => {
	const errors = [
		{
			statusCode: 'REQUIRED_FIELD_MISSING',
			message: 'Required fields are missing',
			fields: ['Name'],
		},
		{ statusCode: 'STRING_TOO_LONG', message: 'Phone: data value too large', fields: ['Phone'] },
	];
	const stub = await org(() => ({ body: [{ success: false, errors }] }));
	const [outcome] = await writeRecords(clientAt(stub.url), 'create', rowsOf(1));
	expect(outcome).toMatchObject({ code: 'REQUIRED_FIELD_MISSING', kind: 'invalid' });
	expect((outcome as Failure).message).toContain('Name');
	expect((outcome as Failure).message).toContain('STRING_TOO_LONG: Phone: data value too large');
});

test.each([
	[
		'JSON_PARSER_ERROR',
		(asked: Asked) => {
			const line = asked.body.split('\n').findIndex((text) => text.includes('"n3"'));
			return line < 0
				? undefined
				: `Cannot deserialize instance of date from VALUE_STRING value x at [line:${line + 1}, column:9]`;
		},
	],
	[
		'INVALID_FIELD',
		(asked: Asked) =>
			asked.body.includes('"Nmae"')
				? "No such column 'Nmae' on sobject of type Account"
				: undefined,
	],
])(
	'one row that makes the org refuse a request (%s) does not fail the others',
	async (code, find) => {
		const stub = await org((asked) => {
			const message = find(asked);
			if (message) return { status: 400, body: [{ message, errorCode: code }] };
			return { body: recordsOf(asked).map(created) };
		});
		const rows = rowsOf(5);
		if (code === 'INVALID_FIELD') rows[3] = { object: 'Account', fields: { Nmae: 'n3' } };
		const outcomes = await writeRecords(clientAt(stub.url), 'create', rows);
		expect(failures(outcomes).map((failure) => failure.code)).toEqual([code]);
		expect(outcomes[3]).toBeInstanceOf(Error);
		expect(stub.requests.length).toBe(2);
	},
);

test('where every row is wrong, they are not found one by one', async () => {
	const message = 'Cannot deserialize instance of date from VALUE_STRING at [line:2, column:9]';
	const stub = await org(() => ({
		status: 400,
		body: [{ message, errorCode: 'JSON_PARSER_ERROR' }],
	}));
	const outcomes = await writeRecords(clientAt(stub.url), 'create', rowsOf(200));
	expect(failures(outcomes).length).toBe(200);
	expect(stub.requests.length).toBe(21);
});

test('a request that was refused because of a lock is sent again as often as any other', async () => {
	const stub = await org(() => ({
		status: 400,
		body: [{ message: 'unable to obtain exclusive access', errorCode: 'UNABLE_TO_LOCK_ROW' }],
	}));
	const outcomes = await writeRecords(clientAt(stub.url), 'create', rowsOf(2));
	expect(failures(outcomes).map(({ code }) => code)).toEqual(Array(2).fill('UNABLE_TO_LOCK_ROW'));
	expect(stub.requests.length).toBe(5);
});

test('a row that cannot be sent fails alone', async () => {
	const stub = await org((asked) => ({ body: recordsOf(asked).map(created) }));
	const rows = [...rowsOf(2), { object: 'Account', fields: { Name: 'a', NAME: 'b' } }];
	const outcomes = await writeRecords(clientAt(stub.url), 'create', rows);
	expect(outcomes[2]).toMatchObject({ kind: 'invalid', phase: 'notSent' });
	expect(recordsOf(stub.requests[0] as Asked).length).toBe(2);
});

test('the daily limit stops the run: what was not sent is told as not sent', async () => {
	const stub = await org((asked, nth) =>
		nth === 1
			? { body: recordsOf(asked).map(created) }
			: {
					status: 403,
					body: [{ message: 'TotalRequests Limit exceeded.', errorCode: 'REQUEST_LIMIT_EXCEEDED' }],
				},
	);
	const one = { maxConcurrentRequests: 1 };
	const outcomes = await writeRecords(clientAt(stub.url, one), 'create', rowsOf(4_000), {
		bulkAbove: Infinity,
	});
	const phases = Map.groupBy(failures(outcomes), ({ phase }) => phase);
	expect(failures(outcomes).length).toBe(3_800);
	expect(phases.get('maybeDone')).toBeUndefined();
	expect(stub.requests.length).toBeLessThanOrEqual(11);
});

test('a row that the answer does not mention may be done', async () => {
	const stub = await org(() => ({ body: [created()] }));
	const outcomes = await writeRecords(clientAt(stub.url), 'create', rowsOf(2));
	expect(outcomes[1]).toMatchObject({ code: 'NOT_CONFIRMED', phase: 'maybeDone' });
});

test('a result that says neither success nor error may be done, and is not sent again', async () => {
	const stub = await org(() => ({ body: [created(), { id: '001A', errors: [] }, {}] }));
	const outcomes = await writeRecords(clientAt(stub.url), 'create', rowsOf(3));
	for (const outcome of outcomes.slice(1))
		expect(outcome).toMatchObject({ code: 'NOT_CONFIRMED', phase: 'maybeDone' });
	expect(stub.requests.length).toBe(1);
});

test('an upsert whose first answer was lost does not say that the record was there before', async () => {
	const stub = await org((_asked, nth) =>
		nth === 1 ? { cut: true } : { body: [{ ...done('001A'), created: false }] },
	);
	const externalId = { field: 'Ext__c', value: 'A' };
	const row = { object: 'Account', fields: {}, externalId };
	expect(await writeRecords(clientAt(stub.url), 'upsert', [row])).toEqual([
		{ id: '001A', success: true },
	]);
});

test.each([
	['Ext__c', 2],
	['Other__c', 1],
])('an upsert that somebody overtook by its external ID: %s, %i requests', async (field, sent) => {
	const words = `duplicate value found: ${field} duplicates value on record with id: 001000000000001`;
	const stub = await org((_asked, nth) => ({
		body: [nth === 1 ? failed('DUPLICATE_VALUE', words) : { ...done('001A'), created: false }],
	}));
	const client = { ...clientAt(stub.url), clock: noWaits };
	const row = { object: 'Account', fields: {}, externalId: { field: 'ext__C', value: 'A' } };
	const [outcome] = await writeRecords(client, 'upsert', [row]);
	expect(stub.requests.length).toBe(sent);
	expect(Reflect.get(outcome ?? {}, 'code')).toBe(sent === 1 ? 'DUPLICATE_VALUE' : undefined);
});

test('an upsert that was overtaken in a request of all or none is not sent alone', async () => {
	const words = 'duplicate value found: Ext__c duplicates value on record with id: 001000000000001';
	const stub = await org(() => ({
		body: [failed('DUPLICATE_VALUE', words), failed('ALL_OR_NONE_OPERATION_ROLLED_BACK')],
	}));
	const rows = ['A', 'B'].map((value) => ({
		object: 'Account',
		fields: {},
		externalId: { field: 'Ext__c', value },
	}));
	const client = { ...clientAt(stub.url), clock: noWaits };
	await writeRecords(client, 'upsert', rows, { allOrNone: true });
	expect(stub.requests.length).toBe(1);
});

test('an upsert that stays a duplicate fails', async () => {
	const words = 'duplicate value found: Ext__c duplicates value on record with id: 001000000000001';
	const stub = await org(() => ({ body: [failed('DUPLICATE_VALUE', words)] }));
	const client = { ...clientAt(stub.url), clock: noWaits };
	const row = { object: 'Account', fields: {}, externalId: { field: 'Ext__c', value: 'A' } };
	const [outcome] = await writeRecords(client, 'upsert', [row]);
	expect(stub.requests.length).toBe(2);
	expect(outcome).toMatchObject({ code: 'DUPLICATE_VALUE', kind: 'conflict', phase: 'rejected' });
});

test('an error that is no list is told all the same', async () => {
	const errors = { statusCode: 'STRING_TOO_LONG', message: 'too long', fields: ['Name'] };
	const stub = await org(() => ({ body: [{ success: false, errors }] }));
	const [outcome] = await writeRecords(clientAt(stub.url), 'create', rowsOf(1));
	expect(outcome).toMatchObject({ code: 'STRING_TOO_LONG', phase: 'rejected' });
});

test.each([
	['create', 1, 'maybeDone'],
	['update', 2, undefined],
] as const)('an empty answer to %s: %d requests', async (verb, sent, phase) => {
	const stub = await org((asked, nth) => ({
		body: nth === 1 ? '' : recordsOf(asked).map(created),
	}));
	const rows = verb === 'create' ? rowsOf(2) : withIds(2);
	const outcomes = await writeRecords(clientAt(stub.url), verb, rows);
	expect(stub.requests.length).toBe(sent);
	expect(outcomes.map((one) => Reflect.get(one, 'phase'))).toEqual([phase, phase]);
});

test('a cancelled run sends nothing more', async () => {
	const controller = new AbortController();
	const stub = await org((asked) => {
		controller.abort(new Error('stopped'));
		return { body: recordsOf(asked).map(created) };
	});
	const client = clientAt(stub.url, { maxConcurrentRequests: 1 }, { signal: controller.signal });
	const outcomes = await writeRecords(client, 'create', rowsOf(400));
	expect(stub.requests.length).toBe(1);
	expect(failures(outcomes).map(({ code }) => code)).toEqual(Array(400).fill('CANCELLED'));
	expect(new Set(failures(outcomes).map(({ phase }) => phase))).toEqual(
		new Set(['maybeDone', 'notSent']),
	);
});
