/**
 * What went wrong:
 * throttled    the system asks for fewer requests (HTTP 429, S3 SlowDown, Discord 429)
 * quota        an allowance for hours is used up: no wait that anybody would sit through helps
 * unavailable  the system is there but cannot serve now (HTTP 500, 502, 503)
 * timeout      no answer in time
 * network      the connection could not be made or broke
 * auth         credential refused or not allowed to do this
 * invalid      the request itself is wrong: repeating it cannot help
 * conflict     it contradicts the state of the system (exists already, precondition failed)
 * bug          anything nobody classified
 */
export type FailureKind =
	| 'throttled'
	| 'quota'
	| 'unavailable'
	| 'timeout'
	| 'network'
	| 'auth'
	| 'invalid'
	| 'conflict'
	| 'bug';

/**
 * Whether the effect may have happened:
 * notSent    the request never reached the system
 * rejected   the system answered and did not do it
 * maybeDone  nobody can know: the answer was lost, or the system failed half-way
 */
export type FailurePhase = 'notSent' | 'rejected' | 'maybeDone';

/** What the failure concerns: one item, or everything that shares the bucket, credential or host. */
export type FailureScope = 'item' | 'bucket' | 'credential' | 'host';

const OUTAGES: ReadonlySet<FailureKind> = new Set(['unavailable', 'timeout', 'network']);

export interface FailureDetails {
	kind: FailureKind;
	phase: FailurePhase;
	/** the system's own code ("NoSuchKey", "ECONNRESET") */
	code: string;
	/** what happened, in the system's words */
	message: string;
	/** what the user can do about it */
	hint?: string;
	/** default: the host for what looks like an outage, else the item */
	scope?: FailureScope;
	/** HTTP or protocol status, where there is one */
	status?: number;
	/** how long the system asked to wait, in ms */
	retryAfterMs?: number;
	cause?: unknown;
}

/**
 * The one error type that crosses floors. Each system's `transport/failure.ts` makes it from the
 * system's own errors; `retry`, `gate` and `limiter` act on its kind and phase and on nothing else.
 */
export class Failure extends Error {
	readonly kind: FailureKind;
	readonly phase: FailurePhase;
	readonly code: string;
	readonly hint?: string;
	readonly scope: FailureScope;
	readonly status?: number;
	readonly retryAfterMs?: number;
	/** Attempts that were made on the wire, and when (ms since 1970); 0 when it was never sent. */
	attempts = 0;
	firstAt?: number;
	lastAt?: number;

	constructor(details: FailureDetails) {
		super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
		this.name = 'Failure';
		this.kind = details.kind;
		this.phase = details.phase;
		this.code = details.code;
		this.hint = details.hint;
		this.scope = details.scope ?? (OUTAGES.has(details.kind) ? 'host' : 'item');
		this.status = details.status;
		this.retryAfterMs = details.retryAfterMs;
	}

	/** The same failure in another phase, with the attempts made so far. */
	inPhase(phase: FailurePhase): Failure {
		return phase === this.phase ? this : this.but({ phase });
	}

	/** The same failure with other advice, where somebody knows better what to do about it. */
	withHint(hint: string): Failure {
		return this.but({ hint });
	}

	/** The same failure in other words: those who wait for the same thing share it. */
	saying(message: string): Failure {
		return this.but({ message });
	}

	private but(changes: Partial<FailureDetails>): Failure {
		const copy = new Failure({ ...this, message: this.message, cause: this.cause, ...changes });
		return Object.assign(copy, {
			attempts: this.attempts,
			firstAt: this.firstAt,
			lastAt: this.lastAt,
		});
	}
}

const SEVERITY: Record<FailurePhase, number> = { notSent: 0, rejected: 1, maybeDone: 2 };

/** Of two phases the one that leaves more open. */
export const worse = (a: FailurePhase, b: FailurePhase): FailurePhase =>
	SEVERITY[a] >= SEVERITY[b] ? a : b;

/** Failures that pass by themselves; the others need somebody to act. */
const PASSING: ReadonlySet<FailureKind> = new Set(['throttled', ...OUTAGES]);

export const isPassing = (failure: Failure): boolean => PASSING.has(failure.kind);

/**
 * Failures that say the system is down rather than that this request was wrong. Throttling is not
 * among them: a system that counts requests is alive, and the limiter answers it.
 */
export const isOutage = (failure: Failure): boolean =>
	OUTAGES.has(failure.kind) && failure.scope !== 'item';

/** Every other request with the same credential would fail as well, and repeating them does harm. */
export const stopsAll = ({ kind, scope }: Failure): boolean =>
	scope === 'credential' && (kind === 'auth' || kind === 'quota');

/** Whatever was thrown, as a Failure: an unclassified error is a bug that may have had its effect. */
export function toFailure(error: unknown): Failure {
	if (error instanceof Failure) return error;
	return new Failure({
		kind: 'bug',
		phase: 'maybeDone',
		code: error instanceof Error ? error.name : 'UNKNOWN',
		message: error instanceof Error ? error.message : String(error),
		cause: error,
	});
}

/**
 * What the caller wrote is wrong, found before anything was sent.
 * @param cause what is wrong, naming the field, or the error that says so
 */
export const invalidInput = (cause: unknown, hint?: string): Failure =>
	new Failure({
		kind: 'invalid',
		phase: 'notSent',
		code: 'INVALID_PARAMETER',
		message: cause instanceof Error ? cause.message : String(cause),
		hint,
		cause,
	});
