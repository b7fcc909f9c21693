import avsc from 'avsc';
import fc from 'fast-check';
import { avroReader } from '../../../nodes/Salesforce/transport/events/avro';
import { fieldsOfBitmaps } from '../../../nodes/Salesforce/transport/events/bitmaps';
import { ACCOUNT_SCHEMA, accountEvent } from './avroSchemas';

const written = (schema: object, value: unknown) =>
	avsc.Type.forSchema(schema as avsc.Schema).toBuffer(value);

test('a change event is read as another implementation has written it', () => {
	const reader = avroReader(JSON.stringify(ACCOUNT_SCHEMA));
	const event = accountEvent(
		{ changeType: 'GAP_UPDATE', recordIds: ['001A', '001B'] },
		{
			Name: 'Acme',
			BillingAddress: { Street: null, City: 'Wien', PostalCode: '1010', Country: 'AT' },
			ShippingAddress: { Street: null, City: null, PostalCode: null, Country: 'DE' },
			AnnualRevenue: 0.1,
			Since__c: Date.UTC(2024, 0, 15),
			Opens__c: 37_845_000,
			LastModifiedDate: Date.UTC(2024, 0, 15, 10, 30),
		},
	);
	expect(reader.read(written(ACCOUNT_SCHEMA, event))).toEqual({
		...event,
		Since__c: '2024-01-15',
		Opens__c: '10:30:45.000Z',
		LastModifiedDate: '2024-01-15T10:30:00.000Z',
	});
});

test('a name is a text or has parts, as the union says', () => {
	const reader = avroReader(JSON.stringify(ACCOUNT_SCHEMA));
	const type = avsc.Type.forSchema(ACCOUNT_SCHEMA as avsc.Schema);
	const names = ['Acme', { FirstName: 'Ada', LastName: 'Lovelace' }, null];
	const read = names.map((Name) => reader.read(type.toBuffer(accountEvent({}, { Name }))).Name);
	expect(read).toEqual(names);
});

test('any values of any type come out as they went in', () => {
	const schema = {
		type: 'record',
		name: 'a.b.R',
		fields: [
			{ name: 'i', type: 'int' },
			{ name: 'l', type: 'long' },
			{ name: 'd', type: 'double' },
			{ name: 's', type: 'string' },
			{ name: 'b', type: 'boolean' },
			{ name: 'list', type: { type: 'array', items: ['null', 'long'] } },
			{ name: 'map', type: { type: 'map', values: 'string' } },
			{ name: 'next', type: ['null', 'R'] },
		],
	};
	const reader = avroReader(JSON.stringify(schema));
	const type = avsc.Type.forSchema(schema as avsc.Schema);
	// The other one is not exact beyond.
	const long = fc.integer({ min: -(2 ** 51), max: 2 ** 51 });
	const name = fc.string().filter((key) => key !== '__proto__');
	const leaf = {
		i: fc.integer(),
		l: long,
		d: fc.double({ noNaN: true }),
		s: fc.string({ unit: 'grapheme' }),
		b: fc.boolean(),
		list: fc.array(fc.option(long)),
		map: fc.dictionary(name, fc.string(), { noNullPrototype: true }),
	};
	const end = fc.record({ ...leaf, next: fc.constant(null) });
	const value = fc.record({ ...leaf, next: fc.option(end) });
	fc.assert(
		fc.property(value, (one) => {
			expect(reader.read(type.toBuffer(one))).toEqual(one);
		}),
	);
});

test('a number that JSON would round is a text, a small negative one is a number', () => {
	const schema = { type: 'record', name: 'R', fields: [{ name: 'n', type: 'long' }] };
	const reader = avroReader(JSON.stringify(schema));
	// Zigzag of 2^63 - 1 and of its negative, 10 bytes each. (Avro specification, "Binary encoding")
	const largest = Buffer.from('feffffffffffffffff01', 'hex');
	const smallest = Buffer.from('ffffffffffffffffff01', 'hex');
	expect(reader.read(largest)).toEqual({ n: '9223372036854775807' });
	expect(reader.read(smallest)).toEqual({ n: '-9223372036854775808' });
	expect(reader.read(Buffer.from([0x7f]))).toEqual({ n: -64 });
});

test('what does not fit the schema is a failure, not a wrong value', () => {
	const reader = avroReader(JSON.stringify(ACCOUNT_SCHEMA));
	const whole = written(ACCOUNT_SCHEMA, accountEvent({}));
	expect(() => reader.read(whole.subarray(0, 20))).toThrow('too short');
	expect(() =>
		avroReader('{"type":"record","name":"R","fields":[{"name":"a","type":"B"}]}'),
	).toThrow('does not say what "B" is');
});

test('bitmaps are names of fields, and of parts of compound fields', () => {
	const reader = avroReader(JSON.stringify(ACCOUNT_SCHEMA));
	expect(fieldsOfBitmaps(['0x82'], reader)).toEqual(['Name', 'LastModifiedDate']);
	expect(fieldsOfBitmaps(['0x10', '3-0x06', '8-0x8'], reader)).toEqual([
		'AnnualRevenue',
		'BillingAddress.City',
		'BillingAddress.PostalCode',
		'ShippingAddress.Country',
	]);
	expect(fieldsOfBitmaps(['1-0x2'], reader)).toEqual(['Name.LastName']);
	expect(fieldsOfBitmaps([], reader)).toEqual([]);
	expect(fieldsOfBitmaps(['Name'], reader)).toEqual(['Name']);
});
