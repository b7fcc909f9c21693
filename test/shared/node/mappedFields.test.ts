import type { IDataObject, INode, INodeProperties } from 'n8n-workflow';
import { readInput } from '../../../nodes/shared/node/readInput';

const fields: INodeProperties = {
	displayName: 'Fields',
	name: 'fields',
	type: 'resourceMapper',
	default: { mappingMode: 'defineBelow', value: null },
};

function given(written: unknown, resolved: Record<string, unknown> = {}, json: IDataObject = {}) {
	const asked: string[] = [];
	const input = readInput(
		{
			getNode: () => ({ parameters: { fields: written } }) as unknown as INode,
			getNodeParameter: (name, item) => {
				asked.push(`${name} of item ${item}`);
				if (name in resolved) return resolved[name];
				throw new Error(`no value of ${name}`);
			},
			getInputData: () => [{ json: {} }, { json }],
		},
		[fields],
		1,
	);
	return { fields: input.fields, asked };
}

const mapper = (mappingMode: string, value: object | null, schema: object[] = []) => ({
	mappingMode,
	value,
	schema,
	matchingColumns: [],
});

test('by hand: what is written, and the result of each expression, untouched', () => {
	const { fields, asked } = given(
		mapper('defineBelow', {
			Name: 'Ada',
			Employees: 5,
			Active__c: false,
			Website: '={{ $json.url }}',
			Revenue__c: '={{ $json.empty }}',
			'Parent.Ext__c': '={{ $json.parent }}',
		}),
		{
			'fields.value["Website"]': null,
			'fields.value["Revenue__c"]': '',
			'fields.value["Parent.Ext__c"]': 'A-1',
		},
	);
	expect(fields).toEqual({
		Name: 'Ada',
		Employees: 5,
		Active__c: false,
		Website: null,
		Revenue__c: '',
		'Parent.Ext__c': 'A-1',
	});
	expect(asked).toEqual([
		'fields.value["Website"] of item 1',
		'fields.value["Revenue__c"] of item 1',
		'fields.value["Parent.Ext__c"] of item 1',
	]);
});

test('by hand: fields that nobody filled in, or took off the list, are not there', () => {
	const schema = [
		{ id: 'Active__c', removed: true },
		{ id: 'Name', removed: false },
	];
	const value = { Name: 'x', Phone: null, Fax: '', Active__c: false, Site: '={{ $json.none }}' };
	const resolved = { 'fields.value["Site"]': undefined };
	expect(given(mapper('defineBelow', value, schema), resolved).fields).toEqual({ Name: 'x' });
	expect(given(mapper('defineBelow', null)).fields).toEqual({});
});

test('automatically: what the item holds', () => {
	const json = { Name: 'Ada', Phone: null, Fax: '' };
	const schema = [{ id: 'Name', removed: true }];
	expect(given(mapper('autoMapInputData', null, schema), {}, json).fields).toEqual(json);
});

test('an expression for all fields', () => {
	const row = { Name: 'Ada' };
	expect(given('={{ $json.row }}', { fields: row }).fields).toEqual(row);
	expect(given('={{ $json.row }}', { fields: undefined }).fields).toEqual({});
});

test('an expression that fails is named', () => {
	expect(() => given(mapper('defineBelow', { Name: '={{ nonsense }}' }))).toThrow(
		'"Fields > Name": no value of fields.value["Name"]',
	);
});

test.each(['defineBelow', 'autoMapInputData'])(
	'%s: a mapper that nobody has opened has no schema, and is no field itself',
	(mappingMode) => {
		const { fields } = given({ mappingMode, value: null }, {}, { a: 1 });
		expect(fields).toEqual(mappingMode === 'defineBelow' ? {} : { a: 1 });
	},
);
