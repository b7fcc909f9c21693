import type { Failure, FailurePhase } from './failure';

/** What a call is about: everything the policies may know of it. */
export interface About {
	/** "s3", "ldap" ...: for metrics */
	system: string;
	/** the system's word for what is done ("PutObject"): for metrics */
	operation: string;
	/** who shares a gate, a budget and a limiter: credential and host */
	scope: string;
	/** sending it twice has the same effect as sending it once */
	repeatable: boolean;
	/** an idempotency key that the system honours */
	key?: string;
	/** one attempt may take this long, in ms; left out where only silence is limited (transfers) */
	attemptTimeoutMs?: number;
	/** cancel signal of the run */
	signal?: AbortSignal;
}

/** One call on its way down: the policies share it, and retry counts the attempts in it. */
export interface Call<T> {
	readonly about: About;
	/**
	 * Aborted on cancel, when the deadline has passed, and when the attempt takes too long; the
	 * latter puts a new one in its place. One for all of them: an AbortController for each policy
	 * would cost as much as all the rest.
	 */
	controller: AbortController;
	/** attempts sent so far, and when the first and the last one began (ms since 1970) */
	attempts: number;
	firstAt?: number;
	lastAt?: number;
	/** an attempt is on the wire now */
	onWire: boolean;
	/** the worst phase in which an attempt ended so far: what is known of the effect */
	settled: FailurePhase;
	/** why the last attempt failed */
	lastFailure?: Failure;
	/** the wire: one attempt; must stop when the signal is aborted */
	readonly attempt: (signal: AbortSignal, attempt: number) => Promise<T>;
}

/** What is known of the effect of a call that is given up now. */
export const phaseOf = (call: Call<unknown>): FailurePhase =>
	call.onWire ? 'maybeDone' : call.settled;

/** A policy wraps the rest of the chain. */
export type Policy = <T>(call: Call<T>, next: () => Promise<T>) => Promise<T>;

/** Joins policies into one, outermost first. */
export const compose = (...policies: Policy[]): Policy =>
	policies.reduceRight<Policy>(
		// Not async: each frame would cost every call a promise of its own.
		(inner, outer) => (call, next) => outer(call, () => inner(call, next)),
		(_call, next) => next(),
	);
