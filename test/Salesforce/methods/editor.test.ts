import type { SalesforceSandbox } from '../../../sandbox/salesforce/server';
import { startSalesforceSandbox } from '../../../sandbox/salesforce/server';
import type { Field } from '../../engine/editor';
import { errorOf, mapperOf, namesInList, openList, optionsOf } from '../../engine/editor';
import { Engine } from '../../engine/engine';

let engine: Engine;
let sandbox: SalesforceSandbox;

const of = (method: string, parameters: object = {}, filter?: string): Field => ({
	node: 'salesforce',
	method,
	parameters: { authentication: 'oAuth2', ...parameters },
	filter,
});
const picked = (value: string) => ({ object: { __rl: true, mode: 'list', value } });

beforeAll(async () => {
	engine = await Engine.open();
	sandbox = await startSalesforceSandbox({ generatedObjects: 990 });
	for (let n = 0; n < 120; n++) sandbox.store.insert('Account', { Name: `Firm ${n}` });
	const accountId = sandbox.store.insert('Account', { Name: "O'Brien & Söhne (50 %)" });
	sandbox.store.insert('Contact', { LastName: 'Lovelace', AccountId: accountId });
});
afterAll(async () => await sandbox.close());
beforeEach(() => {
	sandbox.faults.clear();
	engine.credentials.resilientSalesforceOAuth2Api = {
		...{ myDomain: sandbox.url, grantType: 'pkce', apiVersion: '68.0' },
		oauthTokenData: { access_token: sandbox.accessToken(), instance_url: sandbox.url },
	};
});

test('every list, choice and table of fields that the node offers has its method', () => {
	const { description, methods } = engine
		.nodeTypes()
		.getByNameAndVersion('n8n-nodes-resilient.salesforce');
	const text = JSON.stringify(description.properties);
	const asked = (kind: string) => [
		...new Set([...text.matchAll(new RegExp(`"${kind}":"(\\w+)"`, 'g'))].map(([, one]) => one)),
	];
	expect(Object.keys(methods?.listSearch ?? {})).toEqual(
		expect.arrayContaining(asked('searchListMethod')),
	);
	expect(Object.keys(methods?.loadOptions ?? {})).toEqual(
		expect.arrayContaining(asked('loadOptionsMethod')),
	);
	expect(Object.keys(methods?.resourceMapping ?? {})).toEqual(
		expect.arrayContaining(asked('resourceMapperMethod')),
	);
});

describe('objects', () => {
	test('all of an org with a thousand of them, page by page, for one request', async () => {
		sandbox.requests.length = 0;
		const found: unknown[] = [];
		for (let list = await openList(engine, of('searchObjects')); ; list = await list.more()) {
			found.push(...list.values);
			if (!list.more) break;
		}
		expect(found.length).toBeGreaterThan(1_000);
		expect(new Set(found).size).toBe(found.length);
		expect(found).toEqual(expect.arrayContaining(['Account', 'Invoice__c', 'Generated_0500__c']));
		expect(sandbox.requests.filter(({ path }) => path.endsWith('/sobjects'))).toHaveLength(1);
	});

	test('as somebody types', async () => {
		expect(await namesInList(engine, of('searchObjects', {}, 'generated_0042'))).toHaveLength(1);
		expect((await namesInList(engine, of('searchCreateableObjects', {}, 'acc')))[0]).toBe(
			'Account',
		);
	});
});

describe('records', () => {
	test('by a part of their name, with characters that mean something to SOQL and SOSL', async () => {
		for (const typed of ["O'Br", 'söhne', "O'Brien & Söhne (50 %)"])
			expect([
				typed,
				await namesInList(engine, of('searchRecords', picked('Account'), typed)),
			]).toEqual([typed, [expect.stringContaining("O'Brien & Söhne (50 %)")]]);
	});

	test('page by page', async () => {
		const list = await openList(engine, of('searchRecords', picked('Account')));
		expect(list.values).toHaveLength(100);
		expect((await list.more?.())?.values).toHaveLength(21);
	});

	test('of no object: what is to be done is said', async () => {
		const error = await errorOf(openList(engine, of('searchRecords')));
		expect(error.description).toContain('Choose the object first');
	});

	test('of an object that is not there: which one may be meant', async () => {
		const error = await errorOf(openList(engine, of('searchRecords', picked('Acount'))));
		expect(error.description).toContain('Did you mean Account?');
		expect(error.description).toContain('choose "By ID" and type it in');
	});
});

