import { getEventListeners } from 'node:events';
import type { Ticket } from '../../../nodes/shared/resilience/gate';
import { Gate } from '../../../nodes/shared/resilience/gate';
import { seeded, virtualClock } from '../virtualClock';
import { clock, gate, mayPass, now, signal, states, trip, wait } from './gateBench';

describe('closed', () => {
	test('trips on 16 failures in a row, not on 15', () => {
		for (let n = 0; n < 15; n++) gate.report(now(), false);
		expect(gate.closed).toBe(true);
		gate.report(now(), false);
		expect(gate.closed).toBe(false);
		expect(states).toEqual(['open']);
	});

	test('one success in between begins a new row', async () => {
		for (let round = 0; round < 5; round++) {
			for (let n = 0; n < 15; n++) gate.report(now(), false);
			gate.report(now(), true);
			// Out of the window of the ratio.
			await clock.advance(10_000);
		}
		expect(gate.closed).toBe(true);
	});

	test('trips when half of the last ten seconds failed, once there were 20 calls', () => {
		for (let n = 0; n < 9; n++) {
			gate.report(now(), true);
			gate.report(now(), false);
		}
		expect(gate.closed).toBe(true);
		gate.report(now(), true);
		gate.report(now(), false);
		expect(gate.closed).toBe(false);
	});

	test('forgets failures after ten seconds', async () => {
		for (let n = 0; n < 15; n++) gate.report(now(), false);
		gate.report(now(), true);
		await clock.advance(10_000);
		for (let n = 0; n < 12; n++) gate.report(now(), true);
		for (let n = 0; n < 11; n++) gate.report(now(), false);
		expect(gate.closed).toBe(true);
		await clock.advance(3_600_000);
		gate.report(now(), false);
		expect(gate.closed).toBe(true);
	});

	test('20 % random failures never trip it', async () => {
		const random = seeded(5);
		for (let n = 0; n < 100_000; n++) {
			gate.report(now(), random() >= 0.2);
			if (n % 100 === 0) await clock.advance(1_000);
		}
		expect(states).toEqual([]);
	});
});

describe('open', () => {
	test('in mode failFast the call fails at once and says since when', async () => {
		trip();
		await clock.advance(400);
		expect(() => gate.enter('failFast', 0, signal)).toThrow(
			expect.objectContaining({ code: 'CIRCUIT_OPEN', kind: 'unavailable', phase: 'notSent' }),
		);
	});

	test('in mode wait the call waits for a probe', async () => {
		trip();
		const tickets: Ticket[] = [];
		wait(tickets);
		await clock.advance(499);
		expect(tickets).toHaveLength(0);
		await clock.advance(1);
		expect(tickets).toHaveLength(1);
	});

	test('an outage longer than the patience of a call is not waited for', async () => {
		trip();
		for (let round = 0; round < 20; round++) {
			await clock.advance(5_000);
			gate.report(now(), false);
		}
		expect(() => gate.enter('wait', 50_000, signal)).toThrow(
			expect.objectContaining({ code: 'CIRCUIT_OPEN' }),
		);
		expect(() => gate.enter('wait', 3_600_000, signal)).not.toThrow();
	});

	test('whoever is cancelled while waiting leaves nothing behind', async () => {
		trip();
		const controller = new AbortController();
		const entered = gate.enter('wait', 0, controller.signal);
		controller.abort(new Error('stopped'));
		await expect(entered).rejects.toThrow('stopped');
		expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
		await clock.advance(500);
		// All three probes are there for others.
		expect([now(), now(), now()]).toHaveLength(3);
		expect(mayPass()).toBe(false);
	});

	test('whoever is cancelled already does not wait', async () => {
		trip();
		const entered = new Promise((resolve, reject) => {
			Promise.resolve(gate.enter('wait', 0, AbortSignal.abort(new Error('before')))).then(
				resolve,
				reject,
			);
		});
		await expect(entered).rejects.toThrow('before');
	});

	test('is open only once, however many ask for it', async () => {
		gate.open();
		await clock.advance(100);
		gate.open();
		gate.open();
		expect(clock.pending()).toBe(1);
		expect(states).toEqual(['open']);
		await clock.advance(400);
		expect(states).toEqual(['open', 'halfOpen']);
		await clock.advance(10_000);
		expect(states).toEqual(['open', 'halfOpen']);
	});

	test('pauses grow and stay short enough to notice within 3 s that the system is back', async () => {
		const openedFor: number[] = [];
		trip();
		for (let round = 0; round < 8; round++) {
			const since = clock.now();
			while (!mayPass()) await clock.advance(10);
			openedFor.push(clock.now() - since);
			gate.report(now(), false);
		}
		expect(openedFor.slice(0, 3)).toEqual([500, 1_000, 2_000]);
		expect([...openedFor].sort((a, b) => a - b)).toEqual(openedFor);
		expect(Math.max(...openedFor)).toBeLessThan(3_000);
	});

	test('pauses are spread, so that workers do not come back together', async () => {
		const random = seeded(6);
		const pauses = new Set<number>();
		for (let n = 0; n < 50; n++) {
			const own = virtualClock();
			const one = new Gate(own, random);
			one.open();
			let halfOpenAfter = 0;
			while (own.pending() > 0) {
				await own.advance(1);
				halfOpenAfter++;
			}
			pauses.add(halfOpenAfter);
			expect(halfOpenAfter).toBeGreaterThanOrEqual(250);
			expect(halfOpenAfter).toBeLessThanOrEqual(501);
		}
		expect(pauses.size).toBeGreaterThan(20);
	});
});
