import type { Clock } from '../ground/clock';
import { reasonOf, systemClock } from '../ground/clock';
import { attemptTimeout, deadline } from './deadline';
import type { Failure } from './failure';
import { isOutage, toFailure, worse } from './failure';
import type { Gate, OnOutage, Ticket } from './gate';
import type { Limiter, Limits } from './limiter';
import type { About, Call, Policy } from './policy';
import { compose } from './policy';
import type { Registry, Scope } from './registry';
import { sharedRegistry } from './registry';
import { LONGEST_RETRY_AFTER_MS, retry } from './retry';

export interface ResilienceSettings {
	/** attempts per call, the first included */
	maxAttempts: number;
	/** total time of one call with all retries and waits, in ms; 0: no limit */
	deadlineMs: number;
	onOutage: OnOutage;
	/** of the credential, shared by all who use it */
	limits: Limits;
	registry?: Registry;
	clock?: Clock;
	/** a number in [0, 1) */
	random?: () => number;
	/** told of every retry, with the failure that caused it */
	onRetry?: (about: About, failure: Failure) => void;
}

/**
 * Sends one call through all policies. `attempt` is one try on the wire: it may run several times,
 * gets the number of the try (from 1), must stop when its signal is aborted, and throws a
 * `Failure`. Rejects with a `Failure` that knows its attempts.
 */
export type Send = <T>(
	about: About,
	attempt: (signal: AbortSignal, attempt: number) => Promise<T>,
) => Promise<T>;

/**
 * The policies around every call, in the one fixed order:
 * deadline ( retry + budget ( gate ( limiter ( attempt time-out ( wire ))))), metrics watching.
 * Every attempt asks the gate, so an outage stops attempts at once; every attempt pays the limiter.
 * The ledger stands outside, around a whole item: `docs/decisions/0003-ledger-per-item.md`.
 */
export function resilient(settings: ResilienceSettings): Send {
	const { limits, deadlineMs, clock = systemClock, random = Math.random } = settings;
	const registry = settings.registry ?? sharedRegistry();
	const chains = new Map<string, Policy>();
	const chainOf = (name: string) => {
		let chain = chains.get(name);
		if (!chain) {
			const scope = registry.scope(name, limits);
			chain = compose(
				deadline(clock, deadlineMs),
				retry({ ...settings, clock, random }, scope.gate, scope.budget),
				admitted(scope, settings.onOutage, deadlineMs),
				attemptTimeout(clock),
			);
			chains.set(name, chain);
		}
		return chain;
	};
	return async <T>(about: About, attempt: Call<T>['attempt']) => {
		const call: Call<T> = {
			about,
			attempt,
			controller: new AbortController(),
			attempts: 0,
			onWire: false,
			settled: 'notSent',
		};
		const metrics = registry.metrics.of(about.system, about.operation);
		const startedAt = clock.now();
		try {
			const value = await chainOf(about.scope)(call, async () => await onTheWire(call, clock));
			registry.metrics.ended(metrics, clock.now() - startedAt);
			return value;
		} catch (error) {
			const failure = toFailure(error);
			registry.metrics.ended(metrics, clock.now() - startedAt, failure.kind);
			const { attempts, firstAt, lastAt } = call;
			throw Object.assign(failure, { attempts, firstAt, lastAt });
		} finally {
			metrics.requests += call.attempts;
			metrics.retries += Math.max(0, call.attempts - 1);
		}
	};
}

async function onTheWire<T>(call: Call<T>, clock: Clock): Promise<T> {
	// Between the last wait and here the call may have been given up and reported as not sent.
	const { signal } = call.controller;
	if (signal.aborted) throw reasonOf(signal);
	call.attempts++;
	call.lastAt = clock.now();
	call.firstAt ??= call.lastAt;
	call.onWire = true;
	try {
		// After a success the call stays "on the wire": it may still be given up before it returns.
		return await call.attempt(signal, call.attempts);
	} catch (error) {
		const failure = toFailure(error);
		call.settled = worse(call.settled, failure.phase);
		call.onWire = false;
		throw failure;
	}
}

/** Gate and limiter: both let the attempt pass, and both are told how it ended. */
const admitted =
	({ gate, limiter }: Scope, onOutage: OnOutage, patienceMs: number): Policy =>
	async (call, next) => {
		const enter = () => gate.enter(onOutage, patienceMs, call.controller.signal);
		const ticket = await pass(enter, gate, limiter, call.controller.signal);
		try {
			const value = await next();
			limiter.succeeded();
			gate.report(ticket, true);
			return value;
		} catch (error) {
			const failure = toFailure(error);
			if (failure.kind === 'throttled') limiter.throttled();
			if (failure.retryAfterMs)
				limiter.pause(Math.min(failure.retryAfterMs, LONGEST_RETRY_AFTER_MS));
			if (call.controller.signal.aborted || saysNothing(failure)) gate.giveBack(ticket);
			else gate.report(ticket, !isOutage(failure));
			throw failure;
		} finally {
			limiter.release();
		}
	};

/**
 * Waits for the gate, and then for a place. Whoever had to wait for the place asks the gate again:
 * an outage may have begun meanwhile, and a whole queue would be sent into it.
 */
async function pass(
	enter: () => Ticket | Promise<Ticket>,
	gate: Gate,
	limiter: Limiter,
	signal: AbortSignal,
): Promise<Ticket> {
	for (;;) {
		const entered = enter();
		const ticket = entered instanceof Promise ? await entered : entered;
		try {
			const place = limiter.acquire(signal);
			if (place) await place;
		} catch (error) {
			gate.giveBack(ticket);
			throw error;
		}
		if (gate.honours(ticket)) return ticket;
		limiter.release();
	}
}

/** A bug of ours, or a request that was refused on this side, says nothing about the system. */
const saysNothing = (failure: Failure) =>
	failure.kind === 'bug' || (failure.phase === 'notSent' && !isOutage(failure));
