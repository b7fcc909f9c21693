import { cellsOf } from '../../../../nodes/Salesforce/transport/records/bulk/csvForm';
import { bulkRowFailure } from '../../../../nodes/Salesforce/transport/records/bulk/rowError';
import { Part, tableOf } from '../../../../nodes/Salesforce/transport/records/bulk/table';
import type { RecordRow } from '../../../../nodes/Salesforce/transport/records/record';

const textOf = async (part: Part) => {
	const chunks: Buffer[] = [];
	for await (const chunk of part.body()) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString();
};

const row = (fields: Record<string, unknown>): RecordRow => ({ object: 'Account', fields });

test('the columns are those of all rows, in whatever case they are written', async () => {
	const rows = [row({ Name: 'a' }), row({ NAME: 'b', Site: 'x,y' }), row({ Phone: null })];
	const table = await tableOf('create', rows, [0, 1, 2]);
	expect(await textOf(new Part('create', rows, table, 0))).toBe(
		'Name,Site,Phone\na,,\nb,"x,y",\n,,#N/A\n',
	);
});

test('rows are cut into files of a given size, which are the same when sent again', async () => {
	const rows = Array.from({ length: 10 }, (_, n) => row({ Name: `row ${n}` }));
	const table = await tableOf('create', rows, [...rows.keys()]);
	const seen: number[][] = [];
	for (let start = 0; start < rows.length;) {
		const part = new Part('create', rows, table, start, 30);
		const text = await textOf(part);
		expect(text).toBe(await textOf(part));
		expect(Buffer.byteLength(text)).toBeLessThanOrEqual(30);
		seen.push(part.places);
		start = part.end;
	}
	expect(seen).toEqual([
		[0, 1, 2, 3],
		[4, 5, 6, 7],
		[8, 9],
	]);
});

test('values as CSV has them', () => {
	const externalId = { field: 'Ext__c', value: 'E1' };
	const fields = {
		ID: 'x',
		ext__c: 'other',
		Born__c: new Date(Date.UTC(2026, 0, 2)),
		Tags__c: ['a', 'b'],
		Active__c: true,
		Amount: 0.1,
		Parent: { Ext__c: 'P1' },
		'Owner.Username': null,
	};
	expect([...(cellsOf('upsert', { object: 'Account', externalId, fields }) ?? [])]).toEqual([
		['Ext__c', 'E1'],
		['Born__c', '2026-01-02T00:00:00.000Z'],
		['Tags__c', 'a;b'],
		['Active__c', 'true'],
		['Amount', '0.1'],
		['Parent.Ext__c', 'P1'],
		['OwnerId', '#N/A'],
	]);
	const gone = { object: 'Account', id: '001000000000001', fields: { Name: 'x' } };
	expect([...(cellsOf('delete', gone) ?? [])]).toEqual([['Id', '001000000000001']]);
});

test.each([
	{ Name: '#N/A' },
	{ Name: 'x'.repeat(32_001) },
	{ Owner: { attributes: { type: 'User' }, Username: 'a@b.c' } },
	{ Parent: { A__c: '1', B__c: '2' } },
])('what CSV cannot say goes another way', (fields) => {
	expect(cellsOf('create', row(fields))).toBeUndefined();
});

test.each([
	[
		'REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --',
		{ code: 'REQUIRED_FIELD_MISSING', message: 'Required fields are missing: [Name]' },
	],
	[
		'UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record or 1 records: 0015e00000ABC:--',
		{ code: 'UNABLE_TO_LOCK_ROW', kind: 'throttled', scope: 'item' },
	],
	[
		'STRING_TOO_LONG:Site: data value too large: xx (max length=80):Site --',
		{ code: 'STRING_TOO_LONG', message: 'Site: data value too large: xx (max length=80)' },
	],
	[
		"INVALID_FIELD:Failed to deserialize field at col 2. Due to, 'abc' is not a valid value for the type xsd:double:NumberOfEmployees --",
		{ code: 'INVALID_FIELD' },
	],
	['something else', { code: 'something', message: 'something else' }],
])('%s', (text, failure) => {
	expect(bulkRowFailure(text)).toMatchObject({ phase: 'rejected', ...failure });
});
