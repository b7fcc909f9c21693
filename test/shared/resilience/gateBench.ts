import type { Ticket } from '../../../nodes/shared/resilience/gate';
import { Gate } from '../../../nodes/shared/resilience/gate';
import type { VirtualClock } from '../virtualClock';
import { virtualClock } from '../virtualClock';

// A new gate on a virtual clock for each test, and what calls do with it.

export const { signal } = new AbortController();

export let clock: VirtualClock;
export let states: string[];
export let gate: Gate;

beforeEach(() => {
	clock = virtualClock();
	states = [];
	// The longest pauses: 0.5 s, 1 s, 2 s, then the cap.
	gate = new Gate(
		clock,
		() => 0.999_999,
		(state) => states.push(state),
	);
});

export const now = (): Ticket => {
	const entered = gate.enter('failFast', 0, signal);
	if (entered instanceof Promise) throw new Error('had to wait');
	return entered;
};

export const mayPass = () => {
	try {
		gate.giveBack(now());
		return true;
	} catch {
		return false;
	}
};

/** A call that waits; `tickets` receives what it is given. */
export const wait = (tickets: Ticket[], own = signal) => {
	const entered = gate.enter('wait', 0, own);
	void Promise.resolve(entered).then(
		(ticket) => tickets.push(ticket),
		() => {},
	);
};

export const trip = () => {
	for (let n = 0; n < 16; n++) gate.report(now(), false);
	expect(gate.closed).toBe(false);
};
