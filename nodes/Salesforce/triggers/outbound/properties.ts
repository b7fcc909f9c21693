import type { INodeProperties } from 'n8n-workflow';

/** The fields of the trigger for outbound messages. */
export const outboundProperties = [
	{
		displayName:
			'Create an outbound message in Salesforce (Setup > Outbound Messages) with the production URL of this webhook as its endpoint, and a flow that sends it. "Send Session ID" is not needed.',
		name: 'notice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Organization ID',
		name: 'organizationId',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. 00D5e000000KQ2e',
		description:
			'Messages of any other org are refused. It stands in Setup under "Company Information".',
	},
	{
		displayName: 'Action ID',
		name: 'actionId',
		type: 'string',
		default: '',
		placeholder: 'e.g. 04k5e000000CaRk',
		description: 'Only this outbound message of the org is accepted. Empty means every one.',
	},
	{
		displayName: 'Read Whole Records',
		name: 'readRecords',
		type: 'boolean',
		default: false,
		description:
			'Whether the records are read from the org, with all fields and typed values. A message has the fields that were chosen in Salesforce, all of them as texts.',
	},
] as const satisfies INodeProperties[];
