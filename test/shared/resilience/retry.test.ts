import type { Failure } from '../../../nodes/shared/resilience/failure';
import type { VirtualClock } from '../virtualClock';
import { seeded } from '../virtualClock';
import { about, bench, failing, outcomeOf, throttled } from './calls';

/** An attempt that fails as listed and then succeeds; `at` notes when it was sent. */
function server(clock: VirtualClock, failures: Failure[]) {
	const at: number[] = [];
	const begin = clock.now();
	return {
		at,
		attempt: async () => {
			const failure = failures[at.length];
			at.push(clock.now() - begin);
			if (failure) throw failure;
			return 'done';
		},
	};
}

test.each([
	['1', 1],
	['3', 3],
	['5', 5],
	['10', 10],
])('a failure that does not pass is sent %s times and no more', async (_label, maxAttempts) => {
	const { clock, send } = bench({ maxAttempts });
	const { at, attempt } = server(
		clock,
		Array.from({ length: 20 }, () => failing()),
	);
	const outcome = outcomeOf(send(about(), attempt));
	await clock.advance(600_000);
	expect(at).toHaveLength(maxAttempts);
	expect(outcome.failure).toMatchObject({
		code: 'HTTP 503',
		attempts: maxAttempts,
		phase: 'rejected',
		status: 503,
	});
	expect((outcome.failure?.lastAt ?? 0) - (outcome.failure?.firstAt ?? 0)).toBe(at.at(-1));
});

test('each retry is told once, with its cause; the last failure is no retry', async () => {
	const told: string[] = [];
	const { clock, send } = bench({
		maxAttempts: 3,
		onRetry: ({ operation }, { code }) => told.push(`${operation}: ${code}`),
	});
	const { attempt } = server(clock, [failing({ code: 'A' }), failing({ code: 'B' }), failing()]);
	const outcome = outcomeOf(send(about(), attempt));
	await clock.advance(60_000);
	expect(outcome.failure?.attempts).toBe(3);
	expect(told).toEqual(['Do: A', 'Do: B']);
});

test('pauses double from 50 ms; after throttling from 1 s', async () => {
	const { clock, send } = bench();
	const one = server(clock, [failing(), failing(), failing(), failing()]);
	const two = server(clock, [throttled(), throttled(), throttled()]);
	void send(about(), one.attempt);
	void send(about({ scope: 'another' }), two.attempt);
	await clock.advance(60_000);
	expect(one.at.map(Math.round)).toEqual([0, 50, 150, 350, 750]);
	expect(two.at.map(Math.round)).toEqual([0, 1_000, 3_000, 7_000]);
});

test('Retry-After is waited for in full, also by all others of the credential', async () => {
	const { clock, send, another } = bench({ random: () => 0 });
	const first = server(clock, [throttled(7_000)]);
	const others = server(clock, []);
	void send(about(), first.attempt);
	await clock.advance(1);
	for (let n = 0; n < 10; n++) void another()(about(), others.attempt);
	await clock.advance(6_998);
	expect(first.at).toEqual([0]);
	expect(others.at).toEqual([]);
	await clock.advance(2);
	expect(first.at).toHaveLength(2);
	expect(others.at).toHaveLength(10);
	expect(Math.min(...others.at)).toBeGreaterThanOrEqual(7_000);
});

test('a Retry-After of more than 5 minutes is not waited for: the failure carries it', async () => {
	const { clock, send } = bench();
	const { at, attempt } = server(clock, [throttled(300_001)]);
	const outcome = outcomeOf(send(about(), attempt));
	await clock.advance(0);
	expect(outcome.failure).toMatchObject({ kind: 'throttled', retryAfterMs: 300_001, attempts: 1 });
	const patient = server(clock, [throttled(300_000)]);
	const second = outcomeOf(send(about({ scope: 'another' }), patient.attempt));
	await clock.advance(300_000);
	expect(second.value).toBe('done');
	expect(at).toHaveLength(1);
});

describe('what may have been done', () => {
	const broken = failing({ kind: 'network', phase: 'maybeDone', code: 'ECONNRESET' });
	const refused = failing({ kind: 'network', phase: 'notSent', code: 'ECONNREFUSED' });

	test.each([
		['repeatable', { repeatable: true }, 2],
		['with an idempotency key', { repeatable: false, key: 'k' }, 2],
		['neither', { repeatable: false }, 1],
	])('%s', async (_label, details, sent) => {
		const { clock, send } = bench();
		const { at, attempt } = server(clock, [broken]);
		const outcome = outcomeOf(send(about(details), attempt));
		await clock.advance(60_000);
		expect(at).toHaveLength(sent);
		if (sent === 1) expect(outcome.failure).toMatchObject({ phase: 'maybeDone', attempts: 1 });
		else expect(outcome.value).toBe('done');
	});

	test('what never arrived is sent again even if it cannot be repeated', async () => {
		const { clock, send } = bench();
		const { at, attempt } = server(clock, [refused, failing()]);
		const outcome = outcomeOf(send(about({ repeatable: false }), attempt));
		await clock.advance(60_000);
		expect(outcome.value).toBe('done');
		expect(at).toHaveLength(3);
	});

	test('the worst phase of all attempts stands, whatever the last one says', async () => {
		const { clock, send } = bench({ maxAttempts: 3 });
		const { attempt } = server(clock, [failing(), broken, refused]);
		const outcome = outcomeOf(send(about(), attempt));
		await clock.advance(60_000);
		expect(outcome.failure).toMatchObject({
			code: 'ECONNREFUSED',
			phase: 'maybeDone',
			attempts: 3,
		});
	});

	test('an attempt that was refused for good after one that may have been done', async () => {
		const { clock, send } = bench();
		const conflict = failing({ kind: 'conflict', code: 'AlreadyExists', status: 409 });
		const { at, attempt } = server(clock, [broken, conflict]);
		const outcome = outcomeOf(send(about(), attempt));
		await clock.advance(60_000);
		expect(at).toHaveLength(2);
		expect(outcome.failure).toMatchObject({ code: 'AlreadyExists', phase: 'maybeDone' });
	});
});

