import type { INodeProperties } from 'n8n-workflow';
import { fromList } from '../../../shared/node/fromList';

// https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_actions_invocable_custom.htm
export const kindField = {
	displayName: 'Kind',
	name: 'kind',
	type: 'options',
	options: [
		{ name: 'Apex', value: 'apex', description: 'A method of the org marked as invocable' },
		{ name: 'Email Alert', value: 'emailAlert' },
		{ name: 'Quick Action', value: 'quickAction' },
		{ name: 'Send Notification', value: 'sendNotification' },
		{ name: 'Standard', value: 'standard', description: 'What Salesforce offers in every org' },
	],
	default: 'standard',
	description: 'What kind of action',
} as const satisfies INodeProperties;

export const actionNameField = {
	displayName: 'Action',
	name: 'actionName',
	type: 'resourceLocator',
	required: true,
	typeOptions: { loadOptionsDependsOn: ['kind'] },
	default: { mode: 'list', value: '' },
	description: 'The action to invoke',
	modes: [
		fromList('searchActions', 'Select an action...'),
		{
			displayName: 'By Name',
			name: 'name',
			type: 'string',
			placeholder: 'e.g. chatterPost',
		},
	],
} as const satisfies INodeProperties;

export const flowField = {
	displayName: 'Flow',
	name: 'flow',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description: 'The autolaunched flow to run',
	modes: [
		fromList('searchFlows', 'Select a flow...'),
		{
			displayName: 'By Name',
			name: 'name',
			type: 'string',
			placeholder: 'e.g. Escalate_to_Case',
		},
	],
} as const satisfies INodeProperties;
