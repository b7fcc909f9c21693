import { backoffMs } from '../ground/backoff';
import type { Clock } from '../ground/clock';
import { sleep } from '../ground/clock';
import type { Budget } from './budget';
import type { Failure } from './failure';
import { isOutage, isPassing, toFailure, worse } from './failure';
import type { Gate, OnOutage } from './gate';
import type { About, Call, Policy } from './policy';

/** A longer Retry-After is not waited for: the item fails and says how long the system asked for. */
export const LONGEST_RETRY_AFTER_MS = 300_000;

const ANSWERS_PER_ATTEMPT = 4;

export interface RetrySettings {
	maxAttempts: number;
	onOutage: OnOutage;
	clock: Clock;
	random: () => number;
	/** counts one retry */
	onRetry?: (about: About, failure: Failure) => void;
}

/**
 * Sends again what failed for a passing reason, if sending again does no harm.
 * - `maybeDone` is sent again only when the call is repeatable or carries an idempotency key.
 * - Every retry is paid from the budget. In mode `wait` an empty budget opens the gate instead of
 *   failing the item, and attempts that fail while the gate is not closed do not count: the outage
 *   is to blame, not the item. Only for so long, though, as nothing speaks against it: a system that
 *   answers this request with 500 again and again is up (gateways say 502, 503, 504 of one that is
 *   not), and at the end of a batch the gate sees no others.
 */
export const retry =
	(
		{ maxAttempts, onOutage, clock, random, onRetry }: RetrySettings,
		gate: Gate,
		budget: Budget,
	): Policy =>
	async (call, next) => {
		let counted = 0;
		let answered = 0;
		let paid = 0;
		for (;;) {
			try {
				const value = await next();
				budget.give(paid);
				return value;
			} catch (error) {
				const failure = toFailure(error);
				// The gate's refusal explains less than what closed it.
				if (failure.code === 'CIRCUIT_OPEN' && call.lastFailure)
					throw finalOf(call, call.lastFailure);
				call.lastFailure = failure;
				call.settled = worse(call.settled, failure.phase);
				if (call.controller.signal.aborted || !maySendAgain(call, failure))
					throw finalOf(call, failure);
				if (failure.status === 500) answered++;
				const outage =
					isOutage(failure) && !gate.closed && answered < ANSWERS_PER_ATTEMPT * maxAttempts;
				if (outage ? onOutage === 'failFast' : ++counted >= maxAttempts)
					throw finalOf(call, failure);
				const throttled = failure.kind === 'throttled';
				const price = outage ? 0 : budget.take(throttled);
				if (price === undefined) {
					if (onOutage === 'failFast') throw finalOf(call, failure);
					gate.open();
					counted--;
				}
				onRetry?.(call.about, failure);
				// The gate makes it wait.
				if (!price) continue;
				paid += price;
				const pauseMs = backoffMs(counted, {
					throttled,
					retryAfterMs: failure.retryAfterMs,
					random: random(),
				});
				await sleep(clock, pauseMs, call.controller.signal);
			}
		}
	};

function maySendAgain(call: Call<unknown>, failure: Failure): boolean {
	if (!isPassing(failure) || failure.code === 'CIRCUIT_OPEN') return false;
	if ((failure.retryAfterMs ?? 0) > LONGEST_RETRY_AFTER_MS) return false;
	const { repeatable, key } = call.about;
	return failure.phase !== 'maybeDone' || repeatable || key !== undefined;
}

/** An earlier attempt may have had the effect that the last one was refused. */
const finalOf = (call: Call<unknown>, failure: Failure) => failure.inPhase(call.settled);
