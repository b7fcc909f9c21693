import type { FaultKind } from '../../sandbox/faults/proxy.ts';
import type { FaultyStorage } from './storage';
import { createBucket, s3Node, startFaultyStorage, textItems, uploadText } from './storage';
import type { WatchedEngine } from './watchedEngine';
import { openWatchedEngine } from './watchedEngine';

// Nobody may send before the time the system has asked for: not the item that was refused, nor
// another one, nor another workflow that uses the same credential.

const SECONDS = 2;
// Requests that were on their way when the server answered 429.
const UNDER_WAY_MS = 100;

let storage: FaultyStorage;
let watched: WatchedEngine;
beforeAll(async () => {
	storage = await startFaultyStorage({ retryAfterSeconds: SECONDS });
	watched = await openWatchedEngine();
	watched.engine.credentials.resilientS3Api = storage.credential;
	await watched.engine.run(s3Node('setup', createBucket));
});
afterAll(async () => await storage.close());

const upload = async (credential: string, prefix: string, count: number) =>
	await watched.engine.run(s3Node(credential, uploadText({ concurrency: 10 })), {
		items: textItems(prefix, count),
	});

const requestsOf = (prefix: string) =>
	storage.proxy.requests.filter(({ path }) => path.includes(`/${prefix}-`));

test.each<[FaultKind, string]>([
	['throttleSeconds', 'in seconds'],
	['throttleDate', 'as a date'],
])(
	'%s: Retry-After %s holds up the whole credential, and no other one',
	async (kind) => {
		const credential = `of ${kind}`;
		// The first credential is refused once, in the middle of its batch.
		storage.proxy.requests.length = 0;
		let refusals = 0;
		storage.proxy.faults = ({ path }) => {
			if (!path.endsWith(`/${kind}-150`) || refusals > 0) return 'pass';
			refusals++;
			return kind;
		};
		const batch = upload(credential, kind, 400);
		while (!storage.proxy.requests.some(({ fault, endedAt }) => fault === kind && endedAt))
			await new Promise((resolve) => setTimeout(resolve, 2));
		const refusedAt = storage.proxy.requests.find(({ fault }) => fault === kind)?.endedAt ?? 0;
		// Another workflow with this credential, and one with another credential, begin in the pause.
		const neighbour = upload(credential, `${kind}.neighbour`, 5);
		const other = upload(`other ${kind}`, `${kind}.other`, 100);
		await other;
		const otherDoneAt = Date.now();
		const runs = await Promise.all([batch, neighbour, other]);
		expect(runs.map(({ errorOf }) => errorOf('E'))).toEqual([undefined, undefined, undefined]);
		expect(runs.map(({ outputs }) => outputs('E')[0]?.length)).toEqual([400, 5, 100]);

		const asked = kind === 'throttleDate' ? dateIn(refusedAt) : refusedAt + SECONDS * 1_000;
		const held = [...requestsOf(kind), ...requestsOf(`${kind}.neighbour`)]
			.map(({ at }) => at)
			.filter((at) => at > refusedAt + UNDER_WAY_MS);
		expect(held.length).toBeGreaterThan(100);
		const early = held.filter((at) => at < asked);
		console.log(
			`${kind}: first request ${Math.min(...held) - refusedAt} ms after the refusal, asked for ${asked - refusedAt}; other credential done after ${otherDoneAt - refusedAt} ms`,
		);
		expect(early).toEqual([]);
		// It is not waited for longer than needed either.
		expect(Math.min(...held) - asked).toBeLessThan(1_000);
		expect(otherDoneAt).toBeLessThan(asked);
		// Each item was stored exactly once.
		for (const { json } of textItems(kind, 400)) expect(storage.writes().get(json.key)).toBe(1);
	},
	30_000,
);

/** The second that the proxy named in its date. */
const dateIn = (ms: number) => Math.ceil(ms / 1_000 + SECONDS) * 1_000;

test('a Retry-After of an hour is not waited for: the item fails and says so', async () => {
	const far = await startFaultyStorage({ retryAfterSeconds: 3_600 });
	watched.engine.credentials.resilientS3Api = far.credential;
	await watched.engine.run(s3Node('far', createBucket));
	far.proxy.faults = () => 'throttleSeconds';
	const began = Date.now();
	const { outputs } = await watched.engine.run(s3Node('far', uploadText({ failedOutput: true })), {
		items: textItems('far', 1),
	});
	watched.engine.credentials.resilientS3Api = storage.credential;
	expect(Date.now() - began).toBeLessThan(2_000);
	expect(outputs('E')[1]?.[0]?.json).toMatchObject({
		error: { kind: 'throttled', phase: 'rejected', status: 429 },
		attempts: 1,
	});
	await far.close();
});
