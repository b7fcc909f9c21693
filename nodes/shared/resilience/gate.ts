import type { Clock } from '../ground/clock';
import { reasonOf } from '../ground/clock';
import { Failure } from './failure';

// A window full of successes from before the outage would need as many failures to turn the ratio,
// so a run of consecutive failures across the whole pool trips as well.
const CONSECUTIVE_FAILURES = 16;
const FAILURE_RATIO = 0.5;
const SMALLEST_SAMPLE = 20;
const WINDOW_SECONDS = 10;

const FIRST_PAUSE_MS = 500;
// Whoever waits shall notice within 3 s that the system is back.
const LONGEST_PAUSE_MS = 2_500;
const PROBES = 3;

/** `wait`: a batch pauses until the system is back. `failFast`: the call fails at once. */
export type OnOutage = 'wait' | 'failFast';

/**
 * Permission to send one attempt, to be handed back with its result. All tickets between two
 * changes of the gate are the same object, so an older one is told by its identity.
 */
export interface Ticket {
	readonly probe: boolean;
}

interface Waiter {
	admit(ticket: Ticket): void;
}

/** Circuit breaker of one scope: closed (all pass), open (none), half-open (a few probes). */
export class Gate {
	private state: 'closed' | 'open' | 'halfOpen' = 'closed';
	private ticket: Ticket = { probe: false };
	private consecutive = 0;
	private openings = 0;
	private outageSince = 0;
	private probesLeft = 0;
	private probesGood = 0;
	private readonly waiters = new Set<Waiter>();
	// One slot a second instead of one entry a call: with 200,000 calls in the window a list costs
	// 300 us a call to filter, slots cost 0.3 us.
	private readonly slots = Array.from({ length: WINDOW_SECONDS }, () => ({
		second: 0,
		good: 0,
		bad: 0,
	}));

	constructor(
		private readonly clock: Clock,
		private readonly random: () => number,
		private readonly onChange: (state: 'closed' | 'open' | 'halfOpen') => void = () => {},
	) {}

	get closed(): boolean {
		return this.state === 'closed';
	}

	/**
	 * Asks to send one attempt. Resolves when it may be sent; rejects with the signal's reason, or
	 * with CIRCUIT_OPEN when the outage is not to be waited for: mode `failFast`, or an outage that
	 * has already lasted longer than the `patienceMs` of this call (0: unlimited). Without the
	 * latter every item of a large batch would wait out its own deadline, one after the other.
	 */
	enter(mode: OnOutage, patienceMs: number, signal: AbortSignal): Ticket | Promise<Ticket> {
		if (this.state === 'closed') return this.ticket;
		if (this.state === 'halfOpen' && this.probesLeft > 0) {
			this.probesLeft--;
			return this.ticket;
		}
		const lastedMs = this.clock.now() - this.outageSince;
		if (mode === 'failFast' || (patienceMs > 0 && lastedMs > patienceMs))
			throw circuitOpen(lastedMs);
		if (signal.aborted) throw reasonOf(signal);
		return new Promise((resolve, reject) => {
			const leave = () => {
				this.waiters.delete(waiter);
				reject(reasonOf(signal));
			};
			const waiter: Waiter = {
				admit: (ticket) => {
					signal.removeEventListener('abort', leave);
					resolve(ticket);
				},
			};
			signal.addEventListener('abort', leave, { once: true });
			this.waiters.add(waiter);
		});
	}

	/** Whether the ticket may still be used: the gate has not changed since it was handed out. */
	honours(ticket: Ticket): boolean {
		return ticket === this.ticket;
	}

	/**
	 * The attempt of this ticket ended: the system answered (`true`), or seems down (`false`). What
	 * was sent before the gate changed says nothing about now: requests that hung through an outage
	 * end after it, all at once.
	 */
	report(ticket: Ticket, good: boolean): void {
		if (!this.honours(ticket)) return;
		if (ticket.probe) return this.reportProbe(good);
		const second = Math.floor(this.clock.now() / 1_000);
		const slot = this.slots[second % WINDOW_SECONDS];
		if (slot) {
			if (slot.second !== second) Object.assign(slot, { second, good: 0, bad: 0 });
			if (good) slot.good++;
			else slot.bad++;
		}
		this.consecutive = good ? 0 : this.consecutive + 1;
		if (good) return;
		if (this.consecutive >= CONSECUTIVE_FAILURES || this.mostlyBad(second)) this.open();
	}

	/** The ticket was not used (cancelled, or the failure says nothing about the system). */
	giveBack(ticket: Ticket): void {
		if (!ticket.probe || !this.honours(ticket)) return;
		this.probesLeft++;
		this.admitProbes();
	}

	/** Stops all attempts for a while; called by an empty retry budget as well. */
	open(): void {
		if (this.state === 'open') return;
		if (this.state === 'closed') this.outageSince = this.clock.now();
		this.become('open');
		const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.openings++, 30));
		this.clock.timer(pauseMs * (0.5 + this.random() / 2), () => {
			this.become('halfOpen');
			this.probesLeft = PROBES;
			this.probesGood = 0;
			this.admitProbes();
		});
	}

	private reportProbe(good: boolean): void {
		if (!good) return this.open();
		if (++this.probesGood < PROBES) {
			// A batch may have fewer items left than probes are asked for.
			this.probesLeft = Math.max(this.probesLeft, 1);
			return this.admitProbes();
		}
		this.become('closed');
		this.openings = 0;
		this.consecutive = 0;
		for (const slot of this.slots) slot.second = 0;
		for (const waiter of this.waiters) waiter.admit(this.ticket);
		this.waiters.clear();
	}

	private admitProbes(): void {
		for (const waiter of this.waiters) {
			if (this.probesLeft === 0) return;
			this.probesLeft--;
			this.waiters.delete(waiter);
			waiter.admit(this.ticket);
		}
	}

	private mostlyBad(second: number): boolean {
		let good = 0;
		let bad = 0;
		for (const slot of this.slots) {
			if (slot.second <= second - WINDOW_SECONDS) continue;
			good += slot.good;
			bad += slot.bad;
		}
		return good + bad >= SMALLEST_SAMPLE && bad >= FAILURE_RATIO * (good + bad);
	}

	private become(state: 'closed' | 'open' | 'halfOpen'): void {
		this.state = state;
		this.ticket = { probe: state === 'halfOpen' };
		this.onChange(state);
	}
}

const circuitOpen = (lastedMs: number) =>
	new Failure({
		kind: 'unavailable',
		phase: 'notSent',
		code: 'CIRCUIT_OPEN',
		scope: 'host',
		message: `Not sent: the system has not answered properly for ${Math.ceil(lastedMs / 1_000)} s`,
		hint: 'Run the failed items again when the system is back.',
	});
