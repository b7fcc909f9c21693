import { isQueryValid, parseQuery } from '@jetstreamapp/soql-parser-js';
import fc from 'fast-check';
import type { Bind } from '../../../../nodes/Salesforce/transport/query/binds';
import { bound } from '../../../../nodes/Salesforce/transport/query/binds';

const bind = (name: string, value: unknown, kind: Bind['kind'] = 'text'): Bind => ({
	name,
	kind,
	value,
});
const where = (condition: string, ...binds: Bind[]) =>
	bound(`SELECT Id FROM Account WHERE ${condition}`, binds).replace(/^.* WHERE /, '');

test.each<[string, Bind, string]>([
	['Name = :name', bind('name', "O'Neill"), "Name = 'O\\'Neill'"],
	['Name =:name', bind(':name', '007'), "Name ='007'"],
	['Name = : name', bind('name', null), 'Name = NULL'],
	['Id IN :ids', bind('ids', ['1', '2']), "Id IN ('1', '2')"],
	['Id IN:ids', bind('ids', ['1']), "Id IN('1')"],
	['Id NOT IN :ids', bind('ids', 'a,b'), "Id NOT IN ('a,b')"],
	["Id IN ('0', :ids)", bind('ids', ['1', '2']), "Id IN ('0', '1', '2')"],
	['M INCLUDES (:m)', bind('m', ['a', 'b']), "M INCLUDES ('a', 'b')"],
	['(Name = :name)', bind('name', 'x'), "(Name = 'x')"],
	['Name LIKE :name', bind('name', '50%', 'contains'), "Name LIKE '%50\\%%'"],
	['Name LIKE :name', bind('name', '50%', 'startsWith'), "Name LIKE '50\\%%'"],
	['Name LIKE :name', bind('name', 'a%', 'pattern'), "Name LIKE 'a%'"],
	['A > :n', bind('n', '5.50', 'number'), 'A > 5.50'],
	['A = :b', bind('b', 'false', 'boolean'), 'A = FALSE'],
	['A > :d', bind('d', '2026-01-02', 'date'), 'A > 2026-01-02'],
	['A > :d', bind('d', '2026-01-02T00:00:00+01:00', 'dateTime'), 'A > 2026-01-01T23:00:00.000Z'],
	['A = :d', bind('d', 'TODAY', 'dateLiteral'), 'A = TODAY'],
	[
		"A = ':x' AND D = LAST_N_DAYS:7 AND N = :n",
		bind('n', 1, 'number'),
		"A = ':x' AND D = LAST_N_DAYS:7 AND N = 1",
	],
	["A = 'it\\'s :x' AND N = :n", bind('n', 1, 'number'), "A = 'it\\'s :x' AND N = 1"],
])('%s with %p', (condition, value, expected) => {
	expect(where(condition, value)).toBe(expected);
	expect(isQueryValid(`SELECT Id FROM Account WHERE ${expected}`)).toBe(true);
});

test.each<[string, Bind[], string]>([
	['Name = :name', [], '":name" stands in the query'],
	['Name = :name', [bind('nam', 'x')], '":name" stands in the query'],
	['Name = :name', [bind('name', 'x'), bind('more', 'y')], 'no ":more"'],
	['Name = :name', [bind('name', 'x'), bind('name', 'y')], 'same name'],
	['Name = :name', [bind('name', ['x', 'y'])], 'single value'],
	['Name = :name', [bind('name', { a: 1 })], 'no text'],
	['Id IN :ids', [bind('ids', [])], 'empty list'],
	["Name = ':name'", [bind('name', 'x')], 'no ":name"'],
	['A > :n', [bind('n', '1 OR Id != NULL', 'number')], 'no number'],
])('%s with %p is refused', (condition, binds, message) => {
	expect(() => where(condition, ...binds)).toThrow(message);
});

test('no text changes the shape of the query', () => {
	const shape = (value: string) => {
		const soql = bound('SELECT Id FROM Account WHERE Name = :name OR Id IN :ids', [
			bind('name', value),
			bind('ids', [value, value]),
		]);
		return JSON.stringify(parseQuery(soql), (key, part: unknown) =>
			key === 'value' ? null : part,
		);
	};
	const text = fc.oneof(
		fc.string({ unit: 'binary' }),
		fc.string({ unit: fc.constantFrom(...`'"\\:n )(`) }),
	);
	fc.assert(fc.property(text, (value) => expect(shape(value)).toBe(shape('x'))));
});

describe('SOSL', () => {
	const sosl = (text: string, ...binds: Bind[]) => bound(text, binds, 'sosl');

	test('a term has neither operators nor wildcards, and a condition is one of SOQL', () => {
		expect(
			sosl(
				'FIND {:term OR *x*} IN ALL FIELDS RETURNING Account(Id WHERE Name = :name)',
				bind('term', "a*b} and (c) O'Neill"),
				bind('name', "O'Neill"),
			),
		).toBe(
			`FIND {a\\*b\\} "and" \\(c\\) O\\'Neill OR *x*} IN ALL FIELDS RETURNING Account(Id WHERE Name = 'O\\'Neill')`,
		);
	});

	test('no text leaves the braces', () => {
		const text = fc.oneof(
			fc.string({ unit: 'binary' }),
			fc.string({ unit: fc.constantFrom(...'{}\\"a ') }),
		);
		fc.assert(
			fc.property(text, (value) => {
				const term = sosl('FIND {:t}', bind('t', value)).slice('FIND {'.length, -1);
				expect(term.replace(/\\./gs, '')).not.toMatch(/[{}\\]/);
			}),
		);
	});
});
