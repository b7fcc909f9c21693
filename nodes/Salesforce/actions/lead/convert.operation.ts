import { defineBatchOperation } from '../../../shared/node/defineOperation';
import { fromList } from '../../../shared/node/fromList';
import { invalidInput } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../../transport/client';
import { convertedStatus, convertLeads, MAX_LEADS } from '../../transport/leads/convertLeads';
import { recordId } from '../../transport/recordId';
import { grouped } from '../grouped';

export const convert = defineBatchOperation({
	name: 'Convert',
	value: 'convert',
	action: 'Convert a lead',
	description:
		'Make an account, a contact and an opportunity of a lead, or merge it into those that are there. A lead cannot be converted back.',
	// A lead that is converted is refused, and asked for where the answer was lost.
	repeatable: true,
	batchSize: MAX_LEADS,
	properties: [
		{
			displayName: 'Lead',
			name: 'recordId',
			type: 'resourceLocator',
			required: true,
			default: { mode: 'id', value: '' },
			description: 'The lead to convert',
			modes: [
				fromList('searchLeads', 'Select a lead...'),
				{
					displayName: 'By ID',
					name: 'id',
					type: 'string',
					placeholder: 'e.g. 00Q5e00000AbCdEAAV',
				},
			],
		},
		{
			displayName: 'Converted Status Name or ID',
			name: 'convertedStatus',
			type: 'options',
			typeOptions: { loadOptionsMethod: 'getConvertedStatuses' },
			default: '',
			description:
				'Status that the lead gets; without one, the first of the org that means converted. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		},
		{
			displayName: 'Create Opportunity',
			name: 'createOpportunity',
			type: 'boolean',
			default: true,
			description: 'Whether an opportunity is created too',
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Account ID',
					name: 'accountId',
					type: 'string',
					default: '',
					description: 'Account to merge the lead into, instead of a new one',
				},
				{
					displayName: 'Allow Duplicates',
					name: 'allowDuplicates',
					type: 'boolean',
					default: false,
					description: 'Whether to save although a duplicate rule warns',
				},
				{
					displayName: 'Contact ID',
					name: 'contactId',
					type: 'string',
					default: '',
					description:
						'Contact to merge the lead into, instead of a new one. Needs the account too.',
				},
				{
					displayName: 'Notify Owner',
					name: 'sendNotificationEmail',
					type: 'boolean',
					default: false,
					description: 'Whether the owner gets an email',
				},
				{
					displayName: 'Opportunity ID',
					name: 'opportunityId',
					type: 'string',
					default: '',
					description: 'Opportunity to attach the contact to, instead of a new one',
				},
				{
					displayName: 'Opportunity Name',
					name: 'opportunityName',
					type: 'string',
					default: '',
					description: 'Default: the company of the lead',
				},
				{
					displayName: 'Overwrite Lead Source',
					name: 'overwriteLeadSource',
					type: 'boolean',
					default: false,
					description: 'Whether the lead source of the contact is replaced. Needs the contact too.',
				},
				{
					displayName: 'Owner ID',
					name: 'ownerId',
					type: 'string',
					default: '',
					description:
						'User who gets what is created. Needed where the lead belongs to a queue. Default: the owner of the lead.',
				},
			],
		},
	],
	async executeAll(salesforce: SalesforceClient, inputs) {
		const statuses = await standardStatus(salesforce, inputs);
		return await grouped(inputs, {
			prepare: ({ recordId: lead, convertedStatus: status, createOpportunity, options }) => {
				const { accountId, contactId, opportunityId, ownerId, ...others } = options;
				const { allowDuplicates = false, sendNotificationEmail = false, ...more } = others;
				if (contactId && !accountId)
					throw invalidInput(
						'"Contact ID" needs the account of the contact: give "Account ID" too',
					);
				return {
					allowDuplicates,
					convert: {
						accountId: accountId ? recordId(accountId, 'Account ID') : undefined,
						contactId: contactId ? recordId(contactId, 'Contact ID') : undefined,
						convertedStatus: status || statuses,
						doNotCreateOpportunity: !createOpportunity,
						leadId: recordId(lead, 'Lead'),
						opportunityId: opportunityId ? recordId(opportunityId, 'Opportunity ID') : undefined,
						opportunityName: more.opportunityName || undefined,
						overwriteLeadSource: more.overwriteLeadSource,
						ownerId: ownerId ? recordId(ownerId, 'Owner ID') : undefined,
						sendNotificationEmail,
					},
				};
			},
			keyOf: ({ allowDuplicates }) => String(allowDuplicates),
			send: async (group) =>
				await convertLeads(
					salesforce,
					group.map(({ convert: lead }) => lead),
					{ allowDuplicates: group[0]?.allowDuplicates ?? false },
				),
		});
	},
});

async function standardStatus(
	salesforce: SalesforceClient,
	inputs: Array<{ convertedStatus: string }>,
): Promise<string> {
	if (inputs.every(({ convertedStatus: status }) => status !== '')) return '';
	const status = await convertedStatus(salesforce);
	if (status) return status;
	throw invalidInput(
		'This org has no lead status that means converted',
		'Choose "Converted Status", or mark a status as converted in the setup of the org.',
	);
}