describe('choices', () => {
	const values = async (method: string, object = 'Account') =>
		(await optionsOf(engine, of(method, picked(object)))).map(({ value }) => value);

	test('fields by what they can be used for', async () => {
		const all = await values('getFields');
		expect(all).toEqual(expect.arrayContaining(['Id', 'Name', 'CreatedDate']));
		expect(await values('getExternalIdFields', 'Invoice__c')).toContain('Number__c');
		expect(await values('getExternalIdFields', 'Invoice__c')).not.toContain('Id');
		expect((await values('getFilterableFields')).length).toBeLessThanOrEqual(all.length);
		expect(await values('getChildRelationships')).toContain('Contacts');
	});

	test('what a lead can be converted to', async () => {
		const statuses = await optionsOf(engine, of('getConvertedStatuses'));
		expect(statuses.map(({ value }) => value)).toEqual(['Closed - Converted']);
	});

	test('an object given by an expression is none', async () => {
		const error = await errorOf(optionsOf(engine, of('getFields', picked('={{ $json.object }}'))));
		expect(error.description).toContain('Choose the object first');
	});
});

describe('tables of fields', () => {
	test('a new record: what it needs is required and there at first', async () => {
		const { fields } = await mapperOf(engine, of('getFieldsToCreate', picked('Contact')));
		expect(fields.filter(({ required }) => required).map(({ id }) => id)).toEqual(['LastName']);
		expect(fields.find(({ id }) => id === 'AccountId')?.displayName).toContain('ID of Account');
		expect(fields.map(({ id }) => id)).not.toContain('CreatedDate');
	});

	test('an upsert leaves out the field by which the record is found', async () => {
		const { fields } = await mapperOf(
			engine,
			of('getFieldsToUpsert', { ...picked('Invoice__c'), externalIdField: 'Number__c' }),
		);
		expect(fields.map(({ id }) => id)).not.toContain('Number__c');
	});

	test('before an object is chosen there is a word, and no error', async () => {
		expect(await mapperOf(engine, of('getFieldsToCreate'))).toEqual({
			fields: [],
			emptyFieldsNotice: 'Choose the object first.',
		});
	});
});

describe('the query that the fields mean', () => {
	const shown = async (parameters: object) => {
		const { fields, emptyFieldsNotice = '' } = await mapperOf(
			engine,
			of('previewSoql', { resource: 'record', operation: 'getMany', ...parameters }),
		);
		expect(fields).toEqual([]);
		return emptyFieldsNotice;
	};
	const chosen = { ...picked('Account'), returnFields: 'chosen', fields: ['Id', 'Name'] };

	test('is shown, with the characters that mean something to a browser', async () => {
		const rows = [{ field: 'Name', operator: 'startsWith', value: '<A>&' }];
		expect(await shown({ ...chosen, conditions: { rows }, limit: 7 })).toBe(
			"<b>SOQL</b><br>SELECT Id, Name FROM Account WHERE Name LIKE '&#60;A&#62;&#38;%' LIMIT 7",
		);
	});

	test('or why there is none', async () => {
		expect(await shown(picked(''))).toContain('No query yet: "Object" is empty');
		expect(await shown({ ...chosen, conditions: null })).toContain(
			'No query yet: "Conditions" has an expression without a value as yet.',
		);
		const rows = [{ field: 'Nmae', operator: 'equals', value: 'x' }];
		expect(await shown({ ...chosen, conditions: { rows } })).toMatch(/No query yet: .*Nmae/);
		expect(await shown(picked('Acount'))).toContain('Did you mean Account?');
	});
});

// The last one: whoever shares the credential takes the org at its word afterwards.
test('what is wrong is said in place of the list, without any secret', async () => {
	sandbox.faults.add({ kind: 'dailyLimit' });
	const error = await errorOf(openList(engine, of('searchReports')));
	expect(error.message).toBe('The list of reports is not available');
	expect(error.description).toContain('REQUEST_LIMIT_EXCEEDED');
	expect(JSON.stringify(error)).not.toContain(sandbox.organizationId + '!');
});
