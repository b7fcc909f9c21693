import type { INodeProperties } from 'n8n-workflow';
import { fromList } from '../../../shared/node/fromList';

export const recordIdField = {
	displayName: 'Record ID',
	name: 'recordId',
	type: 'resourceLocator',
	required: true,
	typeOptions: { loadOptionsDependsOn: ['object.value'] },
	default: { mode: 'id', value: '' },
	modes: [
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. 001Hs00002ABCdeIAG',
			hint: '15 or 18 characters',
		},
		fromList('searchRecords', 'Select a record...'),
	],
} as const satisfies INodeProperties;

export const externalIdField = {
	displayName: 'External ID Field Name or ID',
	name: 'externalIdField',
	type: 'options',
	required: true,
	typeOptions: {
		loadOptionsMethod: 'getExternalIdFields',
		loadOptionsDependsOn: ['object.value'],
	},
	default: '',
	description:
		'The field by whose value the record is found. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
} as const satisfies INodeProperties;

const mapper = {
	displayName: 'Fields',
	name: 'fields',
	type: 'resourceMapper',
	noDataExpression: true,
	default: { mappingMode: 'defineBelow', value: null },
	description:
		'The values by field. What is left empty is left alone; an expression that gives null or an empty text empties the field.',
} as const satisfies INodeProperties;

const mapping = {
	fieldWords: { singular: 'field', plural: 'fields' },
	mode: 'add',
	supportAutoMap: true,
} as const;

export const fieldsToCreate = {
	...mapper,
	typeOptions: {
		loadOptionsDependsOn: ['object.value'],
		resourceMapper: { ...mapping, resourceMapperMethod: 'getFieldsToCreate' },
	},
} as const satisfies INodeProperties;

export const fieldsToUpdate = {
	...mapper,
	typeOptions: {
		loadOptionsDependsOn: ['object.value'],
		resourceMapper: { ...mapping, resourceMapperMethod: 'getFieldsToUpdate' },
	},
} as const satisfies INodeProperties;

export const fieldsToUpsert = {
	...mapper,
	typeOptions: {
		loadOptionsDependsOn: ['object.value', 'externalIdField'],
		resourceMapper: { ...mapping, resourceMapperMethod: 'getFieldsToUpsert' },
	},
} as const satisfies INodeProperties;
