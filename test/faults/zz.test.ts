import type { FaultKind } from '../../sandbox/faults/proxy.ts';
import type { FaultyStorage } from './storage';
import { createBucket, s3Node, startFaultyStorage, textItems, uploadText } from './storage';
import type { WatchedEngine } from './watchedEngine';
import { openWatchedEngine } from './watchedEngine';

// Nobody may send before the time the system has asked for: not the item that was refused, nor
// another one, nor another workflow that uses the same credential.

const SECONDS = 3;
const CONCURRENCY = 10;
// The refusal has to travel and be read. Until then each other item may send what it just began, so
// a few requests come within this time; without the pause it would be all that are left.
const UNDER_WAY_MS = 500;

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
	await watched.engine.run(s3Node(credential, uploadText({ concurrency: CONCURRENCY })), {
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
		const other = upload(`other ${kind}`, `${kind}.other`, 20);
		await other;
		const otherDoneAt = Date.now();
		const runs = await Promise.all([batch, neighbour, other]);
		expect(runs.map(({ errorOf }) => errorOf('E'))).toEqual([undefined, undefined, undefined]);
		expect(runs.map(({ outputs }) => outputs('E')[0]?.length)).toEqual([400, 5, 20]);

		const asked = kind === 'throttleDate' ? dateIn(refusedAt) : refusedAt + SECONDS * 1_000;
		const later = [...requestsOf(kind), ...requestsOf(`${kind}.neighbour`)]
			.map(({ at }) => at - refusedAt)
			.filter((ms) => ms > 0);
		const underWay = later.filter((ms) => ms <= UNDER_WAY_MS);
		const held = later.filter((ms) => ms > UNDER_WAY_MS);
		console.log(
			`${kind}: ${underWay.length} requests under way, the last ${Math.max(0, ...underWay)} ms, the next ${Math.min(...held)} ms after the refusal, asked for ${asked - refusedAt}; other credential done after ${otherDoneAt - refusedAt} ms`,
		);
		expect(underWay.length).toBeLessThanOrEqual(2 * CONCURRENCY);
		expect(held.length).toBeGreaterThan(100);
		expect(held.filter((ms) => refusedAt + ms < asked)).toEqual([]);
		// It is not waited for longer than needed either.
		expect(Math.min(...held) + refusedAt - asked).toBeLessThan(1_000);
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
