/** First pause after a transient failure, in ms. (AWS SDK retry behaviour 2.1) */
export const TRANSIENT_BASE_MS = 50;

/** First pause after the system said "too many requests", in ms. (AWS SDK retry behaviour 2.1) */
export const THROTTLED_BASE_MS = 1_000;

/** No computed pause is longer than this, in ms; only Retry-After may ask for more. */
export const CAP_MS = 20_000;

/**
 * Pause before the next attempt, in ms: exponential with full jitter, because equal pauses make all
 * clients come back in the same instant.
 * Source: AWS Architecture Blog, "Exponential Backoff And Jitter".
 *
 * @param attempt number of attempts made so far, 1 or more
 * @param random a number in [0, 1)
 * @param retryAfterMs what the system asked for: a floor, never shortened
 */
export function backoffMs(
	attempt: number,
	{
		throttled,
		retryAfterMs = 0,
		random,
	}: { throttled: boolean; retryAfterMs?: number; random: number },
): number {
	const base = throttled ? THROTTLED_BASE_MS : TRANSIENT_BASE_MS;
	const ceiling = Math.min(CAP_MS, base * 2 ** Math.min(attempt - 1, 30));
	return Math.max(retryAfterMs, random * ceiling);
}
