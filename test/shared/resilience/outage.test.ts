import { getEventListeners } from 'node:events';
import { settled } from '../virtualClock';
import { about, bench, failing, hanging, outcomeOf, throttled } from './calls';

/** A system that can be switched off. */
function system() {
	const state = { up: true, requests: 0, sentAt: [] as number[] };
	return {
		state,
		attempt: async () => {
			state.requests++;
			if (!state.up) throw failing({ kind: 'network', phase: 'notSent', code: 'ECONNREFUSED' });
			return 'done';
		},
	};
}

test('20 s outage, mode wait: all 1,000 calls succeed, with few requests, soon after it', async () => {
	const { clock, send } = bench();
	const { state, attempt } = system();
	state.up = false;
	const begin = clock.now();
	let firstAt = 0;
	const calls = Array.from({ length: 1_000 }, () =>
		outcomeOf(
			send(about(), attempt).then((value) => {
				firstAt ||= clock.now() - begin;
				return value;
			}),
		),
	);
	await clock.advance(20_000);
	const during = state.requests;
	state.up = true;
	await clock.advance(10_000);
	expect(calls.filter(({ value }) => value === 'done')).toHaveLength(1_000);
	expect(firstAt).toBeLessThanOrEqual(23_000);
	// One round of the 50 that were let out together, and the probes.
	expect(during).toBeLessThan(50 + 3 * 20);
	expect(state.requests - during).toBe(1_000);
});

test('an outage that begins while a queue waits for the limiter is not fed with that queue', async () => {
	const { clock, send } = bench({
		limits: { concurrency: 0, perSecond: 10 },
		onOutage: 'failFast',
	});
	const { state, attempt } = system();
	state.up = false;
	const calls = Array.from({ length: 200 }, () =>
		outcomeOf(send(about({ repeatable: false }), attempt)),
	);
	await clock.advance(30_000);
	expect(calls.every(({ done }) => done)).toBe(true);
	expect(state.requests).toBeLessThan(60);
});

test('mode failFast: while the system is down, calls fail at once and say so', async () => {
	const { clock, send } = bench({ onOutage: 'failFast' });
	const { state, attempt } = system();
	state.up = false;
	for (let n = 0; n < 16; n++) {
		outcomeOf(send(about(), attempt));
		await settled();
	}
	const { requests } = state;
	const outcome = outcomeOf(send(about(), attempt));
	await settled();
	expect(outcome.failure).toMatchObject({ code: 'CIRCUIT_OPEN', phase: 'notSent', attempts: 0 });
	expect(state.requests).toBe(requests);
	await clock.advance(60_000);
});

test('a call that tripped the gate reports what closed it, not that it is closed', async () => {
	const { clock, send } = bench({ onOutage: 'failFast', maxAttempts: 10 });
	const { state, attempt } = system();
	state.up = false;
	const calls = Array.from({ length: 16 }, () => outcomeOf(send(about(), attempt)));
	await clock.advance(60_000);
	expect(new Set(calls.map(({ failure }) => failure?.code))).toEqual(new Set(['ECONNREFUSED']));
});

test('attempts that fail in an outage do not use up the attempts of the call', async () => {
	const { clock, send, registry } = bench({ maxAttempts: 2 });
	registry.scope(about().scope, { concurrency: 50, perSecond: 0 }).gate.open();
	const { state, attempt } = system();
	state.up = false;
	const outcome = outcomeOf(send(about(), attempt));
	await clock.advance(20_000);
	expect(state.requests).toBeGreaterThan(5);
	expect(outcome.done).toBe(false);
	state.up = true;
	await clock.advance(3_000);
	expect(outcome.value).toBe('done');
});

test('in mode wait the deadline ends the waiting, and nothing was sent', async () => {
	const { clock, send, registry } = bench({ deadlineMs: 10_000 });
	const { gate } = registry.scope(about().scope, { concurrency: 50, perSecond: 0 });
	const { state, attempt } = system();
	state.up = false;
	gate.open();
	const probing = outcomeOf(send(about({ operation: 'Probe' }), attempt));
	await clock.advance(3_000);
	const sent = state.requests;
	expect(sent).toBeGreaterThan(0);
	await clock.advance(7_000);
	expect(probing.failure).toMatchObject({ code: 'DEADLINE', phase: 'notSent' });
	// From now on the outage is older than anyone would wait.
	await clock.advance(3_000);
	outcomeOf(send(about(), attempt));
	await settled();
	const late = outcomeOf(send(about(), attempt));
	await settled();
	expect(late.failure?.code).toBe('CIRCUIT_OPEN');
});

