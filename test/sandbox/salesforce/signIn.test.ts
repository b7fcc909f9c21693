import { createHash, randomBytes } from 'node:crypto';
import { Connection, OAuth2 } from 'jsforce';
import {
	startSalesforceSandbox,
	type SalesforceSandbox,
} from '../../../sandbox/salesforce/server.ts';
import { jwt } from './clients.ts';

let sandbox: SalesforceSandbox;

beforeAll(async () => {
	sandbox = await startSalesforceSandbox();
});

afterAll(async () => await sandbox.close());

const post = async (form: Record<string, string>, host = sandbox.url) => {
	const response = await fetch(`${host}/services/oauth2/token`, {
		method: 'POST',
		body: new URLSearchParams(form),
	});
	return { status: response.status, body: (await response.json()) as Record<string, string> };
};

const oauth2 = () => ({
	loginUrl: sandbox.url,
	clientId: sandbox.clientId,
	clientSecret: sandbox.clientSecret,
	redirectUri: 'http://localhost/callback',
});

test('jsforce signs in with client credentials and with a JWT', async () => {
	const credentials = new Connection({ oauth2: oauth2(), loginUrl: sandbox.url });
	const user = await credentials.authorize({ grant_type: 'client_credentials' });
	expect(user.organizationId).toBe(sandbox.organizationId);
	expect(await credentials.identity()).toMatchObject({ username: sandbox.username });
	const assertion = jwt(sandbox);
	const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
	const byJwt = new Connection({ oauth2: oauth2(), loginUrl: sandbox.url });
	await byJwt.authorize({ grant_type: grant, assertion });
	expect((await byJwt.query('SELECT Id FROM Organization')).totalSize).toBe(1);
});

test('authorization code with PKCE, then refresh: without a new refresh token', async () => {
	const verifier = randomBytes(32).toString('base64url');
	const oauth = new OAuth2(oauth2());
	const url = new URL(oauth.getAuthorizationUrl({ scope: 'api refresh_token', state: 'x y' }));
	url.searchParams.set('code_challenge', createHash('sha256').update(verifier).digest('base64url'));
	url.searchParams.set('code_challenge_method', 'S256');
	const { headers } = await fetch(url, { redirect: 'manual' });
	const back = new URL(headers.get('location') ?? '');
	expect(back.searchParams.get('state')).toBe('x y');
	const form = {
		grant_type: 'authorization_code',
		code: back.searchParams.get('code') ?? '',
		client_id: sandbox.clientId,
		redirect_uri: 'http://localhost/callback',
	};
	const { status, body } = await post({ ...form, code_verifier: verifier });
	expect(status).toBe(200);
	expect(body).toMatchObject({
		instance_url: sandbox.url,
		token_type: 'Bearer',
		id: expect.stringContaining(`/id/${sandbox.organizationId}/005`),
	});
	expect(body).not.toHaveProperty('expires_in');
	expect((await post({ ...form, code_verifier: verifier })).body.error).toBe('invalid_grant');
	const refreshed = await oauth.refreshToken(body.refresh_token ?? '');
	expect(refreshed.access_token).not.toBe(body.access_token);
	expect(refreshed).not.toHaveProperty('refresh_token');
});

test('jsforce takes a new token when the old one has expired', async () => {
	const verifier = 'v'.repeat(50);
	const challenge = createHash('sha256').update(verifier).digest('base64url');
	const url = new OAuth2(oauth2()).getAuthorizationUrl({
		scope: 'api refresh_token',
		code_challenge: challenge,
	});
	const { headers } = await fetch(url, { redirect: 'manual' });
	const code = new URL(headers.get('location') ?? '').searchParams.get('code') ?? '';
	const client = new Connection({ oauth2: oauth2(), loginUrl: sandbox.url });
	await client.authorize({ grant_type: 'authorization_code', code, code_verifier: verifier });
	sandbox.expireTokens();
	expect((await client.query('SELECT Id FROM Organization')).totalSize).toBe(1);
});

test.each([
	['another audience', { aud: 'https://example.org' }, 'audience is invalid'],
	[
		'a user who has not approved',
		{ sub: 'admin@sandbox.example' },
		"user hasn't approved this consumer",
	],
	['an end in the past', { exp: 1 }, 'expired authorization code'],
])('a JWT with %s is refused', async (_, claims, description) => {
	const answer = await post({
		grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
		assertion: jwt(sandbox, claims),
	});
	expect(answer).toEqual({
		status: 400,
		body: { error: 'invalid_grant', error_description: description },
	});
});

test('too many logins with JWTs in an hour', async () => {
	const own = await startSalesforceSandbox({ jwtLoginsPerHour: 1 });
	const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
	const login = async () => (await post({ grant_type, assertion: jwt(own) }, own.url)).body;
	expect(await login()).toHaveProperty('access_token');
	expect(await login()).toMatchObject({ error_description: 'login rate exceeded' });
	own.clock.offsetMs = 61 * 60 * 1000;
	expect(await login()).toHaveProperty('access_token');
	await own.close();
});

test('client credentials are for My Domain alone', async () => {
	const form = {
		grant_type: 'client_credentials',
		client_id: sandbox.clientId,
		client_secret: sandbox.clientSecret,
	};
	expect((await post(form, sandbox.loginUrl)).body).toEqual({
		error: 'invalid_grant',
		error_description: 'request not supported on this domain',
	});
	expect((await post({ ...form, client_secret: 'no' })).body.error).toBe('invalid_client');
});

test('a token that has expired, or none', async () => {
	const token = sandbox.accessToken();
	sandbox.expireTokens();
	for (const authorization of [`Bearer ${token}`, undefined]) {
		const response = await fetch(`${sandbox.url}/services/data/v68.0/limits`, {
			headers: authorization === undefined ? {} : { authorization },
		});
		expect(response.status).toBe(401);
		expect(await response.json()).toEqual([
			{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' },
		]);
	}
});

test('the org moves: the old host refuses, a refresh tells the new one', async () => {
	const own = await startSalesforceSandbox();
	const old = own.accessToken();
	await own.migrate();
	expect(own.instanceUrl).not.toBe(own.url);
	const get = async (host: string) =>
		(
			await fetch(`${host}/services/data/v68.0/sobjects`, {
				headers: { authorization: `Bearer ${old}` },
			})
		).status;
	expect([await get(own.url), await get(own.instanceUrl)]).toEqual([401, 200]);
	await own.close();
});
