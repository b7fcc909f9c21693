import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { startLdapSandbox } from '../../sandbox/ldap/server.ts';
import type { LdapSandbox } from '../../sandbox/ldap/server.ts';
import { missingBrowser, openEditor } from './chromium.ts';
import type { EditorPage } from './chromium.ts';
import { secrets, setting } from './setting.ts';

describe('Resilient LDAP in the editor', { skip: missingBrowser }, () => {
	let ldap: LdapSandbox;
	let editor: EditorPage;
	let page: Page;

	const by = (id: string) => page.locator(`[data-test-id="${id}"]`);
	const picture = async (name: string) => await editor.picture(`ldap-${name}`);

	before(async () => {
		const base = 'dc=example,dc=org';
		const admin = { dn: `cn=admin,${base}`, password: secrets.ldapPassword };
		ldap = await startLdapSandbox({ base, admin });
		for (const ou of ['people', 'groups'])
			ldap.add(`ou=${ou},${base}`, { objectClass: 'organizationalUnit', ou });
		for (const uid of ['anna', 'bert', 'carl']) {
			const person = { objectClass: 'inetOrgPerson', uid, cn: uid, sn: 'Editor' };
			ldap.add(`uid=${uid},ou=people,${base}`, { ...person, mail: `${uid}@example.org` });
		}
		const credentialId = await setting().rest.createCredential('Directory', 'resilientLdapApi', {
			servers: `127.0.0.1:${ldap.tlsPort}`,
			encryption: 'ldaps',
			ca: ldap.ca,
			signInWith: 'simple',
			bindDn: admin.dn,
			password: admin.password,
		});
		assert.ok(credentialId);
		editor = await openEditor(setting().host);
		page = editor.page;
	});

	after(async () => {
		await editor.browser.close();
		await ldap.stop();
	});

	test('add it from the node panel', async (t) => {
		t.diagnostic(`pictures in ${editor.pictures}`);
		await page.goto(`${setting().host.url}/workflow/new`);
		await by('canvas-add-button').waitFor();
		await page.keyboard.press('n');
		await page.getByText('Trigger manually', { exact: true }).click();
		await by('canvas-trigger-node').waitFor();
		await page.keyboard.press('Escape');
		await by('node-creator-plus-button').click();
		await by('node-creator-search-bar').fill('resilient ldap');
		await by('node-creator-item-name').getByText('Resilient LDAP', { exact: true }).first().click();
		await page.getByText('Actions (').waitFor();
		await picture('1-actions');
		await page.getByText('Search for entries', { exact: true }).first().click();
		await by('node-credentials-select').waitFor();
		await picture('2-search');
	});

	test('a place from the list, a condition with an attribute of the schema, and what is found', async () => {
		await by('resource-locator-base').locator('.el-select').first().click();
		await page.locator('[data-test-id="mode-list"]:visible').last().click();
		await by('resource-locator-base').locator('[data-test-id="rlc-input"]').first().click();
		await by('rlc-item').first().waitFor();
		await picture('3-places');
		await by('rlc-item').getByText('people').first().click();
		await page.getByText('Add Condition', { exact: true }).first().click();
		await by('parameter-input-attribute').locator('input').first().click();
		await page.keyboard.type('uid');
		await page.getByText('uid', { exact: true }).locator('visible=true').first().click();
		await by('parameter-input-value').locator('input, textarea').first().fill('bert');
		await picture('4-condition');
		ldap.requests.length = 0;
		await by('node-execute-button').click();
		const output = by('output-panel');
		await output.getByText('bert@example.org').first().waitFor();
		assert.equal(await output.getByText('anna@example.org').count(), 0);
		const asked = ldap.requests.find(({ search }) => search?.filter.includes('uid'));
		assert.equal(asked?.search?.filter, '(uid=bert)');
		assert.equal(asked?.dn, 'ou=people,dc=example,dc=org');
		await picture('5-executed');
	});
});
