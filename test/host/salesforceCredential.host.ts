import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Execution } from '../../sandbox/host/rest.ts';
import { startSalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import type { SalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import { missingBrowser, openEditor } from './chromium.ts';
import { setting } from './setting.ts';
import { itemsOf, runWorkflow } from './workflow.ts';

const JWT = 'resilientSalesforceJwtApi';
const OAUTH2 = 'resilientSalesforceOAuth2Api';
const COUNT = 20;

describe('the credentials of Salesforce in a real n8n', () => {
	let sandbox: SalesforceSandbox;

	/** What tokens were asked for with, in order. */
	const grants = () =>
		sandbox.requests
			.filter(({ path }) => path === '/services/oauth2/token')
			.map(({ body }) => new URLSearchParams(body).get('grant_type'));

	const createApp = async (grantType: string, changes: object = {}) => {
		const { url: myDomain, clientId, clientSecret } = sandbox;
		return await setting().rest.createCredential(`App by ${grantType}`, OAUTH2, {
			...{ grantType, myDomain, clientId, clientSecret, ...changes },
		});
	};

	/** Asks the org something for each of some items. */
	const run = async (type: string, id: string): Promise<Execution> => {
		const rows = Array.from({ length: COUNT }, (_, n) => ({ n }));
		const execution = await runWorkflow('ask the org', rows, [
			{
				id: 'Ask',
				name: 'Ask',
				type: 'n8n-nodes-resilient.salesforce',
				typeVersion: 1,
				position: [0, 0],
				parameters: {
					authentication: type === JWT ? 'jwt' : 'oAuth2',
					...{ resource: 'request', operation: 'send', path: '/sobjects' },
				},
				credentials: { [type]: { id, name: 'Org' } },
			},
		]);
		assert.equal(execution.status, 'success', execution.error?.message);
		assert.equal(itemsOf(execution, 'Ask').length, COUNT);
		assertNoSecret(execution.raw, 'the execution');
		return execution;
	};

	/** Presses the button, with what the editor has of the credential. */
	const tested = async (id: string, type: string, changes: object = {}) => {
		const { rest } = setting();
		const shown = await rest.get(`/rest/credentials/${id}?includeData=true`);
		const { data }: { data: { data: object } } = JSON.parse(await shown.text());
		const answer = await rest.testCredential(id, 'Org', type, { ...data.data, ...changes });
		assertNoSecret(JSON.stringify([data, answer]), 'what the editor gets');
		return answer;
	};

	/** Of OAuth2, n8n says no more than this. */
	const assertGood = ({ status, message }: { status: string; message: string }) =>
		assert.equal(status, 'OK', message);

	const assertGreeted = ({ status, message }: { status: string; message: string }) => {
		assert.equal(status, 'OK', message);
		assert.ok(message.includes(sandbox.organizationId), message);
		assert.ok(message.includes(sandbox.username), message);
	};

	function assertNoSecret(text: string, where: string): void {
		const { clientSecret, privateKey } = sandbox;
		const [, keyLine = privateKey] = privateKey.split('\n');
		// All tokens begin with the id of the org, and an exclamation mark.
		const token = `${sandbox.organizationId.slice(0, 15)}!AQE`;
		for (const [name, secret] of Object.entries({ clientSecret, keyLine, token }))
			assert.ok(!text.includes(secret), `${name} is in ${where}`);
	}

	before(async () => {
		sandbox = await startSalesforceSandbox();
	});
	beforeEach(() => {
		sandbox.requests.length = 0;
	});
	after(async () => {
		assertNoSecret(readFileSync(setting().host.logFile, 'utf8'), 'the log of n8n');
		await sandbox.close();
	});

	test('JWT: the test says which org and user answer, or what is wrong; a run signs in once', async () => {
		const { url: myDomain, clientId, username, privateKey } = sandbox;
		const id = await setting().rest.createCredential('Org', JWT, {
			...{ myDomain, clientId, username, privateKey },
		});
		assertGreeted(await tested(id, JWT));
		const stranger = await tested(id, JWT, { username: 'nobody@example.com' });
		assert.equal(stranger.status, 'Error');
		assert.match(stranger.message, /invalid_grant/);
		assert.match(stranger.message, /approve/i);
		const broken = await tested(id, JWT, { privateKey: 'not a key' });
		assert.equal(broken.status, 'Error');
		assert.match(broken.message, /Private Key/);
		sandbox.requests.length = 0;
		await run(JWT, id);
		assert.equal(grants().length, 1);
		sandbox.expireTokens();
		await run(JWT, id);
		assert.equal(grants().length, 2);
	});

	test('client credentials: n8n fetches a token for the first run, keeps it, and renews it once it has expired', async () => {
		const id = await createApp('clientCredentials');
		await run(OAUTH2, id);
		assert.deepEqual(grants(), ['client_credentials']);
		await run(OAUTH2, id);
		assert.equal(grants().length, 1, 'the token is kept from run to run');
		sandbox.expireTokens();
		await run(OAUTH2, id);
		await run(OAUTH2, id);
		assert.deepEqual(grants(), ['client_credentials', 'client_credentials']);
	});

	test('client credentials: the test signs in before any run has, and says what is wrong', async () => {
		const id = await createApp('clientCredentials');
		assertGood(await tested(id, OAUTH2));
		assert.deepEqual(grants(), ['client_credentials']);
		await run(OAUTH2, id);
		sandbox.expireTokens();
		assertGood(await tested(id, OAUTH2));
		assert.deepEqual(grants(), ['client_credentials', 'client_credentials']);
		const wrong = await tested(
			await createApp('clientCredentials', { clientSecret: 'wrong' }),
			OAUTH2,
		);
		assert.equal(wrong.status, 'Error');
		assert.match(wrong.message, /client authentication failed/i);
	});

	test(
		'authorization code with PKCE: connected in the browser, used, and renewed by the refresh token',
		{ skip: missingBrowser },
		async (t) => {
			const { host } = setting();
			const id = await createApp('pkce');
			const { browser, page, picture, pictures } = await openEditor(host);
			t.diagnostic(`pictures in ${pictures}`);
			try {
				page.setDefaultTimeout(30_000);
				await page.goto(`${host.url}/home/credentials/${id}`);
				const by = (name: string) => page.locator(`[data-test-id="${name}"]`);
				await by('oauth-not-connected-banner').waitFor();
				await by('oauth-not-connected-banner').locator('button').first().click();
				await by('oauth-connect-success-banner').waitFor();
			} finally {
				await picture('salesforce-oauth2').catch(() => undefined);
				await browser.close();
			}
			const asked = sandbox.requests.find(({ path }) => path.includes('/oauth2/authorize'));
			assert.ok(asked);
			const { searchParams } = new URL(asked.path, sandbox.url);
			assert.equal(searchParams.get('code_challenge_method'), 'S256');
			assert.ok(searchParams.get('code_challenge'));
			assert.equal(searchParams.get('scope'), 'api refresh_token');
			assert.equal(searchParams.get('prompt'), 'login');
			const exchanged = sandbox.requests.find(({ path }) => path === '/services/oauth2/token');
			assert.ok(new URLSearchParams(exchanged?.body).get('code_verifier'));
			assert.deepEqual(grants(), ['authorization_code']);

			assertGood(await tested(id, OAUTH2));
			await run(OAUTH2, id);
			assert.equal(grants().length, 1, 'the token of the browser is the one that is used');
			sandbox.expireTokens();
			await run(OAUTH2, id);
			await run(OAUTH2, id);
			assert.deepEqual(grants(), ['authorization_code', 'refresh_token']);
			sandbox.expireTokens();
			assertGood(await tested(id, OAUTH2));
		},
	);
});
