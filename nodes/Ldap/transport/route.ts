import { isOutage, toFailure } from '../../shared/resilience/failure';
import type { Connection } from './connection';
import type { Lease, Pool } from './pool';
import type { ServerList } from './serverList';
import type { Server } from './servers';

/** The servers of a credential, the preferred one first, and what becomes of them. */
export type Servers = Pick<ServerList, 'inOrder' | 'report'>;

/**
 * Which server a run talks to: the first that can be reached, and then the same one for as long as it
 * lives. What was just written is not on the others yet.
 */
export class Route {
	private current: Pool | undefined;

	constructor(
		private readonly servers: Servers,
		private readonly poolOf: (server: Server) => Pool,
	) {}

	/** Rejects with a Failure in phase `notSent`, with that of the preferred server if none can be reached. */
	async lease(own: boolean, signal: AbortSignal): Promise<Lease> {
		return await this.reach(async (pool) => await pool.lease(own, signal));
	}

	/** A signed-in connection that is not part of a pool; who asks for it closes it. */
	async dedicated(signal: AbortSignal): Promise<Connection> {
		return await this.reach(async (pool) => await pool.dedicated(signal));
	}

	/** A simple bind on a connection of its own. */
	async authenticate(name: string, password: string, signal: AbortSignal): Promise<void> {
		await this.reach(async (pool) => await pool.authenticate(name, password, signal));
	}

	private async reach<T>(use: (pool: Pool) => Promise<T>): Promise<T> {
		let first: unknown;
		const tried = this.current;
		if (tried) {
			try {
				return await use(tried);
			} catch (error) {
				if (!isElsewhere(error)) throw error;
				first = error;
				this.servers.report(tried.server, false);
			}
		}
		for (const server of await this.servers.inOrder()) {
			const pool = this.poolOf(server);
			if (pool === tried) continue;
			try {
				const used = await use(pool);
				this.current = pool;
				this.servers.report(server, true);
				return used;
			} catch (error) {
				if (!isElsewhere(error)) throw error;
				this.servers.report(server, false);
				first ??= error;
			}
		}
		throw toFailure(first);
	}
}

/** Another server may do better; a refused password may not be tried on all of them. */
function isElsewhere(error: unknown): boolean {
	const failure = toFailure(error);
	const { kind, phase, scope } = failure;
	return kind !== 'auth' && phase === 'notSent' && (isOutage(failure) || scope === 'host');
}
