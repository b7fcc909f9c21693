import type { Clock } from '../../../shared/ground/clock';
import { reasonOf } from '../../../shared/ground/clock';
import { Recent } from '../../../shared/ground/recent';
import type { Credentials } from '../sign';

/** Keys that were issued for a while. */
export interface IssuedKeys extends Credentials {
	readonly expiresAt: number;
}

type Fetch = (signal: AbortSignal) => Promise<IssuedKeys>;

interface Flight {
	keys: Promise<IssuedKeys>;
	waiting: number;
	controller: AbortController;
}

// What a request takes at most on its way, and clocks that differ, with room to spare.
const RENEW_BEFORE_MS = 5 * 60_000;
// Not every request of a run shall ask an issuer that has just failed.
const RETRY_AFTER_MS = 30_000;
// Fresh keys that a server calls expired: newer ones would be as well.
const FRESH_MS = 60_000;

/**
 * The keys of one role: fetched once for all who need them, and renewed before they expire while
 * the old ones are still in use, so that neither a slow nor a failing issuer is noticed until then.
 */
export class TemporaryKeys {
	private keys: IssuedKeys | undefined;
	private fetchedAt = 0;
	private renewAt = 0;
	private flight: Flight | undefined;

	constructor(private readonly clock: Clock) {}

	async current(fetch: Fetch, signal: AbortSignal): Promise<IssuedKeys> {
		const now = this.clock.now();
		const { keys } = this;
		const valid = keys !== undefined && now < keys.expiresAt;
		if (valid && now < this.renewAt) return keys;
		const flight = this.flight ?? this.depart(fetch, valid);
		return valid ? keys : await this.landed(flight, signal);
	}

	/**
	 * A server says that these keys have expired.
	 * @returns whether others can be had
	 */
	renew({ accessKeyId }: Credentials): boolean {
		if (this.keys?.accessKeyId !== accessKeyId) return true;
		if (this.clock.now() - this.fetchedAt < FRESH_MS) return false;
		this.keys = undefined;
		return true;
	}

	/** @param beside nobody waits for it */
	private depart(fetch: Fetch, beside: boolean): Flight {
		const controller = new AbortController();
		const keys = this.fetched(fetch, controller.signal);
		const flight = { keys, controller, waiting: beside ? 1 : 0 };
		const over = () => this.end(flight);
		keys.then(over, over);
		this.flight = flight;
		return flight;
	}

	private end(flight: Flight): void {
		if (this.flight === flight) this.flight = undefined;
	}

	private async fetched(fetch: Fetch, signal: AbortSignal): Promise<IssuedKeys> {
		try {
			const keys = await fetch(signal);
			this.keys = keys;
			this.fetchedAt = this.clock.now();
			const lifetime = keys.expiresAt - this.fetchedAt;
			this.renewAt = keys.expiresAt - Math.min(RENEW_BEFORE_MS, lifetime / 3);
			return keys;
		} catch (error) {
			this.renewAt = this.clock.now() + RETRY_AFTER_MS;
			throw error;
		}
	}

	/** Waits for the keys, or until the signal is aborted; the last one to leave ends the flight. */
	private async landed(flight: Flight, signal: AbortSignal): Promise<IssuedKeys> {
		flight.waiting++;
		let leave = () => {};
		const left = new Promise<never>((_resolve, reject) => {
			leave = () => reject(reasonOf(signal));
			if (signal.aborted) leave();
			else signal.addEventListener('abort', leave, { once: true });
		});
		try {
			return await Promise.race([flight.keys, left]);
		} finally {
			signal.removeEventListener('abort', leave);
			if (--flight.waiting === 0) {
				this.end(flight);
				flight.controller.abort();
			}
		}
	}
}

const MOST_ROLES = 1_000;
const roles = new Recent<TemporaryKeys>(MOST_ROLES);

/**
 * The keys of a role in this process, over all runs.
 * @param name of the credential and of all that decides on the keys
 */
export const sharedKeys = (name: string, clock: Clock): TemporaryKeys =>
	roles.get(name, () => new TemporaryKeys(clock));
