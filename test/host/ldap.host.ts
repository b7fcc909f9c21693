import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startLdapSandbox } from '../../sandbox/ldap/server.ts';
import type { LdapSandbox } from '../../sandbox/ldap/server.ts';
import { missingBrowser, openEditor } from './chromium.ts';
import { assertNoSecret } from './secrets.ts';
import { secrets, setting } from './setting.ts';

const TYPE = 'resilientLdapApi';

describe('the credential of LDAP', () => {
	let ldap: LdapSandbox;
	let credential: Record<string, unknown>;
	let credentialId: string;

	before(async () => {
		const admin = { dn: 'cn=admin,dc=example,dc=org', password: secrets.ldapPassword };
		ldap = await startLdapSandbox({ admin });
		credential = {
			servers: `127.0.0.1:${ldap.tlsPort}`,
			encryption: 'ldaps',
			signInWith: 'simple',
			bindDn: admin.dn,
			password: admin.password,
			ca: ldap.ca.replaceAll('\n', ' '),
		};
		credentialId = await setting().rest.createCredential('LDAP', TYPE, credential);
	});
	after(async () => await ldap.stop());

	async function tested(changes: Record<string, unknown>) {
		const answer = await setting().rest.testCredential(credentialId, 'LDAP', TYPE, {
			...credential,
			...changes,
		});
		assertNoSecret(JSON.stringify(answer), 'the answer of the credential test');
		return answer;
	}

	test('its test button says who is signed in, and how that is protected', async () => {
		const { status, message } = await tested({});
		assert.equal(status, 'OK', message);
		assert.match(message, /Signed in as cn=admin,dc=example,dc=org at 127\.0\.0\.1:\d+/);
		assert.match(message, /encrypted by TLSv1\.3/);
		assert.match(message, /Base DN: dc=example,dc=org/);
	});

	test('a wrong password is sent once, and named', async () => {
		ldap.requests.length = 0;
		const { status, message } = await tested({ password: secrets.wrongSecretAccessKey });
		assert.equal(status, 'Error');
		assert.match(message, /invalidCredentials \(49\)/);
		const binds = ldap.requests.filter(({ operation }) => operation === 'bind');
		assert.equal(binds.length, 1, 'each more could lock the account');
	});

	test('without the CA nothing but the greeting of TLS is sent', async () => {
		ldap.requests.length = 0;
		const { status, message } = await tested({ ca: '' });
		assert.equal(status, 'Error');
		assert.match(message, /"CA Certificate"/);
		assert.deepEqual(ldap.requests, []);
	});

	test('a server that is not there: says so within the time people wait', async () => {
		const started = Date.now();
		// Port 9 (discard): nobody listens there.
		const { status, message } = await tested({ servers: '127.0.0.1:9' });
		assert.equal(status, 'Error');
		assert.match(message, /ECONNREFUSED/);
		assert.ok(Date.now() - started < 16_000);
	});

	test('the editor shows its form, and that it works', { skip: missingBrowser }, async (t) => {
		const { host } = setting();
		const { browser, page, pictures, picture } = await openEditor(host);
		try {
			t.diagnostic(`pictures in ${pictures}`);
			await page.goto(`${host.url}/home/credentials/${credentialId}`);
			const dialog = page.locator('[data-test-id="editCredential-modal"]');
			await dialog.getByText('Connection tested successfully').waitFor();
			await picture('ldap-1-tested');
			const shown = await dialog.innerText();
			for (const label of [
				'Servers',
				'Encryption',
				'User',
				'Password',
				'Base DN',
				'CA Certificate',
			])
				assert.ok(shown.includes(label), label);
			// What belongs to other ways of signing in or of encrypting stays out of sight.
			for (const label of [
				'Authorization ID',
				'Allow Passwords Without Encryption',
				'Referral Hosts',
			])
				assert.ok(!shown.includes(label), label);
			assertNoSecret(shown, 'the form of the credential');
			const last = dialog.locator('[data-test-id="parameter-input-maxConcurrentRequests"]');
			await last.scrollIntoViewIfNeeded();
			await picture('ldap-2-end');
		} finally {
			await browser.close();
		}
	});
});