test('a probe that is cancelled on the wire leaves its place to the next', async () => {
	const { clock, send, registry } = bench();
	const { gate } = registry.scope(about().scope, { concurrency: 50, perSecond: 0 });
	gate.open();
	const stop = new AbortController();
	const probes = [1, 2, 3].map(() => outcomeOf(send(about({ signal: stop.signal }), hanging)));
	await clock.advance(500);
	const { state, attempt } = system();
	const next = outcomeOf(send(about(), attempt));
	await clock.advance(100);
	expect(state.requests).toBe(0);
	stop.abort();
	await settled();
	expect(probes.every(({ failure }) => failure?.code === 'CANCELLED')).toBe(true);
	expect(next.value).toBe('done');
});

test.each([
	['a bug of ours', failing({ kind: 'bug', phase: 'maybeDone' })],
	['a request refused on this side', failing({ kind: 'invalid', phase: 'notSent' })],
])('%s neither closes a half-open gate nor keeps others waiting', async (_label, failure) => {
	const { clock, send, registry } = bench();
	const { gate } = registry.scope(about().scope, { concurrency: 50, perSecond: 0 });
	gate.open();
	await clock.advance(500);
	for (let n = 0; n < 10; n++) {
		outcomeOf(
			send(about(), async () => {
				throw failure;
			}),
		);
	}
	await settled();
	expect(gate.closed).toBe(false);
	const { attempt } = system();
	const after = outcomeOf(send(about(), attempt));
	await settled();
	expect(after.value).toBe('done');
});

test('throttling trips no gate, and a throttled probe backs off like any other call', async () => {
	const { clock, send, registry } = bench({ random: () => 0.5 });
	const { gate } = registry.scope(about().scope, { concurrency: 50, perSecond: 0 });
	gate.open();
	await clock.advance(500);
	const at: number[] = [];
	const outcome = outcomeOf(
		send(about(), async () => {
			at.push(clock.now());
			if (at.length < 3) throw throttled();
			return 'done';
		}),
	);
	await clock.advance(60_000);
	expect(outcome.value).toBe('done');
	expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(500);
	for (let n = 0; n < 40; n++) {
		outcomeOf(
			send(about({ repeatable: false }), async () => {
				throw throttled(301_000);
			}),
		);
	}
	await clock.advance(1_000_000);
	expect(gate.closed).toBe(true);
});

test('a scope that is down does not concern another', async () => {
	const { clock, send } = bench();
	const down = system();
	down.state.up = false;
	for (let n = 0; n < 50; n++) outcomeOf(send(about({ scope: 'A' }), down.attempt));
	await clock.advance(1_000);
	const begin = clock.now();
	const healthy = system();
	const calls = Array.from({ length: 50 }, () =>
		outcomeOf(send(about({ scope: 'B' }), healthy.attempt)),
	);
	await settled();
	expect(calls.every(({ value }) => value === 'done')).toBe(true);
	expect(clock.now()).toBe(begin);
});

test('after all has ended no timer and no listener is left', async () => {
	const { clock, send } = bench({ deadlineMs: 5_000 });
	const { signal } = new AbortController();
	const { state, attempt } = system();
	state.up = false;
	const calls = Array.from({ length: 100 }, () =>
		outcomeOf(send(about({ signal, attemptTimeoutMs: 1_000 }), attempt)),
	);
	await clock.advance(20_000);
	expect(calls.every(({ done }) => done)).toBe(true);
	expect(getEventListeners(signal, 'abort')).toHaveLength(0);
	expect(clock.pending()).toBe(0);
});

test('items that always get a 500 fail in the end, though nothing else shows that the system is up', async () => {
	const { clock, send } = bench();
	const attempt = async () => {
		throw failing({ code: 'InternalError', status: 500, phase: 'maybeDone' });
	};
	const outcomes = Array.from({ length: 8 }, () => outcomeOf(send(about(), attempt)));
	await clock.advance(300_000);
	for (const { failure } of outcomes) {
		expect(failure).toMatchObject({ code: 'InternalError', phase: 'maybeDone' });
		expect(failure?.attempts).toBeLessThanOrEqual(24);
	}
});

test('a gateway that says 503 for minutes is waited for', async () => {
	const { clock, send } = bench();
	let up = false;
	const attempt = async () => {
		if (!up) throw failing();
		return 'done';
	};
	const outcomes = Array.from({ length: 8 }, () => outcomeOf(send(about(), attempt)));
	await clock.advance(600_000);
	up = true;
	await clock.advance(20_000);
	expect(outcomes.map(({ value }) => value)).toEqual(Array.from({ length: 8 }, () => 'done'));
});

test('what only the request is to blame for closes no gate', async () => {
	const { clock, send } = bench({ maxAttempts: 2 });
	const attempt = async () => {
		throw failing({ kind: 'network', code: 'BadDigest', status: 400, scope: 'item' });
	};
	const broken = Array.from({ length: 20 }, () => outcomeOf(send(about(), attempt)));
	await clock.advance(60_000);
	expect(broken.map(({ failure }) => failure?.attempts)).toEqual(broken.map(() => 2));
	const other = outcomeOf(send(about(), async () => 'done'));
	await clock.advance(0);
	expect(other.value).toBe('done');
});
