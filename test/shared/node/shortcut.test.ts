import type { IDataObject, INode } from 'n8n-workflow';
import { Workflow } from 'n8n-workflow';
import { Shortcut } from '../../../nodes/shared/node/shortcut';

const node: INode = {
	id: 'e',
	name: 'E',
	type: 'any',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};
const workflow = new Workflow({
	nodes: [node],
	connections: {},
	active: false,
	nodeTypes: {
		getByNameAndVersion: () => ({ description: { properties: [] } }),
	} as never,
});

/** n8n's own answers, and for how many of the items it was asked. */
function answers(written: unknown, items: IDataObject[]) {
	const input = items.map((json) => ({ json }));
	const shortcut = new Shortcut(written);
	const asked: number[] = [];
	const n8n = (item: number): unknown =>
		workflow.expression.getParameterValue(
			written as never,
			null,
			0,
			item,
			'E',
			input,
			'manual',
			{},
		);
	const given = items.map((json, item) =>
		shortcut.value(json, () => {
			asked.push(item);
			return n8n(item);
		}),
	);
	return { given, asked, expected: items.map((_json, item) => n8n(item)) };
}

const ITEMS: IDataObject[] = [
	{ n: 1, a: { b: 'x' }, name: 'eins' },
	{ n: 0, a: { b: '' }, name: ' {{ $json.n }} ' },
	{ n: -0, a: { b: 'ü"\'`\\' }, name: '=1' },
	{ n: '07', a: { b: true }, name: 'two\nlines' },
	{ n: 1e21, a: { b: false }, name: 'null' },
	{ n: 0.1, a: { b: '2026-01-01T00:00:00Z' }, name: '{"a":1}' },
];

test.each([
	'={{ $json.n }}',
	'={{$json.a.b}}',
	'={{ $json.name }}',
	'=orders/{{ $json.n }}/{{ $json.name }}.json',
	'= {{ $json.n }}',
	'={{ $json.n }}\n',
	'=a\n"b" \'c\' `d` $e {{ $json.a.b }}',
])('"%s" is asked for once, and gives for all items what n8n gives', (written) => {
	const { given, asked, expected } = answers(written, ITEMS);
	expect(given).toStrictEqual(expected);
	expect(asked).toEqual([0]);
});

test('objects with such expressions are filled in, too', () => {
	const written = {
		__rl: true,
		mode: 'name',
		value: '={{ $json.name }}',
		more: { at: '=x{{ $json.n }}' },
	};
	const { given, asked, expected } = answers(written, ITEMS);
	expect(given).toStrictEqual(expected);
	expect(asked).toEqual([0]);
});

test('n8n is asked for every item that lacks the field, or has no plain value in it', () => {
	const items = [
		{ n: 1 },
		{},
		{ n: null },
		{ n: 2 },
		{ n: [3] },
		{ n: { a: 1 } },
		{ n: 4 },
	] as IDataObject[];
	for (const written of ['={{ $json.n }}', '=x{{ $json.n }}', { value: '={{ $json.n }}' }]) {
		const { given, asked, expected } = answers(written, items);
		expect(given).toStrictEqual(expected);
		expect(asked).toEqual([0, 1, 2, 4, 5]);
	}
});

test('of what only code puts into items, too', () => {
	const inherited = Object.create({ n: 'inherited' }) as IDataObject;
	const items = [
		{ n: 'first' },
		{ n: new Date(0) },
		inherited,
		new Proxy({ n: 'of a proxy' }, {}),
		{
			get n() {
				return 'of a getter';
			},
		},
		{ n: Object('boxed') as string },
		{ n: NaN },
		JSON.parse('{"__proto__": {"n": "x"}, "constructor": "y"}') as IDataObject,
	];
	for (const written of ['={{ $json.n }}', '=x{{ $json.n }}']) {
		const { given, asked, expected } = answers(written, items);
		expect(given).toStrictEqual(expected);
		expect(asked).toEqual([0, 1, 2, 5, 6, 7]);
	}
});

test.each([
	'={{ $json.n + 1 }}',
	'={{ $json.name.toUpperCase() }}',
	'={{ $json.name.length }}',
	'={{ $json["n"] }}',
	'={{ $json.name.constructor }}x',
	'={{ $json.toString }}x',
	'={{ $itemIndex }}-{{ $json.n }}',
	'=\\{{ $json.n }}',
	'={ {{ $json.n }} }',
	'={{ "{{ $json.n }}" }}',
	'=fixed',
	['={{ $json.n }}'],
])('%j is left to n8n', (written) => {
	const asked: number[] = [];
	const shortcut = new Shortcut(written);
	const given = ITEMS.map((json, item) => shortcut.value(json, () => asked.push(item)));
	expect(given).toEqual([1, 2, 3, 4, 5, 6]);
});

test('where n8n once gives something else, it is asked for all items', () => {
	const shortcut = new Shortcut('={{ $json.n }}');
	const given = [1, 2, 3].map((n) => shortcut.value({ n }, () => `n8n ${n}`));
	expect(given).toEqual(['n8n 1', 'n8n 2', 'n8n 3']);
});

test('what n8n throws is thrown, and nothing is concluded from it', () => {
	const shortcut = new Shortcut('={{ $json.n }}');
	const broken = () => {
		throw new Error('no access');
	};
	for (const n of [1, 2]) expect(() => shortcut.value({ n }, broken)).toThrow('no access');
});
