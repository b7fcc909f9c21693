import { isOutage, toFailure } from '../../shared/resilience/failure';
import type { Server } from './connection';
import type { Lease, Pool } from './pool';

/** The servers of a credential, the preferred one first; asked when a connection is needed. */
export type ServerSource = (signal: AbortSignal) => Promise<readonly Server[]>;

// A server that did not answer is asked last for so long, so that not every run waits for it.
const AVOID_MS = 60_000;

/** When servers did not answer (ms since 1970), for all runs of a process. */
const silentSince = new Map<string, number>();

/**
 * Which server a run talks to: the first that can be reached, and then the same one for as long as it
 * lives. What was just written is not on the others yet.
 */
export class Route {
	private current: Pool | undefined;

	constructor(
		private readonly servers: ServerSource,
		private readonly poolOf: (server: Server) => Pool,
	) {}

	/** The server in use, if one is. */
	get server(): Server | undefined {
		return this.current?.server;
	}

	/** Rejects with a Failure in phase `notSent`, with that of the preferred server if none can be reached. */
	async lease(own: boolean, signal: AbortSignal): Promise<Lease> {
		let first: unknown;
		const tried = this.current;
		if (tried) {
			try {
				return await tried.lease(own, signal);
			} catch (error) {
				if (!isElsewhere(error)) throw error;
				first = error;
			}
		}
		for (const server of inOrder(await this.servers(signal))) {
			const pool = this.poolOf(server);
			if (pool === tried) continue;
			try {
				const lease = await pool.lease(own, signal);
				this.current = pool;
				silentSince.delete(nameOf(server));
				return lease;
			} catch (error) {
				if (!isElsewhere(error)) throw error;
				silentSince.set(nameOf(server), Date.now());
				first ??= error;
			}
		}
		throw toFailure(first);
	}
}

const nameOf = ({ host, port }: Server) => `${host}:${port}`;

function inOrder(servers: readonly Server[]): Server[] {
	const since = Date.now() - AVOID_MS;
	const avoided = (server: Server) => (silentSince.get(nameOf(server)) ?? 0) > since;
	return [...servers].sort((a, b) => Number(avoided(a)) - Number(avoided(b)));
}

/** Another server may do better; a refused password may not be tried on all of them. */
function isElsewhere(error: unknown): boolean {
	const failure = toFailure(error);
	return failure.kind !== 'auth' && (isOutage(failure) || failure.scope === 'host');
}
