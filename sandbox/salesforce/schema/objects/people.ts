import {
	address,
	area,
	currency,
	date,
	datetime,
	double,
	email,
	flag,
	int,
	lookup,
	phone,
	picklist,
	readOnly,
	required,
	text,
	url,
	type Field,
} from '../field.ts';
import { objectType, type DuplicateRule, type ObjectType } from '../objectType.ts';
import type { Row } from '../../store/row.ts';

export const industries = [
	'Agriculture',
	'Banking',
	'Biotechnology',
	'Chemicals',
	'Communications',
	'Construction',
	'Consulting',
	'Education',
	'Electronics',
	'Energy',
	'Engineering',
	'Finance',
	'Healthcare',
	'Insurance',
	'Manufacturing',
	'Media',
	'Retail',
	'Technology',
	'Transportation',
	'Utilities',
	'Other',
];
const ratings = ['Hot', 'Warm', 'Cold'];
const leadSources = ['Web', 'Phone Inquiry', 'Partner Referral', 'Purchased List', 'Other'];
const salutations = ['Mr.', 'Ms.', 'Mrs.', 'Dr.', 'Prof.', 'Mx.'];

const fullName = ({ values }: Row) =>
	[values.FirstName, values.LastName].filter(Boolean).join(' ') || null;

/** First and last name, and the name made of them. */
const personName = (): Field[] => [
	text('LastName', 80, { ...required, compoundFieldName: 'Name' }),
	text('FirstName', 40, { compoundFieldName: 'Name' }),
	picklist('Salutation', salutations, { length: 40, compoundFieldName: 'Name' }),
	text('Name', 121, { ...readOnly, nameField: true, nillable: false, compute: fullName }),
];

/** Two people are the same when e-mail address and last name are. */
const samePerson = (object: string): DuplicateRule => ({
	name: `Standard_${object}_Duplicate_Rule`,
	matchingRule: `Standard_${object}_Match_Rule_v1_1`,
	message: 'Use one of these records?',
	keyOf: ({ values }) =>
		typeof values.Email === 'string' && typeof values.LastName === 'string'
			? `${values.Email} ${values.LastName}`.toLowerCase()
			: undefined,
});

export const account: ObjectType = objectType(
	'Account',
	'001',
	[
		// Which record it went into when it was merged.
		lookup('MasterRecordId', ['Account'], readOnly),
		text('Name', 255, { ...required, nameField: true, label: 'Account Name' }),
		picklist('Type', ['Prospect', 'Customer - Direct', 'Customer - Channel', 'Partner', 'Other'], {
			label: 'Account Type',
		}),
		lookup('ParentId', ['Account'], {
			childRelationship: 'ChildAccounts',
			label: 'Parent Account',
		}),
		...address('Billing'),
		...address('Shipping'),
		phone('Phone', { label: 'Account Phone' }),
		phone('Fax', { label: 'Account Fax' }),
		text('AccountNumber', 40),
		url('Website'),
		text('Sic', 20, { label: 'SIC Code' }),
		picklist('Industry', industries),
		currency('AnnualRevenue', { scale: 0 }),
		int('NumberOfEmployees', { label: 'Employees' }),
		picklist('Ownership', ['Public', 'Private', 'Subsidiary', 'Other']),
		text('TickerSymbol', 20),
		area('Description', 32_000, { label: 'Account Description' }),
		picklist('Rating', ratings, { label: 'Account Rating' }),
		text('Site', 80, { label: 'Account Site' }),
		picklist('AccountSource', leadSources),
		date('LastActivityDate', readOnly),
		text('External_Id__c', 50, { externalId: true, unique: true, label: 'External Id' }),
		text('Legacy_Key__c', 50, { externalId: true, label: 'Legacy Key' }),
		picklist('Tier__c', ['Gold', 'Silver', 'Bronze'], { restrictedPicklist: true }),
		picklist('Regions__c', ['EMEA', 'APAC', 'AMER'], {
			type: 'multipicklist',
			restrictedPicklist: true,
		}),
		flag('Active__c'),
		date('Customer_Since__c'),
	],
	{
		searchable: true,
		ownerTo: ['User'],
		recordTypes: [
			{ name: 'Business', developerName: 'Business' },
			{ name: 'Partner', developerName: 'Partner' },
		],
	},
);

