import type { INodeProperties, INodePropertyMode } from 'n8n-workflow';
import { fromList } from '../../shared/node/fromList';

// The same words for the same things in all operations.

const objectModes = (searchListMethod: string): INodePropertyMode[] => [
	fromList(searchListMethod, 'Select an object...'),
	{ displayName: 'By Name', name: 'name', type: 'string', placeholder: 'e.g. Invoice__c' },
];

/** Any object of the org. */
export const objectField = {
	displayName: 'Object',
	name: 'object',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description: 'Any standard or custom object of the org, by its API name',
	modes: objectModes('searchObjects'),
} as const satisfies INodeProperties;

export const createableObjectField = {
	...objectField,
	modes: objectModes('searchCreateableObjects'),
} as const satisfies INodeProperties;

export const updateableObjectField = {
	...objectField,
	modes: objectModes('searchUpdateableObjects'),
} as const satisfies INodeProperties;

export const upsertableObjectField = {
	...objectField,
	modes: objectModes('searchUpsertableObjects'),
} as const satisfies INodeProperties;

export const deletableObjectField = {
	...objectField,
	modes: objectModes('searchDeletableObjects'),
} as const satisfies INodeProperties;

export const retrieveableObjectField = {
	...objectField,
	modes: objectModes('searchRetrieveableObjects'),
} as const satisfies INodeProperties;

export const queryableObjectField = {
	...objectField,
	modes: objectModes('searchQueryableObjects'),
} as const satisfies INodeProperties;

/** A record of the object that is chosen beside it. */
export const recordIdField = {
	displayName: 'Record ID',
	name: 'recordId',
	type: 'resourceLocator',
	required: true,
	typeOptions: { loadOptionsDependsOn: ['object.value'] },
	default: { mode: 'id', value: '' },
	modes: [
		fromList('searchRecords', 'Select a record...'),
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. 0015e00000AbCdEAAV',
			hint: '15 or 18 characters',
		},
	],
} as const satisfies INodeProperties;

/** The field by whose value a record is found or made. */
export const externalIdField = {
	displayName: 'External ID Field Name or ID',
	name: 'externalIdField',
	type: 'options',
	typeOptions: {
		loadOptionsMethod: 'getExternalIdFields',
		loadOptionsDependsOn: ['object.value'],
	},
	required: true,
	default: '',
	description:
		'The field whose value tells records apart. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
} as const satisfies INodeProperties;

/** The values of a new record. */
export const fieldsToCreateField = {
	displayName: 'Fields',
	name: 'fields',
	type: 'resourceMapper',
	noDataExpression: true,
	required: true,
	default: { mappingMode: 'defineBelow', value: null },
	typeOptions: {
		loadOptionsDependsOn: ['object.value'],
		resourceMapper: {
			resourceMapperMethod: 'getFieldsToCreate',
			mode: 'add',
			valuesLabel: 'Values to Send',
			fieldWords: { singular: 'field', plural: 'fields' },
			supportAutoMap: true,
		},
	},
} as const satisfies INodeProperties;

/** The values of a record that is there. */
export const fieldsToUpdateField = {
	...fieldsToCreateField,
	typeOptions: {
		loadOptionsDependsOn: ['object.value'],
		resourceMapper: {
			resourceMapperMethod: 'getFieldsToUpdate',
			// Which record it is says a field beside it.
			mode: 'add',
			valuesLabel: 'Values to Update',
			fieldWords: { singular: 'field', plural: 'fields' },
			supportAutoMap: true,
		},
	},
} as const satisfies INodeProperties;

/** The values of a record that may be there or not. */
export const fieldsToUpsertField = {
	...fieldsToCreateField,
	typeOptions: {
		loadOptionsDependsOn: ['object.value', 'externalIdField'],
		resourceMapper: {
			resourceMapperMethod: 'getFieldsToUpsert',
			mode: 'add',
			valuesLabel: 'Values to Send',
			fieldWords: { singular: 'field', plural: 'fields' },
			supportAutoMap: true,
		},
	},
} as const satisfies INodeProperties;
