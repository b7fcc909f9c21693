import {
	area,
	currency,
	date,
	datetime,
	double,
	email,
	field,
	flag,
	int,
	lookup,
	percent,
	phone,
	picklist,
	readOnly,
	required,
	text,
	url,
} from '../field.ts';
import { objectType, type ObjectType } from '../objectType.ts';

const stages = [
	'Prospecting',
	'Qualification',
	'Needs Analysis',
	'Proposal/Price Quote',
	'Negotiation/Review',
	'Closed Won',
	'Closed Lost',
];

export const opportunity: ObjectType = objectType(
	'Opportunity',
	'006',
	[
		lookup('AccountId', ['Account'], { childRelationship: 'Opportunities' }),
		text('Name', 120, { ...required, nameField: true }),
		area('Description', 32_000),
		picklist('StageName', stages, { ...required, label: 'Stage' }),
		currency('Amount'),
		percent('Probability'),
		date('CloseDate', required),
		picklist('Type', ['Existing Business', 'New Business'], { label: 'Opportunity Type' }),
		text('NextStep', 255),
		picklist('LeadSource', ['Web', 'Phone Inquiry', 'Partner Referral', 'Purchased List', 'Other']),
		flag('IsClosed', {
			...readOnly,
			label: 'Closed',
			compute: ({ values }) => String(values.StageName).startsWith('Closed'),
		}),
		flag('IsWon', {
			...readOnly,
			label: 'Won',
			compute: ({ values }) => values.StageName === 'Closed Won',
		}),
		lookup('CampaignId', ['Campaign'], { childRelationship: 'Opportunities' }),
		lookup('ContactId', ['Contact'], { updateable: false, childRelationship: 'Opportunities' }),
		text('External_Id__c', 50, { externalId: true, unique: true, label: 'External Id' }),
	],
	{ searchable: true, ownerTo: ['User'] },
);

export const supportCase: ObjectType = objectType(
	'Case',
	'500',
	[
		text('CaseNumber', 30, { ...readOnly, nillable: false, nameField: true, autoNumber: true }),
		lookup('ContactId', ['Contact'], { childRelationship: 'Cases' }),
		lookup('AccountId', ['Account'], { childRelationship: 'Cases' }),
		lookup('ParentId', ['Case'], { childRelationship: 'Cases' }),
		text('SuppliedName', 80, { label: 'Web Name' }),
		email('SuppliedEmail', { label: 'Web Email' }),
		phone('SuppliedPhone', { label: 'Web Phone' }),
		picklist('Type', ['Mechanical', 'Electrical', 'Electronic', 'Structural', 'Other'], {
			label: 'Case Type',
		}),
		picklist('Status', ['*New', 'Working', 'Escalated', 'Closed']),
		picklist('Reason', ['Installation', 'Performance', 'Breakdown', 'Other'], {
			label: 'Case Reason',
		}),
		picklist('Origin', ['Phone', 'Email', 'Web'], { label: 'Case Origin' }),
		text('Subject', 255),
		picklist('Priority', ['High', '*Medium', 'Low']),
		area('Description', 32_000),
		flag('IsClosed', { ...readOnly, compute: ({ values }) => values.Status === 'Closed' }),
		datetime('ClosedDate', readOnly),
		area('Comments', 4000, { label: 'Internal Comments' }),
	],
	{ searchable: true, autoNumber: { field: 'CaseNumber', format: '{00000000}' } },
);

export const caseComment: ObjectType = objectType(
	'CaseComment',
	'00a',
	[
		lookup('ParentId', ['Case'], {
			...required,
			updateable: false,
			cascadeDelete: true,
			childRelationship: 'CaseComments',
		}),
		flag('IsPublished'),
		area('CommentBody', 4000),
	],
	{ owned: false },
);

export const task: ObjectType = objectType(
	'Task',
	'00T',
	[
		lookup('WhoId', ['Contact', 'Lead'], { label: 'Name ID', childRelationship: 'Tasks' }),
		lookup('WhatId', ['Account', 'Opportunity', 'Campaign', 'Case', 'Product2', 'Invoice__c'], {
			label: 'Related To ID',
			childRelationship: 'Tasks',
		}),
		picklist('Subject', ['Call', 'Send Letter', 'Send Quote', 'Other'], {
			type: 'combobox',
			nameField: true,
		}),
		date('ActivityDate', { label: 'Due Date Only' }),
		picklist('Status', ['*Not Started', 'In Progress', 'Completed', 'Deferred'], {
			nillable: false,
		}),
		picklist('Priority', ['High', '*Normal', 'Low'], { nillable: false }),
		area('Description', 32_000),
		flag('IsClosed', { ...readOnly, compute: ({ values }) => values.Status === 'Completed' }),
		lookup('AccountId', ['Account'], readOnly),
		picklist('TaskSubtype', ['*Task', 'Call', 'Email'], { updateable: false, length: 40 }),
		int('CallDurationInSeconds'),
		datetime('ReminderDateTime'),
		flag('IsReminderSet'),
	],
	{ searchable: true },
);

