import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { RecordedRequest, SalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import { startSalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import { Engine } from '../engine/engine';

const TYPE = 'n8n-nodes-resilient.salesforce';
const CREDENTIAL = 'resilientSalesforceOAuth2Api';
const COUNT = 1_000;

let sandbox: SalesforceSandbox;
let engine: Engine;
beforeAll(async () => {
	engine = await Engine.open();
});
beforeEach(async () => {
	sandbox = await startSalesforceSandbox();
	const oauthTokenData = { access_token: sandbox.accessToken(), instance_url: sandbox.url };
	engine.credentials = {
		[CREDENTIAL]: { myDomain: sandbox.url, grantType: 'pkce', apiVersion: '68.0', oauthTokenData },
	};
});
afterEach(async () => await sandbox.close());

const given = (): INodeExecutionData[] =>
	Array.from({ length: COUNT }, (_, n) => ({ json: { key: `K${n}`, n } }));

async function run(parameters: IDataObject, items = given(), more: IDataObject = {}) {
	const ended = await engine.run(
		{
			type: TYPE,
			credentials: { [CREDENTIAL]: { id: 'c', name: CREDENTIAL } },
			parameters: {
				resource: 'record',
				object: { __rl: true, mode: 'name', value: 'Account' },
				resilience: { failedOutput: true },
				...parameters,
			},
			...more,
		},
		{ items },
	);
	const [done = [], failed = []] = ended.outputs('E');
	return { done, failed, errorOf: ended.errorOf };
}

const fields = {
	mappingMode: 'defineBelow',
	value: { Name: '={{ $json.key }}' },
	matchingColumns: [],
	schema: [],
};
const create = { operation: 'create', fields };
const upsert = {
	operation: 'upsert',
	fields,
	externalIdField: 'External_Id__c',
	externalIdValue: '={{ $json.key }}',
};

const isWrite = ({ path }: RecordedRequest) => path.includes('/composite/sobjects');
const writes = () => sandbox.requests.filter(isWrite);
const places = (items: INodeExecutionData[]) =>
	items.map(({ pairedItem }) => (pairedItem as { item: number }).item);
/** How often each key is there. */
function stored() {
	const counts = new Map<string, number>();
	for (const { values } of sandbox.store.table('Account').all()) {
		const name = String(values.Name);
		counts.set(name, (counts.get(name) ?? 0) + 1);
	}
	return counts;
}
const doubled = () => [...stored().values()].filter((count) => count > 1).length;

test('1,000 creates are 5 requests', async () => {
	const { done, failed } = await run(create);
	expect([done.length, failed.length]).toEqual([COUNT, 0]);
	expect(places(done)).toEqual([...Array(COUNT).keys()]);
	expect(sandbox.requests.length).toBe(5);
	expect([stored().size, doubled()]).toEqual([COUNT, 0]);
});

test('upsert: where answers are lost, nothing is lost and nothing doubled', async () => {
	const fault = sandbox.faults.add({ kind: 'resetAfter', share: 0.5, match: isWrite });
	const { done, failed } = await run(upsert);
	expect(fault.hits).toBeGreaterThan(1);
	expect([done.length, failed.length]).toEqual([COUNT, 0]);
	expect([stored().size, doubled()]).toEqual([COUNT, 0]);
});

test('create: where an answer is lost, each of its rows is in Failed as maybe done', async () => {
	const fault = sandbox.faults.add({ kind: 'resetAfter', times: 2, match: isWrite });
	const { done, failed } = await run(create);
	expect(fault.hits).toBe(2);
	expect([done.length, failed.length]).toEqual([600, 400]);
	expect(new Set(failed.map(({ json }) => (json.error as IDataObject).phase))).toEqual(
		new Set(['maybeDone']),
	);
	expect(new Set([...places(done), ...places(failed)]).size).toBe(COUNT);
	expect([stored().size, doubled(), writes().length]).toEqual([COUNT, 0, 5]);
	const inputs = failed.map(({ json }) => (json.input as IDataObject).key);
	expect(inputs).toEqual(places(failed).map((n) => `K${n}`));
});

test('create with Retry On Fail: what may be done is not sent again by n8n either', async () => {
	sandbox.faults.add({ kind: 'resetAfter', times: 1, match: isWrite });
	const more = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
	const { errorOf } = await run({ ...create, resilience: {} }, given(), more);
	expect(errorOf('E')?.description).toMatch(/of 200 nobody can know whether they were done/);
	expect([stored().size, doubled()]).toEqual([COUNT, 0]);
});

test('10 % of the rows are locked: only they are sent again, and all are done', async () => {
	const fault = sandbox.faults.add({ kind: 'lockRows', rows: 0.1, times: 5, match: isWrite });
	const { done, failed } = await run(create);
	expect(fault.hits).toBe(5);
	expect([done.length, failed.length]).toEqual([COUNT, 0]);
	expect([stored().size, doubled()]).toEqual([COUNT, 0]);
	const sent = writes().map(
		({ body }) => (JSON.parse(body) as { records: unknown[] }).records.length,
	);
	expect(sent).toEqual([200, 200, 200, 200, 200, 100]);
});

test('the requests of the day are used up: the run stops, and says so', async () => {
	sandbox.faults.add({ kind: 'dailyLimit' });
	const { done, failed } = await run(create);
	expect([done.length, failed.length]).toEqual([0, COUNT]);
	const errors = failed.map(({ json }) => json.error as IDataObject);
	expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['REQUEST_LIMIT_EXCEEDED']));
	expect(errors.every(({ phase }) => phase !== 'maybeDone')).toBe(true);
	expect(writes().length).toBeLessThanOrEqual(5);
	expect(stored().size).toBe(0);
});

test('3,000 records by the Bulk API through a bad network: each is there once', async () => {
	sandbox.faults.add({ kind: 'resetAfter', share: 0.3 });
	const items = Array.from({ length: 3_000 }, (_, n) => ({ json: { key: `K${n}` } }));
	const { done, failed } = await run(
		{ ...create, resilience: { failedOutput: true, maxAttempts: 10 } },
		items,
	);
	expect([done.length, failed.length]).toEqual([3_000, 0]);
	expect([stored().size, doubled()]).toEqual([3_000, 0]);
	expect(done.map(({ json }) => sandbox.store.read(String(json.id))?.Name)).toEqual(
		items.map(({ json }) => json.key),
	);
}, 120_000);
