import { reasonOf } from '../../shared/ground/clock';
import { fingerprint } from '../../shared/ground/fingerprint';
import { Recent } from '../../shared/ground/recent';
import type { Failure } from '../../shared/resilience/failure';
import { toFailure } from '../../shared/resilience/failure';
import { Connection } from './connection';
import { anyEntry } from './filter';
import { resultFailure } from './failure';
import { searchRequest, simpleBind } from './requests';
import type { Search } from './search';
import type { Server } from './servers';
import type { ConnectOptions, SignIn } from './session';

export interface PoolOptions extends Omit<ConnectOptions, 'signal'> {
	signIn: SignIn;
	/** kept open; a search that finds all of them in use gets one more */
	maxConnections: number;
}

/** A signed-in connection that is used now. */
export interface Lease {
	readonly connection: Connection;
	/** Gives it back; a closed one is thrown away. */
	release(): void;
}

interface Slot {
	/** rejects where it could not be opened */
	ready: Promise<Connection>;
	/** once it stands */
	connection?: Connection;
	/** how many use it */
	load: number;
	/** one of them reads a search from it, at his own pace */
	own: boolean;
	/** whether it still lives is being asked */
	check?: Promise<boolean>;
}

// After so long without a word a connection is asked whether it still lives.
const CHECK_AFTER_MS = 15_000;
const CHECK_MS = 5_000;
// A wrong password is not tried again for so long: each try counts, and a batch of items would lock
// the account out.
const REFUSED_MS = 30_000;

/** The smallest question a server can be asked. */
export const ping = async (connection: Connection, signal: AbortSignal): Promise<void> => {
	const asked = connection.request(searchRequest(ROOT, 1));
	await connection.within(CHECK_MS, signal, asked);
};

const ROOT: Search = {
	base: '',
	scope: 'base',
	filter: anyEntry,
	attributes: ['1.1'],
};

/** Signed-in connections to one server with one credential. */
export class Pool {
	private readonly slots: Slot[] = [];
	/** a connection stood once: name and password are right */
	private proven = false;
	private refused: { failure: Failure; until: number } | undefined;

	constructor(
		readonly server: Server,
		private readonly options: PoolOptions,
	) {}

	/**
	 * A connection on which TLS and sign-in are done. Rejects with a Failure in phase `notSent`.
	 * @param own for a search that is read at its own pace: nobody else is put on it
	 */
	async lease(own: boolean, signal: AbortSignal): Promise<Lease> {
		for (;;) {
			if (signal.aborted) throw reasonOf(signal);
			// The first one alone: were name or password wrong, each more would be one failed attempt
			// more.
			const first = this.proven ? undefined : this.slots.find(({ connection }) => !connection);
			if (first) {
				await orAborted(first.ready, signal);
				continue;
			}
			const slot = this.choose(own) ?? this.open();
			slot.load++;
			slot.own ||= own;
			slot.connection?.hold(true);
			try {
				const connection = slot.connection ?? (await orAborted(slot.ready, signal));
				if (await this.isAlive(slot, connection)) return this.leaseOf(slot, connection, own);
				this.forget(slot);
				this.release(slot, own);
			} catch (error) {
				this.release(slot, own);
				throw error;
			}
		}
	}

	/** A signed-in connection that is not part of the pool; who asks for it closes it. */
	async dedicated(signal: AbortSignal): Promise<Connection> {
		return await this.connect(signal);
	}

	/** A simple bind on a connection that is closed afterwards. Rejects with a Failure. */
	async authenticate(name: string, password: string, signal: AbortSignal): Promise<void> {
		const { signIn: _, ...options } = this.options;
		const connection = await Connection.open(this.server, { ...options, signal });
		try {
			const asked = connection.request(simpleBind(name, password), { signal });
			const result = await connection.within(options.connectMs, signal, asked);
			if (result.code !== 0)
				throw resultFailure(result, { doing: 'Bind', dn: name, asOther: true });
		} finally {
			connection.end();
		}
	}

