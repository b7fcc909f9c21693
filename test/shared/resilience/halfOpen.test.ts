import type { Ticket } from '../../../nodes/shared/resilience/gate';
import { settled } from '../virtualClock';
import { clock, gate, mayPass, now, states, trip, wait } from './gateBench';

const halfOpen = async () => {
	trip();
	await clock.advance(500);
};

describe('half-open', () => {
	test('lets three probes out and no more', async () => {
		await halfOpen();
		const tickets: Ticket[] = [];
		for (let n = 0; n < 20; n++) wait(tickets);
		await settled();
		expect(tickets).toHaveLength(3);
	});

	test('closes after three good probes and lets everyone go', async () => {
		trip();
		const tickets: Ticket[] = [];
		for (let n = 0; n < 20; n++) wait(tickets);
		await clock.advance(500);
		for (const ticket of tickets.slice(0, 3)) gate.report(ticket, true);
		await settled();
		expect(tickets).toHaveLength(20);
		expect(gate.closed).toBe(true);
		expect(states).toEqual(['open', 'halfOpen', 'closed']);
	});

	test('closes as well when one call at a time comes', async () => {
		await halfOpen();
		for (let n = 0; n < 3; n++) {
			expect(gate.closed).toBe(false);
			gate.report(now(), true);
		}
		expect(gate.closed).toBe(true);
	});

	test('starts afresh after closing: neither old failures nor old pauses count', async () => {
		await halfOpen();
		gate.report(now(), false);
		await clock.advance(1_000);
		for (let n = 0; n < 3; n++) gate.report(now(), true);
		for (let n = 0; n < 15; n++) gate.report(now(), false);
		expect(gate.closed).toBe(true);
		gate.report(now(), false);
		await clock.advance(500);
		expect(mayPass()).toBe(true);
	});

	test('one bad probe opens it again, for longer', async () => {
		await halfOpen();
		gate.report(now(), false);
		expect(mayPass()).toBe(false);
		await clock.advance(999);
		expect(mayPass()).toBe(false);
		await clock.advance(1);
		expect(mayPass()).toBe(true);
	});

	test('a probe that is given back goes to the next who waits', async () => {
		await halfOpen();
		const probes = [now(), now(), now()];
		const tickets: Ticket[] = [];
		wait(tickets);
		await settled();
		expect(tickets).toHaveLength(0);
		gate.giveBack(probes[0] as Ticket);
		await settled();
		expect(tickets).toHaveLength(1);
	});

	test('nobody waits for ever when all probes are given back and no more calls come', async () => {
		await halfOpen();
		const probes = [now(), now(), now()];
		const tickets: Ticket[] = [];
		for (let n = 0; n < 5; n++) wait(tickets);
		for (const probe of probes) gate.giveBack(probe);
		await settled();
		for (let n = 0; n < tickets.length && n < 5; n++) {
			gate.report(tickets[n] as Ticket, true);
			await settled();
		}
		expect(tickets).toHaveLength(5);
	});
});

describe('a ticket of an earlier time', () => {
	const oldProbe = async () => {
		await halfOpen();
		const old = now();
		gate.report(now(), false);
		await clock.advance(1_000);
		return old;
	};

	test('a late bad probe does not open the gate again', async () => {
		const old = await oldProbe();
		gate.report(old, false);
		expect(states).toEqual(['open', 'halfOpen', 'open', 'halfOpen']);
		expect(mayPass()).toBe(true);
	});

	test('a late good probe does not stand for one of this time', async () => {
		const old = await oldProbe();
		gate.report(old, true);
		gate.report(now(), true);
		gate.report(now(), true);
		expect(gate.closed).toBe(false);
		gate.report(now(), true);
		expect(gate.closed).toBe(true);
	});

	test('a late probe that is given back makes no fourth', async () => {
		const old = await oldProbe();
		gate.giveBack(old);
		expect([now(), now(), now()]).toHaveLength(3);
		expect(mayPass()).toBe(false);
	});

	test('requests that hung through the outage do not trip the gate after it', async () => {
		const hung = Array.from({ length: 40 }, now);
		await halfOpen();
		for (let n = 0; n < 3; n++) gate.report(now(), true);
		for (const ticket of hung) gate.report(ticket, false);
		expect(gate.closed).toBe(true);
		expect(states).toEqual(['open', 'halfOpen', 'closed']);
	});

	test('a success that was sent before the outage does not close the gate', async () => {
		const sent = [now(), now(), now()];
		await halfOpen();
		for (const ticket of sent) gate.report(ticket, true);
		expect(gate.closed).toBe(false);
	});

	test('can be told from one that still holds', async () => {
		const old = now();
		expect(gate.honours(old)).toBe(true);
		await halfOpen();
		expect(gate.honours(old)).toBe(false);
		expect(gate.honours(now())).toBe(true);
	});
});
