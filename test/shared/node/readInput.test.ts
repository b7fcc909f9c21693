import type { INode, INodeProperties } from 'n8n-workflow';
import { readInput } from '../../../nodes/shared/node/readInput';

const property = (name: string, type: INodeProperties['type'], more: object = {}) =>
	({ displayName: name, name, type, default: '', ...more }) as INodeProperties;

const rows = property('rows', 'fixedCollection', {
	options: [{ displayName: 'Row', name: 'row', values: [property('a', 'string')] }],
});
const PROPERTIES = [
	property('plain', 'string'),
	property('count', 'number'),
	property('chosen', 'resourceLocator'),
	property('computed', 'string'),
	property('options', 'collection', { options: [property('size', 'number')] }),
	property('more', 'collection', { options: [property('size', 'number')] }),
	rows,
	property('hidden', 'string'),
];
const WRITTEN = {
	plain: 'as it is',
	count: '5',
	chosen: { __rl: true, mode: 'list', value: 'bucket' },
	computed: '={{ $json.key }}',
	options: { size: 16 },
	more: { size: '={{ $json.size }}' },
	rows: { row: { a: 'x' } },
};

test('n8n is asked only for what may differ from item to item', () => {
	const asked: Array<[string, number]> = [];
	const resolved: Record<string, unknown> = {
		...WRITTEN,
		computed: 'the key',
		more: { size: 7 },
	};
	const input = readInput(
		{
			getNode: () => ({ parameters: WRITTEN }) as unknown as INode,
			getNodeParameter: (name, item) => {
				asked.push([name, item]);
				return resolved[name];
			},
		},
		PROPERTIES,
		3,
	);
	expect(input).toEqual({
		plain: 'as it is',
		count: 5,
		chosen: 'bucket',
		computed: 'the key',
		options: { size: 16 },
		more: { size: 7 },
		rows: { row: { a: 'x' } },
	});
	expect(asked).toEqual([
		['computed', 3],
		['more', 3],
		['rows', 3],
	]);
});

const given = (parameters: object, resolved: object) =>
	readInput(
		{
			getNode: () => ({ parameters }) as unknown as INode,
			getNodeParameter: (name) => resolved[name as never],
		},
		[property('folder', 'resourceLocator')],
		0,
	);
const locator = (value: unknown) => ({ __rl: true, mode: 'prefix', value });

test('a folder whose expression gives nothing is not the whole bucket', () => {
	const folder = locator('={{ $json.missing }}');
	for (const value of [undefined, null])
		expect(() => given({ folder }, { folder: locator(value) })).toThrow(
			'The expression of "folder" gives nothing',
		);
	expect(given({ folder }, { folder: locator('') })).toEqual({ folder: '' });
	expect(given({ folder: locator('') }, {})).toEqual({ folder: '' });
});

test('a condition whose expression gives nothing does not get lost', () => {
	const collection = property('options', 'collection', {
		options: [
			property('ifMatch', 'string', { typeOptions: { condition: true } }),
			property('type', 'string'),
		],
	});
	const read = (options: object) => {
		const parameters = { options: { ifMatch: '={{ $json.missing }}' } };
		const context = {
			getNode: () => ({ parameters }) as unknown as INode,
			getNodeParameter: () => options,
		};
		return readInput(context, [collection], 0);
	};
	for (const ifMatch of [undefined, null])
		expect(() => read({ ifMatch })).toThrow('The expression of "options > ifMatch" gives nothing');
	expect(read({ ifMatch: 'etag', type: undefined })).toEqual({ options: { ifMatch: 'etag' } });
	expect(read({})).toEqual({ options: {} });
});
