import type { Clock } from '../../shared/ground/clock';
import type { Server } from './servers';
import { nameOf } from './servers';

// DNS says how long its answers are good, but node:dns does not hand it on for SRV records.
const FRESH_MS = 300_000;
// How long a server that could not be used stands behind the others.
const ASIDE_MS = 60_000;

/** The servers of one credential, in the order in which to try them now. */
export class ServerList {
	private question?: Promise<Server[]>;
	private lastKnown?: Server[];
	private askedAt = 0;
	private readonly failedAt = new Map<string, number>();

	/** @param find lists the servers, or asks DNS for them */
	constructor(
		private readonly find: () => Promise<Server[]>,
		private readonly clock: Clock,
	) {}

	/** Those that failed a short time ago come last, the one that has waited longest first. */
	async inOrder(): Promise<Server[]> {
		const servers = await this.servers();
		const now = this.clock.now();
		const asideSince = (server: Server) => {
			const at = this.failedAt.get(nameOf(server));
			return at !== undefined && now - at < ASIDE_MS ? at : 0;
		};
		return [...servers].sort((a, b) => asideSince(a) - asideSince(b));
	}

	/** Whether it can be used, as was just seen. */
	report(server: Server, works: boolean): void {
		if (works) this.failedAt.delete(nameOf(server));
		else this.failedAt.set(nameOf(server), this.clock.now());
	}

	private servers(): Promise<Server[]> {
		const isFresh = this.clock.now() - this.askedAt < FRESH_MS;
		if (this.question && isFresh) return this.question;
		this.askedAt = this.clock.now();
		this.question = this.ask();
		return this.question;
	}

	private async ask(): Promise<Server[]> {
		try {
			this.lastKnown = await this.find();
			return this.lastKnown;
		} catch (error) {
			// While DNS is down the old answer is better than none.
			if (this.lastKnown) return this.lastKnown;
			this.question = undefined;
			throw error;
		}
	}
}
