import type {
	FieldDescription,
	ObjectDescription,
} from '../../../../nodes/Salesforce/transport/describe';
import { field as fieldOf, object as objectOf } from '../../described';

const field = (name: string, type: string, more: Partial<FieldDescription> = {}) =>
	fieldOf(name, { type, ...more });

const object = (
	name: string,
	fields: FieldDescription[],
	childRelationships: ObjectDescription['childRelationships'] = [],
) => objectOf(name, fields, { childRelationships });

const account = object(
	'Account',
	[
		field('Id', 'id'),
		field('Name', 'string', { nameField: true }),
		field('AccountNumber', 'string'),
		field('Industry', 'picklist'),
		field('Description', 'textarea'),
		field('AnnualRevenue', 'currency'),
		field('NumberOfEmployees', 'int'),
		field('Active__c', 'boolean'),
		field('Regions__c', 'multipicklist'),
		field('Since__c', 'date'),
		field('Opens__c', 'time'),
		field('CreatedDate', 'datetime'),
		field('BillingAddress', 'address'),
		field('BillingCity', 'string', { compoundFieldName: 'BillingAddress' }),
		field('OwnerId', 'reference', { relationshipName: 'Owner', referenceTo: ['User'] }),
	],
	[{ childSObject: 'Contact', field: 'AccountId', relationshipName: 'Contacts' }],
);

const contact = object('Contact', [
	field('Id', 'id'),
	field('Name', 'string', { nameField: true }),
	field('Email', 'email'),
	field('Birthdate', 'date'),
	field('AccountId', 'reference', { relationshipName: 'Account', referenceTo: ['Account'] }),
]);

const task = object('Task', [
	field('Id', 'id'),
	field('Subject', 'combobox'),
	field('WhatId', 'reference', {
		relationshipName: 'What',
		referenceTo: ['Contact', 'Account'],
	}),
]);

const user = object('User', [
	field('Id', 'id'),
	field('Name', 'string', { nameField: true }),
	field('IsActive', 'boolean'),
]);

const OBJECTS = [account, contact, task, user];

/** Answers as the describe of an org would. */
export const describe = async (name: string): Promise<ObjectDescription> => {
	const found = OBJECTS.find((one) => one.name.toLowerCase() === name.toLowerCase());
	if (!found) throw new Error(`no object ${name}`);
	return found;
};
