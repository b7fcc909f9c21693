import { isQueryValid, parseQuery } from '@jetstreamapp/soql-parser-js';
import type { Query } from '@jetstreamapp/soql-parser-js';
import fc from 'fast-check';
import type {
	Group,
	Operator,
	Test,
} from '../../../../nodes/Salesforce/transport/query/conditions';
import { whereOf } from '../../../../nodes/Salesforce/transport/query/conditions';
import { fieldTypes } from '../../../../nodes/Salesforce/transport/query/fieldTypes';
import { soqlText } from '../../../../nodes/Salesforce/transport/query/soql';
import { describe as describeObject } from './described';

const FIELDS = [
	...['Id', 'Name', 'AccountNumber', 'Industry', 'Description', 'AnnualRevenue', 'Active__c'],
	...['NumberOfEmployees', 'Regions__c', 'Since__c', 'Opens__c', 'CreatedDate', 'Owner.Name'],
	'OwnerId',
];
const fieldOf = fieldTypes(describeObject, 'Account', FIELDS);

const where = async (...of: Array<Test | Group>) => whereOf({ match: 'all', of }, await fieldOf);
const one = async (field: string, operator: Operator, value?: unknown) =>
	await where({ field, operator, value });

describe('the type of the field decides how a value is written', () => {
	test.each([
		['AccountNumber', '0012', "AccountNumber = '0012'"],
		['AccountNumber', 12, "AccountNumber = '12'"],
		['OwnerId', '005000000000001', "OwnerId = '005000000000001'"],
		['Name', 'TODAY', "Name = 'TODAY'"],
		['Name', 'true', "Name = 'true'"],
		['Name', '2026-01-01', "Name = '2026-01-01'"],
		['Name', '', "Name = ''"],
		['Name', 'O\'Neill \\ "Sons"\n', "Name = 'O\\'Neill \\\\ \\\"Sons\\\"\\n'"],
		['Name', null, 'Name = NULL'],
		['Industry', 'Energy', "Industry = 'Energy'"],
		['Active__c', 'true', 'Active__c = TRUE'],
		['Active__c', false, 'Active__c = FALSE'],
		['NumberOfEmployees', '12', 'NumberOfEmployees = 12'],
		['AnnualRevenue', '-12345678901234567890.25', 'AnnualRevenue = -12345678901234567890.25'],
		['AnnualRevenue', 1e21, 'AnnualRevenue = 1000000000000000000000'],
		['AnnualRevenue', 1.5e-7, 'AnnualRevenue = 0.00000015'],
		['AnnualRevenue', 'EUR500', 'AnnualRevenue = EUR500'],
		['Since__c', '2026-02-28', 'Since__c = 2026-02-28'],
		['Since__c', '2026-02-28T23:30:00-05:00', 'Since__c = 2026-02-28'],
		['Since__c', new Date('2026-02-28T10:00:00Z'), 'Since__c = 2026-02-28'],
		['CreatedDate', '2026-02-28T23:30:00+02:00', 'CreatedDate = 2026-02-28T21:30:00.000Z'],
		['CreatedDate', '2026-02-28T23:30Z', 'CreatedDate = 2026-02-28T23:30:00.000Z'],
		['CreatedDate', '2026-02-28', 'CreatedDate = 2026-02-28T00:00:00.000Z'],
		['Opens__c', '8:30', undefined],
		['Opens__c', '08:30', 'Opens__c = 08:30:00.000Z'],
	])('%s = %p', async (field, value, expected) => {
		if (expected === undefined) await expect(one(field, 'equals', value)).rejects.toThrow(field);
		else expect(await one(field, 'equals', value)).toBe(expected);
	});

	test.each([
		['CreatedDate', '2026-02-28T23:30:00', 'time zone'],
		['CreatedDate', 'yesterday', '2026-05-31T14:30:00Z'],
		['CreatedDate', '2026-02-30T00:00:00Z', '2026-05-31'],
		['Since__c', '2026-02-30', '2026-05-31'],
		['Since__c', 'TODAY', '2026-05-31'],
		['NumberOfEmployees', '1,000', 'thousands'],
		['NumberOfEmployees', '1 OR Id != NULL', 'thousands'],
		['AnnualRevenue', NaN, 'decimal point'],
		['Active__c', 'yes', 'true or false'],
		['NumberOfEmployees', '', 'Is Empty'],
		['Name', { a: 1 }, 'single value'],
	])('%s does not take %p, and the hint says what it takes', async (field, value, hint) => {
		await expect(one(field, 'equals', value)).rejects.toMatchObject({
			kind: 'invalid',
			phase: 'notSent',
			message: expect.stringContaining(field) as string,
			hint: expect.stringContaining(hint) as string,
		});
	});

	test('a date literal is one where it was chosen, and only a known one', async () => {
		const test = { field: 'CreatedDate', operator: 'equals', isDateLiteral: true } as const;
		expect(await where({ ...test, value: 'last_n_days:7' })).toBe('CreatedDate = LAST_N_DAYS:7');
		expect(await where({ ...test, value: ' TODAY ' })).toBe('CreatedDate = TODAY');
		for (const value of ['NOW', 'LAST_N_DAYS', 'TODAY OR Id != NULL', 'LAST_N_DAYS:7:1'])
			await expect(where({ ...test, value })).rejects.toThrow('no date literal');
	});
});

