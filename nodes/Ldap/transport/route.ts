import { Failure, isOutage, isPassing, toFailure } from '../../shared/resilience/failure';
import type { Connection } from './connection';
import type { Lease, Pool } from './pool';
import type { ServerList } from './serverList';
import type { Server } from './servers';
import { nameOf } from './servers';

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

	/** Rejects with a Failure in phase `notSent`. */
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
		const failures: Array<[Server, Failure]> = [];
		for await (const pool of this.pools()) {
			try {
				const used = await use(pool);
				if (pool !== this.current) this.servers.report(pool.server, true);
				this.current = pool;
				return used;
			} catch (error) {
				if (!isElsewhere(error)) throw error;
				this.servers.report(pool.server, false);
				failures.push([pool.server, toFailure(error)]);
			}
		}
		throw noneOf(failures);
	}

	/** That of the server in use first; the others are looked for only when it fails. */
	private async *pools(): AsyncGenerator<Pool> {
		const { current } = this;
		if (current) yield current;
		for (const server of await this.servers.inOrder()) {
			const pool = this.poolOf(server);
			if (pool !== current) yield pool;
		}
	}
}

/** What is wrong with each of the servers. It passes by itself where that of one of them does. */
function noneOf(failures: Array<[Server, Failure]>): Failure {
	const each = failures.map(([, failure]) => failure);
	const [first] = [...each.filter(isPassing), ...each];
	if (!first || failures.length === 1) return toFailure(first);
	const reasons = failures.map(([server, { message }]) => `${nameOf(server)}: ${message}`);
	return new Failure({
		...first,
		message: `None of the ${failures.length} servers can be used. ${reasons.join('. ')}`,
		hint: each.find(({ hint }) => hint)?.hint,
	});
}

/** Another server may do better; a refused password may not be tried on all of them. */
function isElsewhere(error: unknown): boolean {
	const failure = toFailure(error);
	const { kind, phase, scope } = failure;
	return kind !== 'auth' && phase === 'notSent' && (isOutage(failure) || scope === 'host');
}
