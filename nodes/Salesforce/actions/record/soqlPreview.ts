import type { INodeProperties } from 'n8n-workflow';

// The editor asks again when a value at one of these places changes; it cannot watch a whole list, so
// it watches as many of its members as people usually have.
const places = (list: string, count: number, members: string[]): string[] =>
	Array.from({ length: count }, (_, n) =>
		members.map((member) => `${list}[${n}].${member}`),
	).flat();

const CONDITION = ['field', 'operator', 'value', 'valueType'];

const watched = [
	'object.value',
	'returnFields',
	'match',
	'returnAll',
	...places('conditions.rows', 6, CONDITION),
	...places('conditions.groups', 3, ['match']),
	...[0, 1, 2].flatMap((n) => places(`conditions.groups[${n}].conditions.rows`, 3, CONDITION)),
	...['groupBy', 'offset', 'parentFields', 'scope'].map((name) => `options.${name}`),
	...places('options.sort.keys', 3, ['field', 'order', 'nulls']),
	...places('options.summaries.rows', 3, ['function', 'field', 'alias']),
	...places('options.related.lists', 3, ['relationship', 'fields', 'most']),
	'fields',
	'limit',
];

/** Shows the SOQL of the fields around it, and holds nothing. */
export const soqlPreview = {
	displayName: 'SOQL',
	name: 'soqlPreview',
	type: 'resourceMapper',
	noDataExpression: true,
	default: { mappingMode: 'defineBelow', value: null },
	typeOptions: {
		loadOptionsDependsOn: watched,
		resourceMapper: {
			resourceMapperMethod: 'previewSoql',
			mode: 'add',
			supportAutoMap: false,
			fieldWords: { singular: 'query', plural: 'SOQL' },
		},
	},
} as const satisfies INodeProperties;
