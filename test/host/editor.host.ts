import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { missingBrowser, openEditor } from './chromium.ts';
import type { EditorPage } from './chromium.ts';
import { secrets, setting } from './setting.ts';
import { end, itemsOf, runWorkflow, s3Node, uploadText } from './workflow.ts';

describe('the n8n editor in Chromium', { skip: missingBrowser }, () => {
	let editor: EditorPage;
	let page: Page;

	const by = (id: string) => page.locator(`[data-test-id="${id}"]`);
	const dialog = () => by('editCredential-modal');
	const picture = async (name: string) => await editor.picture(name);

	before(async () => {
		editor = await openEditor(setting().host);
		page = editor.page;
	});

	after(async () => {
		await editor.browser.close();
	});

	test('add Resilient S3 from the node panel', async (t) => {
		t.diagnostic(`pictures in ${editor.pictures}`);
		const { host } = setting();
		await page.goto(`${host.url}/workflow/new`);
		await by('canvas-add-button').waitFor();
		await page.keyboard.press('n');
		await page.getByText('Trigger manually', { exact: true }).click();
		await by('canvas-trigger-node').waitFor();
		await page.keyboard.press('Escape');

		await by('node-creator-plus-button').click();
		await by('node-creator-search-bar').fill('resilient');
		await by('node-creator-item-name').getByText('Resilient S3', { exact: true }).first().click();
		await page.getByText('Actions (').waitFor();
		for (const action of ['Upload an object', 'Download an object', 'Create a bucket']) {
			// The panel slides in.
			await page.getByText(action, { exact: true }).first().waitFor();
		}
		await picture('1-node-panel');
		await page.getByText('Get many objects', { exact: true }).first().click();
		await by('node-credentials-select').waitFor();
		await picture('2-node');
	});

	test('a credential with a wrong secret: the editor shows what is wrong', async () => {
		const { credential } = setting();
		await by('node-credentials-select').click();
		await by('node-credentials-select-item-new').click();
		await dialog().waitFor();
		await fillCredential('endpoint', credential.endpoint);
		await fillCredential('accessKeyId', credential.accessKeyId);
		await fillCredential('secretAccessKey', secrets.wrongSecretAccessKey);
		await fillCredential('sessionToken', secrets.sessionToken);
		await by('credential-save-button').click();
		await dialog().getByText('Couldn’t connect with these settings').waitFor();
		await dialog().getByText('More details').click();
		await dialog().getByText('SignatureDoesNotMatch').first().waitFor();
		const shown = await dialog().innerText();
		assert.match(shown, /Check the secret access key/);
		await picture('3-wrong-secret');
	});

	test('with the right one the test of the credential succeeds', async () => {
		await fillCredential('secretAccessKey', secrets.secretAccessKey);
		await by('credential-save-button').click();
		// n8n closes the dialog when the test succeeds, and tests again when it is opened.
		await dialog().waitFor({ state: 'hidden' });
		await by('credential-edit-button').click();
		await dialog().getByText('Connection tested successfully').waitFor();
		await picture('4-credential-tested');
		await dialog().locator('.el-dialog__headerbtn, [aria-label^="Close"]').first().click();
		await dialog().waitFor({ state: 'hidden' });
	});

	test('"Execute step" shows what the server has', async () => {
		const { s3 } = setting();
		const rows = [1, 2, 3].map((n) => ({ key: `editor/${n}.txt`, text: `picture ${n}` }));
		const seeded = await runWorkflow('seed for the editor', rows, [
			s3Node('Upload', uploadText),
			end('Done'),
		]);
		assert.equal(itemsOf(seeded, 'Done').length, 3);

		await by('resource-locator-bucket').locator('[data-test-id="rlc-input"]').click();
		await by('rlc-item').getByText('tests', { exact: true }).click();
		await picture('5-bucket-from-list');
		await by('resource-locator-prefix').locator('[data-test-id="rlc-input"]').fill('editor/');
		s3.requests.length = 0;
		await by('node-execute-button').click();
		const output = by('output-panel');
		await output.getByText('3 items').first().waitFor();
		for (const { key } of rows) await output.getByText(key).first().waitFor();
		assert.deepEqual(
			s3.requests.map(({ operation, query, status }) => [operation, query.prefix, status]),
			[['ListObjectsV2', 'editor/', 200]],
		);
		await picture('5-executed');
	});

	test('the whole workflow runs from the canvas', async () => {
		await by('ndv-close-button').click();
		await by('ndv').waitFor({ state: 'hidden' });
		setting().s3.requests.length = 0;
		await by('execute-workflow-button').first().click();
		await page.getByText('Workflow executed successfully').first().waitFor();
		assert.equal(setting().s3.requests.length, 1);
		await picture('6-canvas');
	});

	async function fillCredential(name: string, value: unknown): Promise<void> {
		await dialog().locator(`[data-test-id="parameter-input-${name}"] input`).fill(String(value));
	}
});