test.each(['auth', 'invalid', 'conflict', 'bug'] as const)(
	'%s is never sent again',
	async (kind) => {
		const { clock, send } = bench();
		const { at, attempt } = server(clock, [failing({ kind })]);
		const outcome = outcomeOf(send(about(), attempt));
		await clock.advance(60_000);
		expect(at).toHaveLength(1);
		expect(outcome.failure?.kind).toBe(kind);
	},
);

test('an error that nobody classified is a bug, keeps its cause, and is not sent again', async () => {
	const { clock, send } = bench();
	const cause = new TypeError('x is not a function');
	let sent = 0;
	const outcome = outcomeOf(
		send(about(), async () => {
			sent++;
			throw cause;
		}),
	);
	await clock.advance(60_000);
	expect(sent).toBe(1);
	expect(outcome.failure).toMatchObject({
		kind: 'bug',
		phase: 'maybeDone',
		code: 'TypeError',
		cause,
	});
});

describe('budget', () => {
	const load = async (faults: number, calls: number, settings = {}) => {
		const random = seeded(7);
		const { clock, send, registry } = bench({ random, maxAttempts: 8, ...settings });
		let requests = 0;
		let failed = 0;
		const one = async () => {
			await send(about(), async () => {
				requests++;
				if (random() < faults) throw failing();
			}).catch(() => failed++);
		};
		for (let n = 0; n < calls; n += 10) {
			const batch = outcomeOf(Promise.all(Array.from({ length: 10 }, one)));
			while (!batch.done) await clock.advance(1_000);
		}
		return { requests, failed, openings: registry.metrics.snapshot().gateOpenings };
	};

	test('20 % random faults: nothing fails, nothing pauses, 1.25 requests per call', async () => {
		const { requests, failed, openings } = await load(0.2, 5_000);
		expect({ failed, openings }).toEqual({ failed: 0, openings: 0 });
		expect(requests / 5_000).toBeGreaterThan(1.2);
		expect(requests / 5_000).toBeLessThan(1.27);
	});

	test('a total outage of 100 s in mode failFast: only probes are sent', async () => {
		const { requests, failed } = await load(1, 1_000, { onOutage: 'failFast' });
		expect(failed).toBe(1_000);
		// 16 that trip the gate, those in flight with them, and 3 probes every 1.25 s at most.
		expect(requests).toBeLessThan(16 + 10 + 3 * 80);
	});

	test('an empty budget in mode wait opens the gate and fails nothing', async () => {
		const { clock, send, registry } = bench({ maxAttempts: 2 });
		const { budget, gate } = registry.scope(about().scope, { concurrency: 50, perSecond: 0 });
		while (budget.take(false) !== undefined);
		while (budget.take(true) !== undefined);
		const { at, attempt } = server(clock, [failing()]);
		const outcome = outcomeOf(send(about(), attempt));
		await clock.advance(0);
		expect(gate.closed).toBe(false);
		expect(at).toHaveLength(1);
		await clock.advance(500);
		expect(outcome.value).toBe('done');
	});

	test('an empty budget in mode failFast fails the call', async () => {
		const { clock, send, registry } = bench({ onOutage: 'failFast' });
		const { budget } = registry.scope(about().scope, { concurrency: 50, perSecond: 0 });
		while (budget.take(true) !== undefined);
		const { at, attempt } = server(clock, [failing()]);
		const outcome = outcomeOf(send(about(), attempt));
		await clock.advance(60_000);
		expect(at).toHaveLength(1);
		expect(outcome.failure?.code).toBe('HTTP 503');
	});

	test('a call that succeeds in the end has cost nothing', async () => {
		const { clock, send, registry } = bench();
		const { budget } = registry.scope(about().scope, { concurrency: 50, perSecond: 0 });
		const { attempt } = server(clock, [failing(), throttled(), failing(), failing()]);
		const outcome = outcomeOf(send(about(), attempt));
		await clock.advance(60_000);
		expect(outcome.value).toBe('done');
		expect(budget.left).toBe(500);
	});
});
