import { getEventListeners } from 'node:events';
import { settled } from '../virtualClock';
import { about, bench, failing, hanging, outcomeOf, throttled } from './calls';

const maybeDone = failing({ kind: 'network', phase: 'maybeDone', code: 'ECONNRESET' });

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
