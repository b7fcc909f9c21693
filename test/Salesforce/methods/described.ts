import type {
	FieldDescription,
	ObjectDescription,
} from '../../../nodes/Salesforce/transport/describe';

/** A field as describe gives a text that may be written. */
export const field = (name: string, changes: Partial<FieldDescription> = {}): FieldDescription => ({
	name,
	label: name.replace(/__c$/, '').replace(/(?<=[a-z])(?=[A-Z])/g, ' '),
	type: 'string',
	length: 255,
	createable: true,
	updateable: true,
	nillable: true,
	defaultedOnCreate: false,
	externalId: false,
	idLookup: false,
	filterable: true,
	sortable: true,
	calculated: false,
	unique: false,
	nameField: false,
	custom: name.endsWith('__c'),
	compoundFieldName: null,
	relationshipName: null,
	referenceTo: [],
	picklistValues: [],
	restrictedPicklist: false,
	inlineHelpText: null,
	...changes,
});

export const object = (
	name: string,
	fields: FieldDescription[],
	changes: Partial<ObjectDescription> = {},
): ObjectDescription => ({
	name,
	label: name,
	labelPlural: `${name}s`,
	keyPrefix: '001',
	custom: false,
	createable: true,
	updateable: true,
	deletable: true,
	undeletable: true,
	queryable: true,
	searchable: true,
	retrieveable: true,
	replicateable: true,
	triggerable: true,
	mergeable: true,
	layoutable: true,
	deprecatedAndHidden: false,
	fields,
	childRelationships: [],
	recordTypeInfos: [],
	...changes,
});

export const readOnly = { createable: false, updateable: false };

export const account = object('Account', [
	field('Id', { type: 'id', ...readOnly, idLookup: true, nillable: false }),
	field('Name', { nameField: true, nillable: false, label: 'Account Name' }),
	field('Type', { type: 'picklist', label: 'Account Type' }),
	field('Industry', {
		type: 'picklist',
		picklistValues: [
			{ value: 'Banking', label: 'Banking', active: true },
			{ value: 'Hot', label: 'Heiß', active: true },
			{ value: 'Old', label: 'Old', active: false },
		],
	}),
	field('BillingAddress', { type: 'address', ...readOnly }),
	field('BillingCity', { compoundFieldName: 'BillingAddress' }),
	field('ParentId', { type: 'reference', referenceTo: ['Account'], label: 'Parent Account ID' }),
	field('OwnerId', {
		type: 'reference',
		referenceTo: ['User'],
		nillable: false,
		defaultedOnCreate: true,
	}),
	field('Active__c', { type: 'boolean', nillable: false, defaultedOnCreate: true }),
	field('AnnualRevenue', { type: 'currency' }),
	field('Founded__c', { type: 'date' }),
	field('Tags__c', { type: 'multipicklist' }),
	field('Number__c', { externalId: true, idLookup: true, unique: true }),
	field('Owner_At_Start__c', { type: 'string', updateable: false, nillable: false }),
	field('SystemModstamp', { type: 'datetime', ...readOnly }),
]);
