import type { Clock } from '../ground/clock';
import { reasonOf } from '../ground/clock';

export interface Limits {
	/** requests in flight at the same time; 0: no limit */
	concurrency: number;
	/** requests started per second; 0: no limit */
	perSecond: number;
}

// A throttled scope runs with fewer requests in flight, but never below this share of its limit.
const SMALLEST_SHARE = 0.25;
const SHRINK = 0.7;
const SHRINK_EVERY_MS = 1_000;
const GROWTH_PER_SUCCESS = 0.1;

/**
 * Rate limit of one scope, shared by everything in the process that uses the same credential:
 * concurrency, a token bucket, and a pause the system asked for. First come, first served.
 */
export class Limiter {
	private inFlight = 0;
	private tokens: number;
	private filledAt: number;
	private pausedUntil = 0;
	private allowed: number;
	private shrunkAt = 0;
	private stopTimer: (() => void) | undefined;
	private readonly queue = new Set<() => void>();

	constructor(
		private readonly clock: Clock,
		private limits: Limits,
	) {
		this.allowed = limits.concurrency || Infinity;
		this.tokens = limits.perSecond;
		this.filledAt = clock.now();
	}

	/** New limits of the credential; they hold for whoever waits already. */
	configure(limits: Limits): void {
		if (
			limits.concurrency === this.limits.concurrency &&
			limits.perSecond === this.limits.perSecond
		)
			return;
		this.limits = limits;
		this.allowed = limits.concurrency || Infinity;
		this.tokens = Math.min(this.tokens, limits.perSecond);
		this.drain();
	}

	/** Takes a place; waits for it if need be. Rejects with the signal's reason. */
	acquire(signal: AbortSignal): undefined | Promise<void> {
		if (this.queue.size === 0 && this.waitMs() === 0) {
			this.take();
			return undefined;
		}
		if (signal.aborted) throw reasonOf(signal);
		return new Promise((resolve, reject) => {
			const admit = () => {
				signal.removeEventListener('abort', leave);
				resolve();
			};
			const leave = () => {
				this.queue.delete(admit);
				// A pause may be long: nobody is left who waits for its end.
				if (this.queue.size === 0) this.stopTimer?.();
				reject(reasonOf(signal));
			};
			signal.addEventListener('abort', leave, { once: true });
			this.queue.add(admit);
			this.drain();
		});
	}

	/** Gives the place back. */
	release(): void {
		this.inFlight--;
		if (this.queue.size > 0) this.drain();
	}

	/** No request of this scope starts before `ms` have passed. */
	pause(ms: number): void {
		this.pausedUntil = Math.max(this.pausedUntil, this.clock.now() + ms);
	}

	/** The system said "too many": fewer in flight from now on. */
	throttled(): void {
		const now = this.clock.now();
		if (this.limits.concurrency === 0 || now - this.shrunkAt < SHRINK_EVERY_MS) return;
		this.shrunkAt = now;
		this.allowed = Math.max(1, this.limits.concurrency * SMALLEST_SHARE, this.allowed * SHRINK);
	}

	succeeded(): void {
		if (this.allowed < this.limits.concurrency)
			this.allowed = Math.min(this.limits.concurrency, this.allowed + GROWTH_PER_SUCCESS);
	}

	private take(): void {
		this.inFlight++;
		if (this.limits.perSecond > 0) this.tokens--;
	}

	/** ms until the next request may start; Infinity: when another one ends. */
	private waitMs(): number {
		if (this.inFlight >= Math.floor(this.allowed)) return Infinity;
		const { perSecond } = this.limits;
		if (perSecond === 0 && this.pausedUntil === 0) return 0;
		const now = this.clock.now();
		if (now < this.pausedUntil) return this.pausedUntil - now;
		this.pausedUntil = 0;
		if (perSecond === 0) return 0;
		// The bucket holds one tenth of a second: a larger one would let a second's worth of requests
		// out in one burst, and a server that counts in seconds would see twice the rate.
		const depth = Math.max(1, perSecond / 10);
		// The clock of a machine may be set back.
		const passedMs = Math.max(0, now - this.filledAt);
		this.tokens = Math.min(depth, this.tokens + (passedMs / 1_000) * perSecond);
		this.filledAt = now;
		return this.tokens >= 1 ? 0 : Math.max(1, ((1 - this.tokens) / perSecond) * 1_000);
	}

	private drain(): void {
		this.stopTimer?.();
		this.stopTimer = undefined;
		for (const admit of this.queue) {
			const waitMs = this.waitMs();
			if (waitMs > 0) {
				if (waitMs !== Infinity) this.stopTimer = this.clock.timer(waitMs, () => this.drain());
				return;
			}
			this.queue.delete(admit);
			this.take();
			admit();
		}
	}
}