describe('operators', () => {
	test.each<[Operator, unknown, string]>([
		['contains', '50%_\\', "Name LIKE '%50\\%\\_\\\\%'"],
		['startsWith', 'a%', "Name LIKE 'a\\%%'"],
		['endsWith', 'a', "Name LIKE '%a'"],
		['notContains', 'a', "(NOT (Name LIKE '%a%'))"],
		['notStartsWith', 'a', "(NOT (Name LIKE 'a%'))"],
		['like', 'a_c\\%%', "Name LIKE 'a_c\\%%'"],
		['like', "a'\\b", "Name LIKE 'a\\'\\\\b'"],
		['notLike', 'a%', "(NOT (Name LIKE 'a%'))"],
		['in', ['a', 'b, c', 'a'], "Name IN ('a', 'b, c')"],
		['in', 'a, b', "Name IN ('a', 'b')"],
		['in', ['a', null], "(Name IN ('a') OR Name = NULL)"],
		['in', [], 'Id = NULL'],
		['notIn', ['a', null], "(Name NOT IN ('a') AND Name != NULL)"],
		['notIn', [], 'Id != NULL'],
		['isEmpty', undefined, 'Name = NULL'],
		['isNotEmpty', undefined, 'Name != NULL'],
		['atLeast', 'm', "Name >= 'm'"],
	])('%s %p', async (operator, value, expected) => {
		expect(await one('Name', operator, value)).toBe(expected);
	});

	test('lists of a multi-select picklist', async () => {
		const regions = async (operator: Operator) =>
			await one('Regions__c', operator, ['North', "S'outh"]);
		expect(await regions('includesAny')).toBe("Regions__c INCLUDES ('North', 'S\\'outh')");
		expect(await regions('includesAll')).toBe("Regions__c INCLUDES ('North;S\\'outh')");
		expect(await regions('excludes')).toBe("Regions__c EXCLUDES ('North', 'S\\'outh')");
		await expect(one('Regions__c', 'includesAny', [])).rejects.toThrow('no value');
	});

	test('a list of numbers has no quotes', async () => {
		expect(await one('NumberOfEmployees', 'in', '1, 2')).toBe('NumberOfEmployees IN (1, 2)');
	});

	test('a part of a text is searched in texts only', async () => {
		await expect(one('CreatedDate', 'contains', '2026')).rejects.toMatchObject({
			message: expect.stringContaining('datetime') as string,
		});
		await expect(one('Name', 'contains', '')).rejects.toThrow('"Name" has no value');
	});

	test('groups stand in parentheses where there is an AND beside an OR', async () => {
		const any: Group = {
			match: 'any',
			of: [
				{ field: 'Industry', operator: 'equals', value: 'Energy' },
				{ field: 'Name', operator: 'notContains', value: 'x' },
				{ match: 'all', of: [] },
			],
		};
		expect(await where({ field: 'Active__c', operator: 'equals', value: true }, any)).toBe(
			"Active__c = TRUE AND (Industry = 'Energy' OR (NOT (Name LIKE '%x%')))",
		);
		expect(await where({ match: 'all', of: [] })).toBe('');
	});
});

