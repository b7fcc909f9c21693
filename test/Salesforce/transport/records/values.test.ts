import { DateTime } from 'luxon';
import type { RecordRow } from '../../../../nodes/Salesforce/transport/records/record';
import { inTurns, recordKey } from '../../../../nodes/Salesforce/transport/records/record';
import { jsonRecord } from '../../../../nodes/Salesforce/transport/records/values';

const sent = (fields: Record<string, unknown>, more: Partial<RecordRow> = {}) =>
	JSON.parse(jsonRecord({ object: 'Account', fields, ...more })) as unknown;
const attributes = { type: 'Account' };

test('values keep their type, and undefined is left out', () => {
	expect(
		sent({ Name: '', Phone: null, Site: undefined, Employees: 5, Active__c: false, Big__c: 12n }),
	).toEqual({ attributes, Name: '', Phone: null, Employees: 5, Active__c: false, Big__c: '12' });
});

test('dates, and several values of a picklist', () => {
	expect(
		sent({
			A__c: new Date(Date.UTC(2026, 0, 2, 3, 4, 5)),
			B__c: DateTime.fromISO('2026-01-02T03:04:05+02:00', { setZone: true }),
			C__c: ['red', 'blue'],
			D__c: [],
		}),
	).toEqual({
		attributes,
		A__c: '2026-01-02T03:04:05.000Z',
		B__c: '2026-01-02T03:04:05.000+02:00',
		C__c: 'red;blue',
		D__c: '',
	});
});

test('a field called "type" is a field', () => {
	expect(sent({ type: 'Customer', Attributes: { type: 'Contact' } })).toEqual({
		attributes,
		type: 'Customer',
	});
});

test('a parent by its external ID, written in either way', () => {
	const parent = { attributes, Parent: { Ext__c: 'A-1' } };
	expect(sent({ 'Parent.Ext__c': 'A-1' })).toEqual(parent);
	expect(sent({ Parent: { Ext__c: 'A-1', Name: undefined } })).toEqual(parent);
	expect(
		sent({ Owner: { attributes: { type: 'User', url: '/services/data' }, Username: 'a@b.c' } }),
	).toEqual({ attributes, Owner: { attributes: { type: 'User' }, Username: 'a@b.c' } });
});

test('no external ID: no parent', () => {
	expect(
		sent({ 'Parent.Ext__c': null, Boss__r: { Ext__c: '' }, Owner: { Username: null } }),
	).toEqual({ attributes, ParentId: null, Boss__c: null, OwnerId: null });
});

test('the record to be updated is named once', () => {
	expect(sent({ ID: '001000000000001', Name: 'x' }, { id: '001000000000002AAA' })).toEqual({
		attributes,
		Id: '001000000000002AAA',
		Name: 'x',
	});
	expect(
		sent({ Id: '1', ext__c: 'old', Name: 'x' }, { externalId: { field: 'Ext__c', value: 'A/B' } }),
	).toEqual({ attributes, Ext__c: 'A/B', Name: 'x' });
});

test.each<[Record<string, unknown>, string]>([
	[{ Name: 'a', name: 'b' }, '"Name" and "name" are one field'],
	[{ Employees: NaN }, '"Employees" is "NaN", which no field can hold'],
	[{ Birth__c: new Date('x') }, '"Birth__c" is Invalid Date, which no field can hold'],
	[{ Tags__c: [{ a: 1 }] }, '"Tags__c" is {"a":1}, which no field can hold'],
])('%j is refused', (fields, message) => {
	expect(() => sent(fields)).toThrow(message);
});

const update = (id: string): RecordRow => ({ object: 'Account', id, fields: {} });
const upsert = (value: string, object = 'Account'): RecordRow => ({
	object,
	externalId: { field: 'Ext__c', value },
	fields: {},
});

test('rows for the same record are in different turns, in their order', async () => {
	expect(
		await inTurns([
			update('001000000000001'),
			update('001000000000002'),
			update('001000000000001AAA'),
			update('001000000000001'),
		]),
	).toEqual([[0, 1], [2], [3]]);
	expect(
		await inTurns([
			upsert('a'),
			upsert('A '),
			upsert('b'),
			upsert('a', 'Lead'),
			upsert('7'),
			upsert('07'),
		]),
	).toEqual([
		[0, 2, 3, 4],
		[1, 5],
	]);
	expect(recordKey({ object: 'Account', fields: { Id: 'x' } })).toBeUndefined();
	expect(await inTurns([])).toEqual([]);
});
