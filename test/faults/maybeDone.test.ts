import type { INode } from 'n8n-workflow';
import type { EffectOracle } from '../../sandbox/faults/effects.ts';
import { startEffectOracle } from '../../sandbox/faults/effects.ts';
import type { FaultKind, FaultProxy } from '../../sandbox/faults/proxy.ts';
import { randomFaults, startFaultProxy } from '../../sandbox/faults/proxy.ts';
import { keysOf } from './oracleClient';
import { postNode } from './postNode';
import type { WatchedEngine } from './watchedEngine';
import { openWatchedEngine } from './watchedEngine';

// An effect that nobody can take back, whose answer was lost: it may be done, so it is never sent
// again, whoever asks for it.

type OnError = NonNullable<INode['onError']>;
const TYPE = 'test.post';

let oracle: EffectOracle;
let proxy: FaultProxy;
let watched: WatchedEngine;
beforeEach(async () => {
	oracle = await startEffectOracle();
	proxy = await startFaultProxy({ upstream: oracle.origin });
	watched = await openWatchedEngine();
	watched.nodeTypes[TYPE] = await postNode(proxy.origin);
});
afterEach(async () => {
	await proxy.close();
	await oracle.close();
});

const node = (onError: OnError, resilience: object = {}): Partial<INode> => ({
	type: TYPE,
	parameters: {
		resource: 'effect',
		operation: 'post',
		key: '={{ $json.key }}',
		resilience: { ...resilience },
	},
	retryOnFail: true,
	maxTries: 5,
	waitBetweenTries: 1,
	onError,
});

const itemsOf = (keys: string[]) => keys.map((key) => ({ json: { key } }));

const sentTo = (key: string) =>
	proxy.requests.filter((request) => request.path === `/effects/${key}`).length;

test.each<[number, FaultKind, OnError]>([
	[2, 'resetAfter', 'stopWorkflow'],
	[0, 'resetAfter', 'stopWorkflow'],
	[0, 'resetAfter', 'continueRegularOutput'],
	[0, 'resetAfter', 'continueErrorOutput'],
	[0, 'resetBefore', 'stopWorkflow'],
	[0, 'truncate', 'stopWorkflow'],
	[0, 'error', 'stopWorkflow'],
])(
	'item %i: %s, on error = %s: Retry On Fail does not send it again',
	async (at, kind, onError) => {
		const keys = keysOf('once', 5);
		proxy.faults = ({ path }) => (path === `/effects/once-${at}` ? kind : 'pass');
		const { run, errorOf, outputs } = await watched.engine.run(node(onError), {
			items: itemsOf(keys),
		});
		expect(watched.executions).toHaveLength(5 - (onError !== 'stopWorkflow' && at > 0 ? 4 : 0));
		expect(keys.map(sentTo)).toEqual([1, 1, 1, 1, 1]);
		for (const { commits } of oracle.effects.values()) expect(commits).toBe(1);
		if (onError === 'stopWorkflow') {
			expect(run.status).toBe('error');
			expect(errorOf('E')?.message).toContain('it may have been done');
		} else {
			const items = outputs('E').flat();
			expect(
				items.filter(({ json }) => String(json.error).includes('may have been done')),
			).toHaveLength(1);
			expect(items).toHaveLength(5);
		}
	},
);

test('what was refused is sent again by Retry On Fail, and done once', async () => {
	let refusals = 0;
	proxy.faults = ({ path }) =>
		path === '/effects/again-1' && refusals++ < 2 ? 'unavailable' : 'pass';
	const { run } = await watched.engine.run(node('stopWorkflow', { maxAttempts: 1 }), {
		items: itemsOf(keysOf('again', 3)),
	});
	expect(run.status).toBe('success');
	expect(keysOf('again', 3).map(sentTo)).toEqual([1, 3, 1]);
	for (const { commits } of oracle.effects.values()) expect(commits).toBe(1);
});

test('500 items through 20 % faults and Retry On Fail: none twice, none reported wrongly', async () => {
	proxy.faults = randomFaults(11, {
		unavailable: 0.05,
		resetBefore: 0.05,
		resetAfter: 0.05,
		truncate: 0.05,
	});
	const keys = keysOf('many', 500);
	const { outputs, run } = await watched.engine.run(
		node('stopWorkflow', { maxAttempts: 8, failedOutput: true }),
		{ items: itemsOf(keys) },
	);
	expect(run.status).toBe('success');
	const [done = [], failed = []] = outputs('E');
	expect(done.length + failed.length).toBe(500);
	expect([...oracle.effects.values()].filter(({ commits }) => commits > 1)).toEqual([]);
	for (const { json } of done) expect(oracle.effects.get(String(json.key))?.commits).toBe(1);
	expect(failed.length).toBeGreaterThan(40);
	for (const { json } of failed)
		expect(json).toMatchObject({ error: { phase: 'maybeDone' }, attempts: expect.any(Number) });
});

test('a node that wrongly calls it repeatable does double it: the oracle would tell', async () => {
	watched.nodeTypes[TYPE] = await postNode(proxy.origin, true);
	let lost = 0;
	proxy.faults = () => (lost++ === 0 ? 'resetAfter' : 'pass');
	await watched.engine.run(node('stopWorkflow'), { items: itemsOf(['wrong']) });
	expect(oracle.effects.get('wrong')?.commits).toBe(2);
});
