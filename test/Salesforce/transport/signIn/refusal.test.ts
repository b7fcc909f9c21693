import { whoAmI } from '../../../../nodes/Salesforce/transport/identity';
import { startSalesforceSandbox } from '../../../../sandbox/salesforce/server';
import type { Answer } from '../../orgStub';
import { clientAt, startOrgStub } from '../../orgStub';

const RETRY = { error: 'unknown_error', error_description: 'retry your request' };

test.each<[string, Answer]>([
	['asks to retry', { status: 400, body: RETRY }],
	['is too busy', { status: 429, body: '<html>Too many requests</html>' }],
])('an org that %s when it signs in is asked again', async (_what, refused) => {
	const sandbox = await startSalesforceSandbox();
	const { clientId, username, privateKey } = sandbox;
	let asked = 0;
	const stub = await startOrgStub(async ({ method, path, headers, body }) => {
		if (path === '/services/oauth2/token' && asked++ === 0) return refused;
		const answer = await fetch(sandbox.url + path, {
			method,
			headers: {
				authorization: headers.authorization ?? '',
				'content-type': headers['content-type'] ?? '',
			},
			...(body !== '' && { body }),
		});
		return { status: answer.status, body: await answer.text() };
	});
	const jwt = { grantType: undefined, oauthTokenData: undefined, clientId, username, privateKey };
	const client = clientAt(stub.url, { ...jwt, audience: sandbox.url });
	expect((await whoAmI(client)).username).toBe(username);
	expect(asked).toBe(2);
	await stub.close();
	await sandbox.close();
});
