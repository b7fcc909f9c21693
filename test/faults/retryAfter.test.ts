import type { FaultKind } from '../../sandbox/faults/proxy.ts';
import type { FaultyStorage } from './storage';
import { createBucket, s3Node, startFaultyStorage, textItems, uploadText } from './storage';
import type { WatchedEngine } from './watchedEngine';
import { openWatchedEngine } from './watchedEngine';

// Nobody may send before the time the system has asked for: not the item that was refused, nor
// another one, nor another workflow that uses the same credential.

const SECONDS = 3;
const CONCURRENCY = 10;

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
		const refusal = storage.proxy.requests.find(({ fault }) => fault === kind);
		const refusedAt = refusal?.endedAt ?? 0;
		const asked = refusal?.retryAt ?? Infinity;
		expect(asked - refusedAt).toBeGreaterThan((SECONDS - 0.5) * 1_000);
		// Once the node has read that, another workflow with this credential and one with another begin.
		await new Promise((resolve) => setTimeout(resolve, 300));
		const neighbour = upload(credential, `${kind}.neighbour`, 5);
		const other = upload(`other ${kind}`, `${kind}.other`, 20);
		await other;
		const otherDoneAt = Date.now();
		const runs = await Promise.all([batch, neighbour, other]);
		expect(runs.map(({ errorOf }) => errorOf('E'))).toEqual([undefined, undefined, undefined]);
		expect(runs.map(({ outputs }) => outputs('E')[0]?.length)).toEqual([400, 5, 20]);

		const early = (prefix: string) =>
			requestsOf(prefix).filter(({ at }) => at > refusedAt && at < asked).length;
		const held = requestsOf(kind)
			.map(({ at }) => at)
			.filter((at) => at >= asked);
		console.log(
			`${kind}: ${early(kind)} requests under way, the next ${Math.min(...held) - refusedAt} ms after the refusal, asked for ${asked - refusedAt}; other credential done after ${otherDoneAt - refusedAt} ms`,
		);
		// While the refusal travels, each other item may send what it has begun: without the pause all
		// that are left would come.
		expect(early(kind)).toBeLessThan(CONCURRENCY);
		expect(early(`${kind}.neighbour`)).toBe(0);
		expect(held.length).toBeGreaterThan(100);
		// It is not waited for longer than needed either.
		expect(Math.min(...held) - asked).toBeLessThan(1_000);
		expect(otherDoneAt).toBeLessThan(asked);
		// Each item was stored exactly once.
		for (const { json } of textItems(kind, 400)) expect(storage.writes().get(json.key)).toBe(1);
	},
	30_000,
);

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