export const event: ObjectType = objectType('Event', '00U', [
	lookup('WhoId', ['Contact', 'Lead'], { label: 'Name ID', childRelationship: 'Events' }),
	lookup('WhatId', ['Account', 'Opportunity', 'Campaign', 'Case'], {
		label: 'Related To ID',
		childRelationship: 'Events',
	}),
	picklist('Subject', ['Call', 'Meeting', 'Other'], { type: 'combobox', nameField: true }),
	text('Location', 255),
	flag('IsAllDayEvent'),
	datetime('StartDateTime'),
	datetime('EndDateTime'),
	int('DurationInMinutes'),
	area('Description', 32_000),
]);

export const product: ObjectType = objectType(
	'Product2',
	'01t',
	[
		text('Name', 255, { ...required, nameField: true, label: 'Product Name' }),
		text('ProductCode', 255),
		area('Description', 4000, { label: 'Product Description' }),
		flag('IsActive', { label: 'Active' }),
		picklist('Family', ['None', 'Hardware', 'Software'], { label: 'Product Family' }),
		text('StockKeepingUnit', 180, { externalId: true, idLookup: true, label: 'Product SKU' }),
	],
	{ label: 'Product', owned: false, searchable: true },
);

export const invoice: ObjectType = objectType(
	'Invoice__c',
	'a00',
	[
		text('Name', 80, {
			...readOnly,
			nillable: false,
			nameField: true,
			autoNumber: true,
			label: 'Invoice Name',
		}),
		text('Number__c', 40, { externalId: true, unique: true, label: 'Number' }),
		lookup('Account__c', ['Account'], { childRelationship: 'Invoices__r' }),
		currency('Amount__c'),
		field('currency', 'Tax__c', {
			precision: 18,
			scale: 2,
			...readOnly,
			calculatedFormula: 'Amount__c * 0.19',
			compute: ({ values }) =>
				typeof values.Amount__c === 'number' ? Math.round(values.Amount__c * 19) / 100 : null,
		}),
		date('Due__c', { label: 'Due' }),
		picklist('State__c', ['*Draft', 'Sent', 'Paid'], { restrictedPicklist: true, label: 'State' }),
		flag('Paid__c'),
		datetime('Sent_At__c'),
		double('Quantity__c', 10, 2),
		area('Notes__c', 32_768),
		url('Link__c'),
	],
	{
		searchable: true,
		autoNumber: { field: 'Name', format: 'INV-{00000}' },
		validationRules: [
			{
				field: 'Amount__c',
				broken: ({ values }) =>
					typeof values.Amount__c === 'number' && values.Amount__c < 0
						? 'The amount must not be negative.'
						: undefined,
			},
		],
	},
);

export const invoiceLine: ObjectType = objectType(
	'Invoice_Line__c',
	'a01',
	[
		text('Name', 80, { nameField: true, label: 'Line' }),
		lookup('Invoice__c', ['Invoice__c'], {
			...required,
			cascadeDelete: true,
			childRelationship: 'Lines__r',
			relationshipOrder: 0,
		}),
		lookup('Product__c', ['Product2'], { childRelationship: 'Lines__r' }),
		double('Quantity__c', 10, 2),
		currency('Price__c'),
		text('Key__c', 60, { externalId: true, unique: true, label: 'Key' }),
	],
	{ owned: false },
);

export const orderEvent: ObjectType = objectType(
	'Order__e',
	'e00',
	[
		text('ReplayId', 0, { ...readOnly, length: 0 }),
		text('EventUuid', 36, readOnly),
		text('Order_Number__c', 40, required),
		double('Amount__c', 18, 2),
		flag('Paid__c'),
		text('Note__c', 255),
		datetime('CreatedDate', { ...readOnly, nillable: false }),
		lookup('CreatedById', ['User'], { ...readOnly, nillable: false }),
	],
	{
		label: 'Order Event',
		bare: true,
		owned: false,
		updateable: false,
		deletable: false,
		undeletable: false,
		queryable: false,
		replicateable: false,
	},
);
