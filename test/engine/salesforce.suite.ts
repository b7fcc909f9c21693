import type { SalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import { startSalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import { Engine } from './engine';

/** @param from folder with the n8n-core to run on; the newest one where it is left out */
export function salesforceSuite(from?: string): void {
	let sandbox: SalesforceSandbox;
	let engine: Engine;
	const OAUTH2 = 'resilientSalesforceOAuth2Api';
	const JWT = 'resilientSalesforceJwtApi';

	beforeEach(async () => {
		sandbox = await startSalesforceSandbox();
		engine = await Engine.open({ from });
	});
	afterEach(async () => await sandbox.close());

	/** What n8n has of somebody who connected the credential a while ago. */
	function connected() {
		const { org, clientId, clientSecret, url } = sandbox;
		const userId = org.userNamed(sandbox.username)?.id ?? '';
		const refreshToken = org.sessions.newRefreshToken({ userId, clientId, scope: 'api' });
		engine.credentials[OAUTH2] = {
			...{ grantType: 'pkce', myDomain: url, clientId, clientSecret },
			oauthTokenData: {
				access_token: sandbox.accessToken(),
				refresh_token: refreshToken,
				instance_url: url,
				token_type: 'Bearer',
			},
		};
		return refreshToken;
	}

	const tokens = () =>
		sandbox.requests
			.filter(({ path }) => path === '/services/oauth2/token')
			.map(({ body }) => new URLSearchParams(body).get('grant_type'));

	const stored = () =>
		engine.credentials[OAUTH2]?.oauthTokenData as unknown as Record<string, string>;

	async function run(authentication: 'oAuth2' | 'jwt' = 'oAuth2', count = 20) {
		const credentials = {
			[OAUTH2]: { id: sandbox.url, name: 'Org' },
			[JWT]: { id: sandbox.url, name: 'Org' },
		};
		const parameters = {
			authentication,
			resource: 'request',
			operation: 'send',
			path: '/sobjects',
		};
		const items = Array.from({ length: count }, (_one, n) => ({ json: { n } }));
		const node = { type: 'n8n-nodes-resilient.salesforce', credentials, parameters };
		return await engine.run(node, { items });
	}

	describe('OAuth2', () => {
		test('a good token is used as it is', async () => {
			connected();
			const ended = await run();
			expect(ended.errorOf('E')).toBeUndefined();
			expect(ended.outputs('E')[0]?.length).toBe(20);
			expect(tokens()).toEqual([]);
		});

		test('one that has expired is refreshed once by n8n, which keeps the new one', async () => {
			const refreshToken = connected();
			const old = stored().access_token;
			sandbox.expireTokens();
			const ended = await run();
			expect(ended.errorOf('E')).toBeUndefined();
			expect(ended.outputs('E')[0]?.length).toBe(20);
			expect(tokens()).toEqual(['refresh_token']);
			expect(stored().access_token).not.toBe(old);
			expect(stored().refresh_token).toBe(refreshToken);
			await run();
			expect(tokens()).toEqual(['refresh_token']);
		});

		// An n8n that has no function to refresh a token does it only for a request that is refused.
		test.each(from ? (['refuses'] as const) : (['refuses', 'redirects'] as const))(
			'an org that has moved is found where the refresh says it is (the old host %s)',
			async (oldHost) => {
				connected();
				await sandbox.migrate(oldHost);
				const ended = await run();
				expect(ended.errorOf('E')).toBeUndefined();
				expect(ended.outputs('E')[0]?.length).toBe(20);
				expect(tokens()).toEqual(['refresh_token']);
				expect(stored().instance_url).toBe(sandbox.instanceUrl);
			},
		);

		test('a connection that was revoked stops the run, and says what to do', async () => {
			sandbox.org.sessions.revoke(connected());
			sandbox.expireTokens();
			const ended = await run();
			const error = ended.errorOf('E');
			expect(`${error?.message} ${error?.description}`).toMatch(
				/reconnect|[Cc]onnect the credential/,
			);
			expect(tokens().length).toBeLessThanOrEqual(2);
		});

		test('client credentials get their first token by themselves', async () => {
			const { clientId, clientSecret, url } = sandbox;
			engine.credentials[OAUTH2] = {
				...{ grantType: 'clientCredentials', myDomain: url, clientId, clientSecret },
			};
			const ended = await run();
			expect(ended.errorOf('E')).toBeUndefined();
			expect(ended.outputs('E')[0]?.length).toBe(20);
			expect(tokens()).toEqual(['client_credentials']);
			sandbox.expireTokens();
			expect((await run()).errorOf('E')).toBeUndefined();
			expect(tokens()).toEqual(['client_credentials', 'client_credentials']);
		});
	});

	test('with a private key all runs share one sign-in, and one more when it has expired', async () => {
		const { clientId, username, privateKey, url } = sandbox;
		engine.credentials[JWT] = { clientId, username, privateKey, myDomain: url };
		for (const runs of [1, 2]) {
			const ended = await Promise.all([run('jwt'), run('jwt'), run('jwt')]);
			for (const one of ended) expect(one.errorOf('E')).toBeUndefined();
			expect(tokens().length).toBe(runs);
			sandbox.expireTokens();
		}
	});
}
