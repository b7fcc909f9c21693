import { settled } from '../virtualClock';
import { about, bench, failing, hanging, outcomeOf, throttled } from './calls';

const maybeDone = failing({ kind: 'network', phase: 'maybeDone', code: 'ECONNRESET' });

describe('deadline', () => {
	test('ends a call that hangs, tells the wire, and says that it may have been done', async () => {
		const { clock, send } = bench({ deadlineMs: 1_000 });
		let told: unknown;
		const outcome = outcomeOf(
			send(about(), async (signal) => {
				signal.addEventListener('abort', () => {
					told = signal.reason;
				});
				return await hanging(signal);
			}),
		);
		await clock.advance(999);
		expect(outcome.done).toBe(false);
		await clock.advance(1);
		expect(outcome.failure).toMatchObject({
			code: 'DEADLINE',
			kind: 'timeout',
			phase: 'maybeDone',
			attempts: 1,
		});
		expect(told).toBe(outcome.failure);
	});

	test('does not wait for an attempt that ignores its signal', async () => {
		const { clock, send } = bench({ deadlineMs: 1_000 });
		const outcome = outcomeOf(send(about(), async () => await new Promise(() => {})));
		await clock.advance(1_000);
		expect(outcome.failure?.code).toBe('DEADLINE');
		expect(clock.pending()).toBe(0);
	});

	test('in a pause after a refusal: known not to have been done', async () => {
		const { clock, send } = bench({ deadlineMs: 2_000 });
		let sent = 0;
		const outcome = outcomeOf(
			send(about(), async () => {
				sent++;
				throw throttled(60_000);
			}),
		);
		await clock.advance(2_000);
		expect(outcome.failure).toMatchObject({ code: 'DEADLINE', phase: 'rejected', attempts: 1 });
		expect(outcome.failure?.message).toContain('SlowDown: too many');
		await clock.advance(900_000);
		expect(sent).toBe(1);
		expect(clock.pending()).toBe(0);
	});

	test('in a pause after a lost answer: it may have been done', async () => {
		const { clock, send } = bench({ deadlineMs: 20, random: () => 0.999 });
		const outcome = outcomeOf(
			send(about(), async () => {
				throw maybeDone;
			}),
		);
		await clock.advance(20);
		expect(outcome.failure).toMatchObject({ code: 'DEADLINE', phase: 'maybeDone' });
	});

	test('covers waiting for the limiter: nothing was sent, nor will be', async () => {
		const { clock, send, another } = bench({ limits: { concurrency: 1, perSecond: 0 } });
		let sent = 0;
		const holder = outcomeOf(send(about(), hanging));
		await settled();
		const waiting = outcomeOf(
			another({ deadlineMs: 1_000 })(about(), async () => {
				sent++;
			}),
		);
		await clock.advance(1_000);
		expect(holder.done).toBe(false);
		expect(waiting.failure).toMatchObject({ code: 'DEADLINE', phase: 'notSent', attempts: 0 });
		await clock.advance(900_000);
		expect(holder.failure).toMatchObject({ phase: 'maybeDone', attempts: 1 });
		expect(sent).toBe(0);
	});

	test('covers the gate', async () => {
		const { clock, send, registry } = bench({ deadlineMs: 300 });
		registry.scope(about().scope, { concurrency: 50, perSecond: 0 }).gate.open();
		let sent = 0;
		const outcome = outcomeOf(
			send(about(), async () => {
				sent++;
			}),
		);
		await clock.advance(300);
		expect(outcome.failure).toMatchObject({ code: 'DEADLINE', phase: 'notSent' });
		await clock.advance(10_000);
		expect(sent).toBe(0);
	});

	test('0 means no limit', async () => {
		const { clock, send } = bench({ deadlineMs: 0 });
		const outcome = outcomeOf(send(about(), hanging));
		await clock.advance(30 * 24 * 3_600_000);
		expect(outcome.done).toBe(false);
	});
});

describe('attempt time-out', () => {
	test('an attempt that hangs makes room for another', async () => {
		const { clock, send } = bench();
		let attempts = 0;
		const outcome = outcomeOf(
			send(about({ attemptTimeoutMs: 1_000 }), async (signal, attempt) => {
				attempts = attempt;
				return attempt === 1 ? await hanging(signal) : 'done';
			}),
		);
		await clock.advance(1_000);
		await clock.advance(50);
		expect(outcome.value).toBe('done');
		expect(attempts).toBe(2);
		expect(clock.pending()).toBe(0);
	});

	test('also one that ignores its signal', async () => {
		const { clock, send } = bench();
		const outcome = outcomeOf(
			send(about({ attemptTimeoutMs: 1_000 }), async (_signal, attempt) =>
				attempt === 1 ? await new Promise(() => {}) : 'done',
			),
		);
		await clock.advance(1_050);
		expect(outcome.value).toBe('done');
	});

	test('what cannot be repeated is not repeated: it may have been done', async () => {
		const { clock, send } = bench();
		const outcome = outcomeOf(send(about({ attemptTimeoutMs: 1_000, repeatable: false }), hanging));
		await clock.advance(60_000);
		expect(outcome.failure).toMatchObject({
			code: 'ATTEMPT_TIMEOUT',
			phase: 'maybeDone',
			attempts: 1,
		});
	});

	test('each attempt has its own', async () => {
		const { clock, send } = bench({ maxAttempts: 3 });
		const outcome = outcomeOf(send(about({ attemptTimeoutMs: 1_000 }), hanging));
		await clock.advance(10_000);
		expect(outcome.failure).toMatchObject({ code: 'ATTEMPT_TIMEOUT', attempts: 3 });
	});

	test('time in the queue does not count', async () => {
		const { clock, send } = bench({ limits: { concurrency: 0, perSecond: 1 } });
		const calls = Array.from({ length: 5 }, () =>
			outcomeOf(send(about({ attemptTimeoutMs: 1_000 }), async () => 'done')),
		);
		await clock.advance(10_000);
		expect(calls.map(({ value }) => value)).toEqual(Array(5).fill('done'));
	});

	test('the deadline ends it earlier', async () => {
		const { clock, send } = bench({ deadlineMs: 500 });
		const outcome = outcomeOf(send(about({ attemptTimeoutMs: 1_000 }), hanging));
		await clock.advance(500);
		expect(outcome.failure?.code).toBe('DEADLINE');
		expect(clock.pending()).toBe(0);
	});
});
