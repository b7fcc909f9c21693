import {
	area,
	currency,
	date,
	field,
	flag,
	lookup,
	percent,
	picklist,
	readOnly,
	required,
	text,
} from '../field.ts';
import { objectType, type ObjectType } from '../objectType.ts';

export const campaign: ObjectType = objectType(
	'Campaign',
	'701',
	[
		text('Name', 80, { ...required, nameField: true, label: 'Campaign Name' }),
		lookup('ParentId', ['Campaign'], { childRelationship: 'ChildCampaigns' }),
		picklist('Type', ['Conference', 'Webinar', 'Trade Show', 'Email', 'Other']),
		picklist('Status', ['*Planned', 'In Progress', 'Completed', 'Aborted']),
		date('StartDate'),
		date('EndDate'),
		currency('ExpectedRevenue'),
		currency('BudgetedCost', { scale: 0 }),
		currency('ActualCost', { scale: 0 }),
		percent('ExpectedResponse'),
		flag('IsActive', { label: 'Active' }),
		area('Description', 32_000),
	],
	{ searchable: true, ownerTo: ['User'] },
);

export const campaignMember: ObjectType = objectType(
	'CampaignMember',
	'00v',
	[
		lookup('CampaignId', ['Campaign'], {
			...required,
			updateable: false,
			childRelationship: 'CampaignMembers',
		}),
		lookup('LeadId', ['Lead'], { childRelationship: 'CampaignMembers', updateable: false }),
		lookup('ContactId', ['Contact'], { childRelationship: 'CampaignMembers', updateable: false }),
		picklist('Status', ['*Sent', 'Responded'], { length: 40 }),
		flag('HasResponded', readOnly),
		date('FirstRespondedDate', readOnly),
		field('reference', 'LeadOrContactId', {
			...readOnly,
			length: 18,
			referenceTo: ['Contact', 'Lead'],
			compute: ({ values }) => values.ContactId ?? values.LeadId ?? null,
		}),
	],
	{ owned: false, undeletable: false },
);
