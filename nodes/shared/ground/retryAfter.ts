const SECONDS = /^\d+(\.\d+)?$/;

// RFC 9110 section 5.6.7: IMF-fixdate, and the two obsolete forms a recipient must still accept.
// Date.parse alone would take "12" or "tomorrow 5" for dates.
const HTTP_DATE = /^[A-Z][a-z]{2,8},? .*\d{2}:\d{2}:\d{2}( GMT| \d{4})$/;

/**
 * How long a `Retry-After` header asks to wait, in ms: delay-seconds or an HTTP date
 * (RFC 9110 section 10.2.3). A date in the past means 0. `undefined` for a header that is absent
 * or is neither form. The value is not capped: the caller decides what is too far away.
 *
 * @param header the header's value as received
 * @param nowMs the current time, in ms since 1970
 */
export function retryAfterMs(
	header: string | number | undefined | null,
	nowMs: number,
): number | undefined {
	const value = String(header ?? '').trim();
	if (SECONDS.test(value)) {
		const ms = Math.ceil(Number(value) * 1_000);
		return Number.isSafeInteger(ms) ? ms : Number.MAX_SAFE_INTEGER;
	}
	if (!HTTP_DATE.test(value)) return undefined;
	// asctime-date ("Sun Nov  6 08:49:37 1994") names no zone; HTTP dates are always GMT.
	const at = Date.parse(value.endsWith('GMT') ? value : `${value} GMT`);
	return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
