import type { INodeProperties } from 'n8n-workflow';
import { secretsIn } from '../../../nodes/shared/node/secretsIn';

const secret: INodeProperties = {
	displayName: 'Key',
	name: 'key',
	type: 'string',
	typeOptions: { password: true },
	default: '',
};
const plain: INodeProperties = { displayName: 'Name', name: 'name', type: 'string', default: '' };
const group = (multipleValues: boolean): INodeProperties => ({
	displayName: 'Group',
	name: 'group',
	type: 'fixedCollection',
	typeOptions: { multipleValues },
	default: {},
	options: [{ displayName: 'Rows', name: 'rows', values: [plain, secret] }],
});
const collection: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	default: {},
	options: [plain, secret, group(false)],
};

test.each([
	[[plain, secret], { name: 'n', key: 's1' }, ['s1']],
	[[plain, secret], { name: 'n', key: '' }, []],
	[[secret], {}, []],
	[
		[collection],
		{ options: { key: 's1', group: { rows: { key: 's2', name: 'n' } } } },
		['s1', 's2'],
	],
	[[collection], { options: {} }, []],
	[[group(true)], { group: { rows: [{ key: 's1' }, { key: 's2' }, { name: 'n' }] } }, ['s1', 's2']],
	[[group(true)], { group: {} }, []],
])('%#: passwords are found, and nothing else', (properties, input, found) => {
	expect(secretsIn(properties, input)).toEqual(found);
});