export const contact: ObjectType = objectType(
	'Contact',
	'003',
	[
		// Which record it went into when it was merged.
		lookup('MasterRecordId', ['Contact'], readOnly),
		lookup('AccountId', ['Account'], { childRelationship: 'Contacts' }),
		...personName(),
		...address('Other'),
		...address('Mailing'),
		phone('Phone', { label: 'Business Phone' }),
		phone('Fax', { label: 'Business Fax' }),
		phone('MobilePhone'),
		phone('HomePhone'),
		lookup('ReportsToId', ['Contact'], { childRelationship: 'ReportsToContacts' }),
		email('Email', { idLookup: true }),
		text('Title', 128),
		text('Department', 80),
		picklist('LeadSource', leadSources),
		date('Birthdate'),
		area('Description', 32_000, { label: 'Contact Description' }),
		flag('HasOptedOutOfEmail', { label: 'Email Opt Out' }),
		flag('DoNotCall'),
		date('LastActivityDate', readOnly),
		text('External_Id__c', 50, { externalId: true, unique: true, label: 'External Id' }),
	],
	{ searchable: true, ownerTo: ['User'], duplicateRules: [samePerson('Contact')] },
);

export const lead: ObjectType = objectType(
	'Lead',
	'00Q',
	[
		// Which record it went into when it was merged.
		lookup('MasterRecordId', ['Lead'], readOnly),
		...personName(),
		text('Title', 128),
		text('Company', 255, required),
		...address(''),
		phone('Phone'),
		phone('MobilePhone'),
		phone('Fax'),
		email('Email', { idLookup: true }),
		url('Website'),
		area('Description', 32_000),
		picklist('LeadSource', leadSources),
		picklist(
			'Status',
			[
				'*Open - Not Contacted',
				'Working - Contacted',
				'Closed - Converted',
				'Closed - Not Converted',
			],
			{ nillable: false, label: 'Lead Status' },
		),
		picklist('Industry', industries),
		picklist('Rating', ratings),
		currency('AnnualRevenue', { scale: 0 }),
		int('NumberOfEmployees', { label: 'Employees' }),
		flag('HasOptedOutOfEmail', { label: 'Email Opt Out' }),
		flag('IsConverted', { updateable: false, label: 'Converted' }),
		date('ConvertedDate', readOnly),
		lookup('ConvertedAccountId', ['Account'], readOnly),
		lookup('ConvertedContactId', ['Contact'], readOnly),
		lookup('ConvertedOpportunityId', ['Opportunity'], readOnly),
		flag('IsUnreadByOwner', { defaultValue: true, label: 'Unread By Owner' }),
		text('External_Id__c', 50, { externalId: true, unique: true, label: 'External Id' }),
		double('Score__c', 5, 2),
	],
	{ searchable: true, duplicateRules: [samePerson('Lead')] },
);

export const user: ObjectType = objectType(
	'User',
	'005',
	[
		text('Username', 80, { ...required, unique: true, idLookup: true }),
		...personName(),
		text('CompanyName', 80),
		text('Division', 80),
		text('Department', 80),
		text('Title', 80),
		...address(''),
		email('Email', { ...required, length: 128, idLookup: true }),
		text('Alias', 8, required),
		text('CommunityNickname', 40, { ...required, unique: true }),
		flag('IsActive', { defaultValue: true, label: 'Active' }),
		picklist('TimeZoneSidKey', ['Europe/Berlin', '*America/Los_Angeles', 'GMT'], {
			...required,
			length: 40,
			restrictedPicklist: true,
		}),
		lookup('UserRoleId', ['UserRole']),
		picklist('LocaleSidKey', ['*en_US', 'de_DE'], {
			...required,
			length: 40,
			restrictedPicklist: true,
		}),
		picklist('EmailEncodingKey', ['*UTF-8', 'ISO-8859-1'], {
			...required,
			length: 40,
			restrictedPicklist: true,
		}),
		lookup('ProfileId', ['Profile'], required),
		picklist('UserType', ['*Standard', 'PowerPartner', 'Guest', 'AutomatedProcess'], {
			...readOnly,
			length: 40,
		}),
		picklist('LanguageLocaleKey', ['*en_US', 'de'], {
			...required,
			length: 40,
			restrictedPicklist: true,
		}),
		lookup('ManagerId', ['User'], { relationshipName: 'Manager' }),
		datetime('LastLoginDate', readOnly),
		text('FederationIdentifier', 512, { idLookup: true }),
	],
	{ owned: false, deletable: false, undeletable: false, searchable: true },
);
