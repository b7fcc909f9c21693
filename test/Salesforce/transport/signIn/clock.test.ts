import { startSalesforceSandbox } from '../../../../sandbox/salesforce/server.ts';
import { whoAmI } from '../../../../nodes/Salesforce/transport/identity';
import { clientAt } from '../../orgStub';

test.each([20, -20])(
	'signed in by JWT where the clock of this machine is %i minutes wrong',
	async (minutes) => {
		const sandbox = await startSalesforceSandbox({ clockOffsetMs: -minutes * 60_000 });
		const { url, clientId, username, privateKey } = sandbox;
		const jwt = { grantType: undefined, oauthTokenData: undefined, clientId, username, privateKey };
		expect((await whoAmI(clientAt(url, jwt))).username).toBe(username);
		const asked = sandbox.requests.filter(({ path }) => path === '/services/oauth2/token');
		expect(asked.map(({ status }) => status)).toEqual([400, 200]);
		await sandbox.close();
	},
);
