import type { INode } from 'n8n-workflow';
import type { FaultyStorage } from './storage';
import { BUCKET, createBucket, s3Node, startFaultyStorage, uploadText } from './storage';
import type { WatchedEngine } from './watchedEngine';
import { openWatchedEngine } from './watchedEngine';

// n8n's "Retry On Fail" runs the whole node again, with all items. What was done is not to be done
// again: not even the request may be sent.

type OnError = NonNullable<INode['onError']>;

let storage: FaultyStorage;
let watched: WatchedEngine;
beforeEach(async () => {
	storage = await startFaultyStorage();
	watched = await openWatchedEngine();
	watched.engine.credentials.resilientS3Api = storage.credential;
	await watched.engine.run(s3Node('retry', createBucket));
	storage.proxy.requests.length = 0;
	watched.executions.length = 0;
});
afterEach(async () => await storage.close());

/** Five items, one of which goes into a bucket that is not there. */
const itemsFailingAt = (failing: number) =>
	Array.from({ length: 5 }, (_, number) => ({
		json: {
			bucket: number === failing ? 'no-such-bucket' : BUCKET,
			key: `item-${number}`,
			text: `text ${number}`,
		},
	}));

async function run(failing: number, onError: OnError, resilience: object) {
	const parameters = uploadText({ ...resilience }, '={{ $json.bucket }}');
	const retry = { retryOnFail: true, maxTries: 5, waitBetweenTries: 1, onError };
	const result = await watched.engine.run(s3Node('retry', parameters, retry), {
		items: itemsFailingAt(failing),
	});
	const sent = Array.from(
		{ length: 5 },
		(_, number) =>
			storage.proxy.requests.filter(({ path }) => path.endsWith(`/item-${number}`)).length,
	);
	return { ...result, sent, tries: watched.executions.length };
}

const others = (sent: number[], failing: number) => sent.filter((_, number) => number !== failing);

test.each<[number, OnError]>([
	[2, 'stopWorkflow'],
	[0, 'stopWorkflow'],
	[2, 'continueRegularOutput'],
	[0, 'continueRegularOutput'],
	[2, 'continueErrorOutput'],
	[0, 'continueErrorOutput'],
])(
	'item %i always fails, on error = %s: every other item is sent exactly once',
	async (failing, onError) => {
		const { sent, tries, outputs, errorOf, run: ended } = await run(failing, onError, {});
		expect(others(sent, failing)).toEqual([1, 1, 1, 1]);
		expect([...storage.writes().values()]).toEqual([1, 1, 1, 1]);
		// n8n does run the node again where it throws, or where the first item has an error.
		const repeats = onError === 'stopWorkflow' || failing === 0;
		expect(tries).toBe(repeats ? 5 : 1);
		expect(sent[failing]).toBe(tries);
		if (onError === 'stopWorkflow') {
			expect(ended.status).toBe('error');
			expect(errorOf('E')?.message).toContain('NoSuchBucket');
			return;
		}
		// The remembered items come out with their rows and pairing, in order.
		const [regular = [], errors = []] = outputs('E');
		const done = regular.filter(({ json }) => !('error' in json));
		const failed =
			onError === 'continueErrorOutput' ? errors : regular.filter(({ json }) => 'error' in json);
		expect(done.map(({ json }) => json.key)).toEqual(
			others([0, 1, 2, 3, 4], failing).map((number) => `item-${number}`),
		);
		expect(done.map(({ pairedItem }) => pairedItem)).toEqual(
			others([0, 1, 2, 3, 4], failing).map((item) => ({ item })),
		);
		expect(failed).toHaveLength(1);
		expect(failed[0]?.pairedItem).toEqual({ item: failing });
	},
);

test('with the Failed output n8n sees no failure and does not run the node again', async () => {
	const { sent, tries, outputs } = await run(0, 'stopWorkflow', { failedOutput: true });
	expect(tries).toBe(1);
	expect(sent).toEqual([1, 1, 1, 1, 1]);
	expect(outputs('E').map((items) => items.length)).toEqual([4, 1]);
});

test('with the ledger off n8n does repeat everything, as the option says', async () => {
	const { sent, tries } = await run(2, 'stopWorkflow', { ledger: 'off' });
	expect(tries).toBe(5);
	expect(sent).toEqual([5, 5, 5, 5, 5]);
});

test('an item that fails twice and then works: the run succeeds, every item is stored once', async () => {
	let refusals = 0;
	storage.proxy.faults = ({ path }) =>
		path.endsWith('/item-3') && refusals++ < 2 ? 'unavailable' : 'pass';
	const { sent, tries, run: ended } = await run(-1, 'stopWorkflow', { maxAttempts: 1 });
	expect(ended.status).toBe('success');
	expect(tries).toBe(3);
	expect(sent).toEqual([1, 1, 1, 3, 1]);
	expect([...storage.writes().values()]).toEqual([1, 1, 1, 1, 1]);
});
