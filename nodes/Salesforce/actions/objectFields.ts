import type { INodeProperties, INodePropertyMode } from 'n8n-workflow';
import { fromList } from '../../shared/node/fromList';

const objectModes = (searchListMethod: string): INodePropertyMode[] => [
	fromList(searchListMethod, 'Select an object...'),
	{
		displayName: 'By Name',
		name: 'name',
		type: 'string',
		placeholder: 'e.g. Invoice__c',
		hint: 'The API name of a standard or custom object',
	},
];

/** Any object of the org. */
export const anyObject = {
	displayName: 'Object',
	name: 'object',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description: 'Any standard or custom object of the org',
	modes: objectModes('searchObjects'),
} as const satisfies INodeProperties;

export const objectToCreate = {
	...anyObject,
	modes: objectModes('searchCreateableObjects'),
} as const satisfies INodeProperties;

export const objectToUpdate = {
	...anyObject,
	modes: objectModes('searchUpdateableObjects'),
} as const satisfies INodeProperties;

export const objectToUpsert = {
	...anyObject,
	modes: objectModes('searchUpsertableObjects'),
} as const satisfies INodeProperties;

export const objectToDelete = {
	...anyObject,
	modes: objectModes('searchDeletableObjects'),
} as const satisfies INodeProperties;

export const objectToGet = {
	...anyObject,
	modes: objectModes('searchRetrieveableObjects'),
} as const satisfies INodeProperties;

export const objectToQuery = {
	...anyObject,
	modes: objectModes('searchQueryableObjects'),
} as const satisfies INodeProperties;

export const platformEvent = {
	...anyObject,
	displayName: 'Platform Event',
	description: 'The event to publish',
	modes: [
		fromList('searchPlatformEvents', 'Select an event...'),
		{
			displayName: 'By Name',
			name: 'name',
			type: 'string',
			placeholder: 'e.g. Order__e',
			hint: 'The API name of the event',
		},
	],
} as const satisfies INodeProperties;