describe('fields of parents', () => {
	test('their types are those of the object at the end of the path', async () => {
		const of = await fieldTypes(describeObject, 'Contact', [
			'Account.CreatedDate',
			'account.owner.isactive',
		]);
		expect(of('Account.CreatedDate')).toMatchObject({ type: 'datetime' });
		expect(of('account.owner.isactive')).toMatchObject({ type: 'boolean' });
	});

	test('one of the objects that a field may refer to is enough', async () => {
		const of = await fieldTypes(describeObject, 'Task', ['What.Name', 'What.AnnualRevenue']);
		expect(of('What.Name')).toMatchObject({ type: 'string' });
		expect(of('What.AnnualRevenue')).toMatchObject({ type: 'currency' });
	});

	test.each([
		['Contact', 'Accounts.Name', 'It has: Account.'],
		['Contact', 'Account.Nam', 'Name'],
		['Account', 'Nmae', 'Name'],
	])('%s has no %s, and the hint has what was meant', async (object, path, hint) => {
		await expect(fieldTypes(describeObject, object, [path])).rejects.toMatchObject({
			code: 'INVALID_FIELD',
			hint: expect.stringContaining(hint) as string,
		});
	});
});

describe('whole queries', () => {
	test('every clause, in the order of SOQL', async () => {
		const contact = await fieldTypes(describeObject, 'Contact', ['Email']);
		const soql = soqlText({
			from: 'Account',
			fieldOf: await fieldOf,
			fields: ['Id', 'Name', 'name', 'Owner.Name'],
			children: [
				{
					from: 'Contacts',
					fieldOf: contact,
					fields: ['Id', 'Email'],
					where: { match: 'all', of: [{ field: 'Email', operator: 'isNotEmpty' }] },
					orderBy: [{ field: 'Email' }],
					limit: 5,
				},
			],
			scope: 'mine',
			where: { match: 'all', of: [{ field: 'Name', operator: 'startsWith', value: 'A' }] },
			orderBy: [
				{ field: 'Name', descending: true, nulls: 'last' },
				{ field: 'Id', nulls: 'first' },
			],
			limit: 10,
			offset: 20,
		});
		expect(soql).toBe(
			"SELECT Id, name, Owner.Name, (SELECT Id, Email FROM Contacts WHERE Email != NULL ORDER BY Email ASC LIMIT 5) FROM Account USING SCOPE mine WHERE Name LIKE 'A%' ORDER BY Name DESC NULLS LAST, Id ASC NULLS FIRST LIMIT 10 OFFSET 20",
		);
		expect(isQueryValid(soql)).toBe(true);
	});

	test('summaries', async () => {
		const soql = soqlText({
			from: 'Account',
			fieldOf: await fieldOf,
			fields: ['Industry'],
			aggregates: [
				{ function: 'COUNT', field: 'Id', alias: 'records' },
				{ function: 'SUM', field: 'AnnualRevenue', alias: 'revenue' },
			],
			groupBy: ['Industry'],
		});
		expect(soql).toBe(
			'SELECT Industry, COUNT(Id) records, SUM(AnnualRevenue) revenue FROM Account GROUP BY Industry',
		);
		expect(isQueryValid(soql)).toBe(true);
	});

	test.each([
		[{ fields: ['Id FROM User'] }, 'no field'],
		[{ fields: ['Id, (SELECT Id FROM Contacts)'] }, 'no field'],
		[{ from: 'Account WHERE Id != NULL' }, 'no API name'],
		[{ fields: [] }, 'No field'],
		[{ limit: -1 }, 'Limit'],
		[{ limit: 1.5 }, 'Limit'],
		[{ orderBy: [{ field: 'Name DESC' }] }, 'no field'],
		[{ groupBy: ['ROLLUP(Name)'] }, 'no field'],
		[{ scope: 'mine LIMIT 1' }, 'no API name'],
	])('a name cannot be another part of the query: %p', async (part, message) => {
		const select = { from: 'Account', fieldOf: await fieldOf, fields: ['Id'], ...part };
		expect(() => soqlText(select)).toThrow(message);
	});
});

