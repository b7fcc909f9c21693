const MINUTE = 60_000;

interface Timer {
	at: number;
	ms: number;
	fire(): void;
}

/**
 * The clock of this process and its timers, moved by hand: an hour passes at once, and what waits for
 * it goes on. Between two moves time goes on by itself.
 */
export class MovedTime {
	/** minutes that the clock of this process is ahead of the right time */
	aheadMinutes = 0;
	private movedMs = 0;
	private readonly realNow = Date.now;
	private readonly timers = new Map<unknown, Timer>();

	/** Takes the place of `Date.now` and of the timers, for good. */
	constructor() {
		const { setTimeout: set, clearTimeout: clear } = globalThis;
		Date.now = () => this.now() + this.aheadMinutes * MINUTE;
		globalThis.clearTimeout = (handle) => {
			this.timers.delete(handle);
			clear(handle);
		};
		const setMoved = (then: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
			const fire = () => {
				globalThis.clearTimeout(handle);
				then(...args);
			};
			const handle = set(fire, ms);
			this.timers.set(handle, { at: this.now() + ms, ms, fire });
			return handle;
		};
		globalThis.setTimeout = Object.assign(setMoved, set);
	}

	/** The right time, ms since 1970. */
	now(): number {
		return this.realNow() + this.movedMs;
	}

	pass(minutes: number): void {
		this.movedMs += minutes * MINUTE;
		const now = this.now();
		for (const { at, fire } of [...this.timers.values()]) if (at <= now) fire();
	}

	/** Whether somebody waits for exactly so long. */
	waits(minutes: number): boolean {
		return [...this.timers.values()].some(({ ms }) => ms === minutes * MINUTE);
	}
}
