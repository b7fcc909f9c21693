import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { WorkflowNode } from '../../sandbox/host/rest.ts';
import { startSalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import type { SalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import { missingBrowser, openEditor } from './chromium.ts';
import type { EditorPage } from './chromium.ts';
import { setting } from './setting.ts';

describe('Resilient Salesforce in the editor', { skip: missingBrowser }, () => {
	let sandbox: SalesforceSandbox;
	let editor: EditorPage;
	let page: Page;

	const by = (id: string) => page.locator(`[data-test-id="${id}"]`);
	const picture = async (name: string) => await editor.picture(`salesforce-${name}`);
	const open = async (node: string) => {
		await page.locator(`[data-node-name="${node}"]`).first().dblclick();
		await by('node-parameters').waitFor();
	};

	before(async () => {
		sandbox = await startSalesforceSandbox({ generatedObjects: 990 });
		for (const Name of ['Acme', 'Globex', 'Initech']) sandbox.store.insert('Account', { Name });
		const { url: myDomain, clientId, username, privateKey } = sandbox;
		const id = await setting().rest.createCredential('Org', 'resilientSalesforceJwtApi', {
			myDomain,
			clientId,
			username,
			privateKey,
		});
		const node = (name: string, x: number, parameters: Record<string, unknown>): WorkflowNode => ({
			id: name,
			name,
			type: 'n8n-nodes-resilient.salesforce',
			typeVersion: 1,
			position: [x, 0],
			parameters: { authentication: 'jwt', resource: 'record', ...parameters },
			credentials: { resilientSalesforceJwtApi: { id, name: 'Org' } },
		});
		const { id: workflow } = await setting().rest.createWorkflow({
			name: 'Salesforce in the editor',
			nodes: [
				{
					id: 'Start',
					name: 'Start',
					type: 'n8n-nodes-base.manualTrigger',
					typeVersion: 1,
					position: [0, 0],
					parameters: {},
				},
				node('Create', 200, { operation: 'create' }),
				node('Upsert', 400, {
					operation: 'upsert',
					object: { __rl: true, mode: 'list', value: 'Invoice__c', cachedResultName: 'Invoice' },
					externalIdField: 'Number__c',
				}),
				node('Find', 600, {
					operation: 'getMany',
					object: { __rl: true, mode: 'list', value: 'Account', cachedResultName: 'Account' },
					returnFields: 'chosen',
					fields: ['Id', 'Name'],
					conditions: { rows: [{ field: 'Name', operator: 'startsWith', value: "Ac'me" }] },
				}),
				node('Compose', 800, { resource: 'composite', operation: 'execute' }),
			],
			connections: {
				Start: { main: [[{ node: 'Create', type: 'main', index: 0 }]] },
				Create: { main: [[{ node: 'Upsert', type: 'main', index: 0 }]] },
				Upsert: { main: [[{ node: 'Find', type: 'main', index: 0 }]] },
				Find: { main: [[{ node: 'Compose', type: 'main', index: 0 }]] },
			},
		});
		editor = await openEditor(setting().host);
		page = editor.page;
		page.setDefaultTimeout(30_000);
		await page.goto(`${setting().host.url}/workflow/${workflow}`);
		await by('canvas-trigger-node').waitFor();
	});

	afterEach(async () => {
		await page.keyboard.press('Escape');
		if (await by('ndv-close-button').isVisible()) await by('ndv-close-button').click();
		await by('ndv').waitFor({ state: 'hidden' });
	});

	after(async () => {
		await editor?.browser.close();
		await sandbox.close();
	});

	test('an object of a thousand by a part of its name, and what a record of it needs', async (t) => {
		t.diagnostic(`pictures in ${editor.pictures}`);
		await open('Create');
		await picture('1-create');
		await by('resource-locator-object').locator('[data-test-id="rlc-input"]').first().click();
		await by('rlc-item').first().waitFor();
		await picture('2-objects');
		await page.keyboard.type('conta');
		await by('rlc-item').getByText('Contact', { exact: true }).first().waitFor();
		await picture('3-typed');
		await by('rlc-item').getByText('Contact', { exact: true }).first().click();
		const fields = by('mapping-fields-container');
		await fields.getByText('Last Name').first().waitFor();
		await picture('4-fields');
		await fields.locator('input, textarea').locator('visible=true').first().fill('Lovelace');
		await by('add-fields-select').locator('button').first().click();
		await page.getByText('Account ID (ID of Account)').first().waitFor();
		await picture('5-more-fields');
		await page.getByText('First Name', { exact: true }).first().click();
		await fields.getByText('First Name').first().waitFor();
		await by('node-execute-button').click();
		await by('output-panel').getByText('003').first().waitFor();
		const [contact] = sandbox.store.rows('Contact');
		assert.ok(contact);
		assert.equal(sandbox.store.value(contact, 'LastName'), 'Lovelace');
		await picture('6-created');
	});

	test('an upsert has what a new record needs at first', async () => {
		await open('Upsert');
		await by('mapping-fields-container').first().waitFor();
		await picture('7-upsert');
	});

	test('the query that the fields mean stands below them', async () => {
		await open('Find');
		const notice = by('empty-fields-notice');
		await notice.waitFor();
		assert.match(
			await notice.innerText(),
			/SELECT Id, Name FROM Account WHERE Name LIKE 'Ac\\'me%' LIMIT 50/,
		);
		await notice.scrollIntoViewIfNeeded();
		await picture('8-query');
		await by('parameter-input-value').locator('input, textarea').first().fill('Glo');
		await notice.getByText("LIKE 'Glo%'").waitFor();
		await picture('9-changed');
	});

	test('requests that refer to each other', async () => {
		await open('Compose');
		await page.getByText('Add request').first().click();
		await by('parameter-input-url').first().waitFor();
		await picture('10-composite');
	});
});