describe('no value changes the shape of a query', () => {
	// A parser of somebody else reads back what we wrote.
	const shape = (soql: string) => JSON.stringify(withoutValues(parseQuery(soql)));
	const withoutValues = (query: Query): unknown =>
		JSON.parse(
			JSON.stringify(query, (name, value: unknown) => (name === 'value' ? undefined : value)),
		);
	// NUL and lone surrogates included.
	const anything = fc.oneof(
		fc.string({ unit: 'binary' }),
		fc.string({ unit: fc.constantFrom(...`'"\\%_\n\r\t\u2028\ud800 ()=;,:a`) }),
		fc.constantFrom("'", "\\'", "' OR Name != '", "\\' OR Id != NULL --", '\\', '\\\\', '\\u0027'),
	);

	test.each<[string, Operator]>([
		['Name', 'equals'],
		['Name', 'notContains'],
		['Name', 'contains'],
		['Name', 'like'],
		['Id', 'notEquals'],
		['Regions__c', 'includesAny'],
		['Regions__c', 'includesAll'],
	])('texts: %s %s', async (field, operator) => {
		const of = await fieldOf;
		const soql = (value: unknown) =>
			soqlText({
				from: 'Account',
				fieldOf: of,
				fields: ['Id'],
				where: {
					match: 'any',
					of: [
						{ field, operator, value },
						{ field: 'Industry', operator: 'equals', value: 'Energy' },
					],
				},
			});
		const list = operator.startsWith('includes');
		const expected = shape(soql(list ? ['x', 'x'] : 'x'));
		fc.assert(
			fc.property(anything, (text) => {
				fc.pre(text !== '');
				const written = soql(list ? [text, text] : text);
				expect(shape(written)).toBe(expected);
				// It can be sent.
				encodeURIComponent(written);
			}),
		);
	});

	test.each(['NumberOfEmployees', 'AnnualRevenue', 'Active__c', 'Since__c', 'CreatedDate'])(
		'%s takes its own kind of values and nothing else',
		async (field) => {
			const of = await fieldOf;
			const soql = (value: unknown) =>
				soqlText({
					from: 'Account',
					fieldOf: of,
					fields: ['Id'],
					where: { match: 'all', of: [{ field, operator: 'equals', value }] },
				});
			const value = fc.oneof(
				anything,
				fc.double({ noNaN: true, noDefaultInfinity: true }),
				fc.boolean(),
				fc.date({ noInvalidDate: true, min: new Date('1700-01-01'), max: new Date('4000-12-31') }),
				fc.integer().map(String),
			);
			let accepted = 0;
			fc.assert(
				fc.property(value, (given) => {
					let written = '';
					try {
						written = soql(given);
					} catch (error) {
						expect(error).toMatchObject({ kind: 'invalid', phase: 'notSent' });
						return;
					}
					accepted++;
					const { where: parsed } = parseQuery(written);
					expect(parsed).toMatchObject({ left: { field, operator: '=' } });
					expect(parsed).not.toHaveProperty('right');
				}),
				{ numRuns: 500 },
			);
			expect(accepted).toBeGreaterThan(20);
		},
	);
});
