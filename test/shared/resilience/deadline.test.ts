import { getEventListeners } from 'node:events';
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

describe('cancel', () => {
	test('in a pause: ends at once and leaves nothing behind', async () => {
		const { clock, send } = bench();
		const run = new AbortController();
		const outcome = outcomeOf(
			send(about({ signal: run.signal }), async () => {
				throw throttled();
			}),
		);
		await clock.advance(10);
		run.abort();
		await settled();
		expect(outcome.failure).toMatchObject({ code: 'CANCELLED', phase: 'rejected', attempts: 1 });
		expect(clock.pending()).toBe(0);
		expect(getEventListeners(run.signal, 'abort')).toHaveLength(0);
	});

	test('before it begins: nothing is sent', async () => {
		const { send } = bench();
		let sent = 0;
		const call = send(about({ signal: AbortSignal.abort() }), async () => sent++);
		await expect(call).rejects.toMatchObject({ code: 'CANCELLED', phase: 'notSent', attempts: 0 });
		expect(sent).toBe(0);
	});

	test('on the wire: it may have been done', async () => {
		const { send } = bench();
		const run = new AbortController();
		const outcome = outcomeOf(send(about({ signal: run.signal }), hanging));
		await settled();
		run.abort();
		await settled();
		expect(outcome.failure).toMatchObject({ code: 'CANCELLED', phase: 'maybeDone' });
	});

	test('500 calls of one run leave no listeners on its signal', async () => {
		const { clock, send } = bench();
		const { signal } = new AbortController();
		const warnings: Error[] = [];
		const warn = (warning: Error) => warnings.push(warning);
		process.on('warning', warn);
		const calls = Array.from({ length: 500 }, (_, n) =>
			outcomeOf(
				send(about({ signal, attemptTimeoutMs: 60_000 }), async (_signal, attempt) => {
					if (n % 7 === 0 && attempt === 1) throw failing();
				}),
			),
		);
		await clock.advance(60_000);
		process.off('warning', warn);
		expect(calls.every(({ done }) => done)).toBe(true);
		expect(getEventListeners(signal, 'abort')).toHaveLength(0);
		expect(warnings).toEqual([]);
	});

	// The promise of a place was kept, but whoever waited for it is gone: all in one instant.
	test.each([1, 2, 3, 4, 5, 6, 8, 10, 15, 20])(
		'%i steps after its turn came: sent or not, the report is right and no place is lost',
		async (steps) => {
			const { send, registry } = bench({ limits: { concurrency: 1, perSecond: 0 } });
			const run = new AbortController();
			let free: (value?: unknown) => void = () => {};
			void send(about(), async () => await new Promise((resolve) => (free = resolve)));
			await settled();
			let sent = 0;
			const outcome = outcomeOf(
				send(about({ signal: run.signal, repeatable: false }), async () => {
					sent++;
				}),
			);
			await settled();
			free();
			for (let n = 0; n < steps; n++) await Promise.resolve();
			run.abort();
			await settled();
			if (outcome.failure) {
				expect(outcome.failure.phase).toBe(sent === 0 ? 'notSent' : 'maybeDone');
				expect(outcome.failure.attempts).toBe(sent);
			} else expect(sent).toBe(1);
			const after = outcomeOf(send(about(), async () => 'free'));
			await settled();
			expect(after.value).toBe('free');
			expect(registry.metrics.snapshot().operations[0]?.requests).toBe(2 + sent);
		},
	);

	test.each([1, 2, 3, 4, 5, 6, 8, 10, 15])(
		'%i steps after an attempt ended: what is known of it is not forgotten',
		async (steps) => {
			const { send } = bench();
			const run = new AbortController();
			let end: (error: Error) => void = () => {};
			const outcome = outcomeOf(
				send(about({ signal: run.signal }), async () => {
					await new Promise((_resolve, reject) => (end = reject));
				}),
			);
			await settled();
			end(maybeDone);
			for (let n = 0; n < steps; n++) await Promise.resolve();
			run.abort();
			await settled();
			expect(outcome.failure).toMatchObject({ code: 'CANCELLED', phase: 'maybeDone' });
		},
	);

	test.each([1, 2, 3, 4, 5, 6, 8, 10])(
		'%i steps after a success: never reported as not sent',
		async (steps) => {
			const { send } = bench();
			const run = new AbortController();
			let end: (value?: unknown) => void = () => {};
			const outcome = outcomeOf(
				send(about({ signal: run.signal }), async () => {
					await new Promise((resolve) => (end = resolve));
					return 'done';
				}),
			);
			await settled();
			end();
			for (let n = 0; n < steps; n++) await Promise.resolve();
			run.abort();
			await settled();
			if (outcome.failure) expect(outcome.failure.phase).toBe('maybeDone');
			else expect(outcome.value).toBe('done');
		},
	);
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
