import type { Redact } from '../../shared/ground/redact';
import type { Send } from '../../shared/resilience';
import { Failure, toFailure } from '../../shared/resilience/failure';
import { BerError } from './ber';
import type { Connection } from './connection';
import type { Doing } from './failure';
import { badControl, resultFailure, silent, struck } from './failure';
import { Witness } from './lostAnswer';
import type { Result } from './message';
import { Code } from './message';
import type { Lease } from './pool';
import type { Route } from './route';
import type { Control } from './search';
import type { Server } from './servers';
import { nameOf } from './servers';

export interface CallsOptions {
	route: Route;
	send: Send;
	/** who shares limits and circuit breaker */
	scope: string;
	signal: AbortSignal;
	redact: Redact;
	/** so long may one answer take, in ms */
	attemptTimeoutMs?: number;
}

/** One request with one answer. */
export interface Ask {
	/** the operation in the words of RFC 4511 ("Modify") */
	doing: string;
	/** DN it is about */
	dn?: string;
	/** encodes it, for this DN */
	operation(dn: string): Buffer;
	controls?: Control[];
	/** sending it twice does no harm */
	repeatable: boolean;
	/** result codes besides 0 that are no failure */
	accept?: ReadonlySet<number>;
	/** The answer to an earlier attempt was lost and this one was refused: is the effect there? */
	isDone?(code: number, witness: Witness, dn: string): Promise<boolean>;
	/**
	 * Not sent to another server once an answer was lost: what the first may have done reaches the
	 * other one later, and would then be there twice.
	 */
	stays?: boolean;
}

// Deleting a tree takes a while.
const ATTEMPT_TIMEOUT_MS = 120_000;

/** Sends requests through all policies, each on a connection of the pool. */
export class Calls {
	private readonly attemptTimeoutMs: number;

	constructor(private readonly options: CallsOptions) {
		this.attemptTimeoutMs = options.attemptTimeoutMs ?? ATTEMPT_TIMEOUT_MS;
	}

	/** One attempt after the other, until the policies give up. */
	async through<T>(
		doing: string,
		repeatable: boolean,
		attempt: (signal: AbortSignal) => Promise<T>,
		attemptTimeoutMs?: number,
	): Promise<T> {
		const { send, scope, signal } = this.options;
		const about = { system: 'ldap', operation: doing, scope, repeatable, attemptTimeoutMs, signal };
		return await send(about, attempt);
	}

	/** A connection on which TLS and sign-in are done. */
	async lease(own: boolean, signal: AbortSignal, what: Doing): Promise<Lease> {
		return await this.naming(what, this.options.route.lease(own, signal));
	}

	/** A signed-in connection that is not part of a pool; who asks for it closes it. */
	async dedicated(signal: AbortSignal, what: Doing): Promise<Connection> {
		return await this.naming(what, this.options.route.dedicated(signal));
	}

	private async naming<T>(what: Doing, connecting: Promise<T>): Promise<T> {
		try {
			return await connecting;
		} catch (error) {
			throw struck(toFailure(error), { ...what, redact: this.options.redact });
		}
	}

	/** The result, if it is a success. Rejects with a Failure otherwise. */
	async ask(ask: Ask): Promise<Result> {
		let lostBy: Server | undefined;
		return await this.through(
			ask.doing,
			ask.repeatable,
			async (signal) => {
				const { connection, release } = await this.lease(false, signal, ask);
				const { server } = connection;
				try {
					if (ask.stays && lostBy && lostBy !== server) throw answerLost(ask, lostBy, server);
					return await this.once(ask, connection, lostBy !== undefined, signal);
				} catch (error) {
					const { phase } = toFailure(error);
					if (signal.aborted || phase === 'maybeDone') lostBy ??= server;
					throw error;
				} finally {
					release();
				}
			},
			this.attemptTimeoutMs,
		);
	}

	failureOf(result: Result, doing: string, dn?: string): Failure {
		return resultFailure(result, { doing, dn, redact: this.options.redact });
	}

	private async once(
		ask: Ask,
		connection: Connection,
		lost: boolean,
		signal: AbortSignal,
	): Promise<Result> {
		const { doing, dn, controls } = ask;
		const sentAt = Date.now();
		let size = 0;
		try {
			const operation = ask.operation(dn ?? '');
			size = operation.length;
			const result = await connection.request(operation, { controls, signal });
			if (result.code === Code.success || ask.accept?.has(result.code)) return result;
			const witness = new Witness(connection, signal);
			if (lost && (await ask.isDone?.(result.code, witness, dn ?? ''))) return result;
			throw this.failureOf(result, doing, dn);
		} catch (error) {
			// Not only this request hangs: the next attempt gets another connection.
			if (isTimeout(error) && connection.heardAt < sentAt)
				connection.close(silent(this.attemptTimeoutMs, connection.server));
			throw tooLargePerhaps(ofConnection(error, connection, { doing, dn }), size);
		}
	}
}

/** The failure of a connection strikes whatever waits on it: it does not say what that was. */
export function ofConnection(error: unknown, { failure, server }: Connection, what: Doing) {
	if (error instanceof BerError) return struck(badControl(error, server), what);
	return error instanceof Failure && error.code === failure?.code ? struck(error, what) : error;
}

// OpenLDAP takes 256 KiB from those who are not signed in, 389 Directory Server 2 MiB, Active Directory 10 MiB.
const LARGE = 250_000;

/** A server that gets a larger request than it takes closes the connection, and says nothing or little. */
const tooLargePerhaps = (error: unknown, size: number): unknown =>
	error instanceof Failure && error.kind === 'network' && size > LARGE
		? error.withHint(
				`The request has ${(size / 1e6).toFixed(1)} MB, and servers close the connection where one is larger than they take: nsslapd-maxbersize in 389 Directory Server, sockbuf_max_incoming_auth in OpenLDAP, MaxReceiveBuffer in Active Directory.`,
			)
		: error;

const answerLost = ({ doing, dn }: Ask, first: Server, second: Server) =>
	new Failure({
		kind: 'conflict',
		phase: 'maybeDone',
		code: 'ANSWER_LOST',
		message: `${nameOf(first)} was lost before it answered, and ${nameOf(second)} may not know yet what it did — ${doing} of "${dn}".`,
		hint: 'Look whether it is done before you run the item again.',
	});

const isTimeout = (error: unknown) => error instanceof Failure && error.code === 'ATTEMPT_TIMEOUT';
