import {
	fieldsToCreate,
	fieldsToUpdate,
	fieldsToUpsert,
} from '../../../nodes/Salesforce/methods/mapperFields';
import { account, field, object } from './described';

const ids = (fields: Array<{ id: string }>) => fields.map(({ id }) => id);
const one = <T extends { id: string }>(fields: T[], id: string) =>
	fields.find((each) => each.id === id);

describe('the fields of a new record', () => {
	const fields = fieldsToCreate(account);

	it('are those that can be written, and no compound ones; what is required comes first', () => {
		expect(ids(fields).slice(0, 2)).toEqual(['Name', 'Owner_At_Start__c']);
		expect(ids(fields)).toContain('BillingCity');
		for (const name of ['Id', 'BillingAddress', 'SystemModstamp'])
			expect(ids(fields)).not.toContain(name);
	});

	it('are required where Salesforce has no value of its own', () => {
		const required = fields.filter((each) => each.required);
		expect(ids(required)).toEqual(['Name', 'Owner_At_Start__c']);
		expect(one(fields, 'Name')).toMatchObject({ removed: false });
		expect(one(fields, 'OwnerId')).toMatchObject({ required: false, removed: true });
	});

	it('have the types of the editor', () => {
		const types = Object.fromEntries(fields.map(({ id, type }) => [id, type]));
		expect(types).toMatchObject({
			Name: 'string',
			Industry: 'options',
			Active__c: 'boolean',
			AnnualRevenue: 'number',
			Founded__c: 'dateTime',
			ParentId: 'string',
			Tags__c: 'string',
		});
	});

	it('say what they are, since the editor shows nothing else', () => {
		expect(one(fields, 'ParentId')?.displayName).toBe(
			'Parent Account ID (ParentId, ID of Account)',
		);
		expect(one(fields, 'AnnualRevenue')?.displayName).toBe('Annual Revenue');
		expect(one(fields, 'Number__c')?.displayName).toBe('Number (Number__c)');
		expect(one(fields, 'Tags__c')?.displayName).toBe('Tags (Tags__c, values separated by ;)');
	});

	it('offer the values of a picklist that are in use', () => {
		expect(one(fields, 'Industry')?.options).toEqual([
			{ name: 'Banking', value: 'Banking' },
			{ name: 'Heiß', value: 'Hot' },
		]);
		// Without values, nothing could be chosen.
		expect(one(fields, 'Type')).toMatchObject({ type: 'string' });
	});

	it('offer the record types of the user', () => {
		const type = (name: string, changes: object = {}) => ({
			recordTypeId: `012${name}`,
			name,
			developerName: name,
			active: true,
			available: true,
			master: false,
			defaultRecordTypeMapping: false,
			...changes,
		});
		const described = object(
			'Case',
			[field('RecordTypeId', { type: 'reference', referenceTo: ['RecordType'] })],
			{
				recordTypeInfos: [
					type('Bug'),
					type('Closed', { active: false }),
					type('Other', { available: false }),
					type('Master', { master: true }),
				],
			},
		);
		expect(fieldsToCreate(described)[0]).toMatchObject({
			type: 'options',
			options: [{ name: 'Bug', value: '012Bug' }],
		});
	});

	it('need no name where people can be accounts, since theirs stands elsewhere', () => {
		const people = object('Account', [...account.fields, field('IsPersonAccount')]);
		expect(one(fieldsToCreate(people), 'Name')).toMatchObject({ required: false });
	});
});

describe('the fields of a record that is there', () => {
	const fields = fieldsToUpdate(account);

	it('are those that can be changed, none of them required or shown at first', () => {
		expect(ids(fields)).not.toContain('Owner_At_Start__c');
		expect(fields.filter(({ required, removed }) => required || !removed)).toEqual([]);
	});
});

describe('the fields of an upsert', () => {
	const fields = fieldsToUpsert(account, 'number__c');

	it('propose what a new record needs, without asking for it', () => {
		expect(ids(fields.filter(({ removed }) => !removed))).toEqual(['Name', 'Owner_At_Start__c']);
		expect(fields.filter(({ required }) => required)).toEqual([]);
		expect(one(fields, 'Name')?.displayName).toBe('Account Name (Name, required for new records)');
	});

	it('leave out the one by which the record is found', () => {
		expect(ids(fields)).not.toContain('Number__c');
		expect(ids(fieldsToUpsert(account, undefined))).toContain('Number__c');
	});
});
