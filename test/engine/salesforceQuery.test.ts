import type { SalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import { startSalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import { Engine } from './engine';

// More rows than a call of a function may have arguments: n8n's own node dies of them.
const COUNT = 135_000;

let sandbox: SalesforceSandbox;
let engine: Engine;

beforeAll(async () => {
	sandbox = await startSalesforceSandbox();
	for (let n = 0; n < COUNT; n++) sandbox.store.insert('Account', { Name: `Account ${n}` });
	engine = await Engine.open();
	engine.credentials.resilientSalesforceOAuth2Api = {
		...{ grantType: 'pkce', myDomain: sandbox.url },
		oauthTokenData: { access_token: sandbox.accessToken(), instance_url: sandbox.url },
	};
}, 120_000);
afterAll(async () => await sandbox.close());

test('a query of 135,000 rows gives as many items, in the order of the query', async () => {
	sandbox.requests.length = 0;
	const parameters = {
		...{ authentication: 'oAuth2', resource: 'query', operation: 'run' },
		soql: 'SELECT Id, Name FROM Account ORDER BY Id',
		...{ returnAll: true, output: 'items' },
	};
	const credentials = { resilientSalesforceOAuth2Api: { id: sandbox.url, name: 'Org' } };
	const node = { type: 'n8n-nodes-resilient.salesforce', credentials, parameters };
	const ended = await engine.run(node, { items: [{ json: {} }] });
	expect(ended.errorOf('E')).toBeUndefined();
	const rows = ended.outputs('E')[0] ?? [];
	expect(rows).toHaveLength(COUNT);
	expect(rows[COUNT - 1]?.json).toMatchObject({ Name: `Account ${COUNT - 1}` });
	expect(rows[COUNT - 1]?.pairedItem).toEqual({ item: 0 });
	const pages = sandbox.requests.filter(({ path }) => path.includes('/query'));
	expect(pages).toHaveLength(Math.ceil(COUNT / 2_000));
}, 120_000);
