import type { FieldDescription } from '../../../nodes/Salesforce/transport/describe';
import { field as plainField, object } from '../described';

export { object };

/** A field with a label as people write it. */
export const field = (name: string, changes: Partial<FieldDescription> = {}): FieldDescription =>
	plainField(name, {
		label: name.replace(/__c$/, '').replace(/(?<=[a-z])(?=[A-Z])/g, ' '),
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