	private leaseOf(slot: Slot, connection: Connection, own: boolean): Lease {
		let given = false;
		const release = () => {
			if (!given) this.release(slot, own);
			given = true;
		};
		return { connection, release };
	}

	private choose(own: boolean): Slot | undefined {
		const free = this.slots.findLast((slot) => slot.load === 0);
		if (free) return free;
		const mayOpen = this.slots.length < this.options.maxConnections && !this.refusal;
		if (own || mayOpen) return undefined;
		const shared = this.slots.filter((slot) => !slot.own);
		return shared.sort((a, b) => a.load - b.load).at(0);
	}

	private open(): Slot {
		// Not cancelled with who asked first: others may wait for it, and it can be kept.
		const slot: Slot = { ready: this.connect(new AbortController().signal), load: 0, own: false };
		this.slots.push(slot);
		slot.ready.then(
			(connection) => {
				slot.connection = connection;
				connection.onClosed = () => this.forget(slot);
				if (connection.closed) this.forget(slot);
				else connection.hold(slot.load > 0);
			},
			() => this.forget(slot),
		);
		return slot;
	}

	/** Why name or password were refused a short time ago. */
	private get refusal(): Failure | undefined {
		return this.refused && this.refused.until > Date.now() ? this.refused.failure : undefined;
	}

	private async connect(signal: AbortSignal): Promise<Connection> {
		if (this.refusal) throw this.refusal;
		const { signIn, ...options } = this.options;
		const connection = await Connection.open(this.server, { ...options, signal });
		try {
			await connection.within(options.connectMs, signal, signIn(connection, signal));
			if (connection.failure) throw connection.failure;
		} catch (error) {
			const failure = toFailure(error).inPhase('notSent');
			connection.close(failure);
			if (failure.kind === 'auth') {
				this.refused = { failure, until: Date.now() + REFUSED_MS };
				this.proven = false;
			}
			throw failure;
		}
		this.proven = true;
		return connection;
	}

	/** A connection that was not heard of for long may be dead without anybody having said so. */
	private async isAlive(slot: Slot, connection: Connection): Promise<boolean> {
		if (connection.closed || connection.spent) return false;
		const used = slot.load > 1 && !slot.check;
		if (used || Date.now() - connection.heardAt < CHECK_AFTER_MS) return true;
		slot.check ??= ping(connection, new AbortController().signal).then(
			() => true,
			() => false,
		);
		const alive = await slot.check;
		slot.check = undefined;
		return alive;
	}

	private release(slot: Slot, own: boolean): void {
		slot.load--;
		if (own) slot.own = false;
		if (slot.load > 0) return;
		slot.connection?.hold(false);
		if (!this.slots.includes(slot)) slot.connection?.end();
		else if (this.slots.length > this.options.maxConnections) this.discard(slot);
	}

	private discard(slot: Slot): void {
		this.forget(slot);
		slot.connection?.end();
	}

	private forget(slot: Slot): void {
		const at = this.slots.indexOf(slot);
		if (at >= 0) this.slots.splice(at, 1);
	}
}

// The version is that of the shape of a Pool.
const KEY = Symbol.for('n8n-nodes-resilient.ldapPools.v1');
const MOST_POOLS = 200;

/**
 * The pool of this server and credential, shared by all runs of the process. Of one that is
 * forgotten the idle connections close by themselves.
 * @param key tells two credentials apart, and a credential before and after a change
 */
export function poolOf(key: string, server: Server, options: PoolOptions): Pool {
	const store = globalThis as { [KEY]?: Recent<Pool> };
	const pools = (store[KEY] ??= new Recent<Pool>(MOST_POOLS));
	const { encryption, tls } = options;
	const name = fingerprint({
		key,
		server,
		encryption,
		tls,
		filtered: options.egress !== undefined,
	});
	return pools.get(name, () => new Pool(server, options));
}

async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
	return await new Promise((resolve, reject) => {
		if (signal.aborted) return reject(reasonOf(signal));
		const stop = () => reject(reasonOf(signal));
		const done = () => signal.removeEventListener('abort', stop);
		signal.addEventListener('abort', stop, { once: true });
		promise.then(resolve, reject).finally(done);
	});
}
