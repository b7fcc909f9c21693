/** Shaped as Salesforce shapes them: GetSchema gives such a text. */
export const ORDER_SCHEMA = {
	type: 'record',
	name: 'Order__e',
	namespace: 'com.sforce.eventbus',
	fields: [
		{ name: 'CreatedDate', type: 'long', doc: 'CreatedDate:DateTime' },
		{ name: 'CreatedById', type: 'string', doc: 'CreatedBy:EntityId' },
		{
			name: 'Number__c',
			type: ['null', 'string'],
			doc: 'Data:Text:00NRM000001krnv',
			default: null,
		},
		{
			name: 'Total__c',
			type: ['null', 'double'],
			doc: 'Data:Double:00NRM000001kro5',
			default: null,
		},
	],
};

const ADDRESS = {
	type: 'record',
	name: 'Address',
	fields: ['Street', 'City', 'PostalCode', 'Country'].map((name) => ({
		...{ name, type: ['null', 'string'], default: null },
	})),
};

/** Places: 0 header, 1 Name, 2 Type, 3 BillingAddress, 4 Revenue, 5 Since, 6 Opens, 7 modified, 8 shipping. */
export const ACCOUNT_SCHEMA = {
	type: 'record',
	name: 'AccountChangeEvent',
	namespace: 'com.sforce.eventbus',
	fields: [
		{
			name: 'ChangeEventHeader',
			type: {
				type: 'record',
				name: 'ChangeEventHeader',
				fields: [
					{ name: 'entityName', type: 'string' },
					{ name: 'recordIds', type: { type: 'array', items: 'string' } },
					{
						name: 'changeType',
						type: {
							type: 'enum',
							name: 'ChangeType',
							symbols: [
								...['CREATE', 'UPDATE', 'DELETE', 'UNDELETE', 'GAP_CREATE'],
								...['GAP_UPDATE', 'GAP_DELETE', 'GAP_UNDELETE', 'GAP_OVERFLOW'],
							],
						},
					},
					{ name: 'changeOrigin', type: 'string' },
					{ name: 'transactionKey', type: 'string' },
					{ name: 'sequenceNumber', type: 'int' },
					{ name: 'commitTimestamp', type: 'long' },
					{ name: 'commitNumber', type: 'long' },
					{ name: 'commitUser', type: 'string' },
					{ name: 'nulledFields', type: { type: 'array', items: 'string' } },
					{ name: 'diffFields', type: { type: 'array', items: 'string' } },
					{ name: 'changedFields', type: { type: 'array', items: 'string' } },
				],
			},
		},
		{
			name: 'Name',
			type: [
				'null',
				'string',
				{
					type: 'record',
					name: 'Switchable_PersonName',
					fields: [
						{ name: 'FirstName', type: ['null', 'string'], default: null },
						{ name: 'LastName', type: ['null', 'string'], default: null },
					],
				},
			],
			doc: 'Data:Switchable_PersonName',
			default: null,
		},
		{ name: 'Type', type: ['null', 'string'], doc: 'Data:DynamicEnum', default: null },
		{ name: 'BillingAddress', type: ['null', ADDRESS], doc: 'Data:Address', default: null },
		{ name: 'AnnualRevenue', type: ['null', 'double'], doc: 'Data:Currency', default: null },
		{
			name: 'Since__c',
			type: ['null', 'long'],
			doc: 'Data:DateOnly:00NDp000009Rr9I',
			default: null,
		},
		{
			name: 'Opens__c',
			type: ['null', 'long'],
			doc: 'Data:TimeOnly:00NDp000009RrA1',
			default: null,
		},
		{
			name: 'LastModifiedDate',
			type: ['null', 'long'],
			doc: 'LastModifiedDate:DateTime',
			default: null,
		},
		// A type that was declared before is named.
		{ name: 'ShippingAddress', type: ['null', 'Address'], doc: 'Data:Address', default: null },
	],
};

export const accountEvent = (header: object, fields: object = {}): object => ({
	ChangeEventHeader: {
		entityName: 'Account',
		recordIds: ['001000000000001AAA'],
		changeType: 'UPDATE',
		changeOrigin: 'com/salesforce/api/rest/68.0',
		transactionKey: '0002343d-9d90-e395-ed20-cf416ba652ad',
		sequenceNumber: 1,
		commitTimestamp: 1_556_796_456_000,
		commitNumber: 10_426_208_028_536,
		commitUser: '005000000000001AAA',
		nulledFields: [],
		diffFields: [],
		changedFields: [],
		...header,
	},
	...Object.fromEntries(ACCOUNT_SCHEMA.fields.slice(1).map(({ name }) => [name, null] as const)),
	...fields,
});
