import { backoffMs } from '../../../nodes/shared/ground/backoff';
import { seeded } from '../virtualClock';

const sample = (attempt: number, throttled: boolean, count = 2_000) => {
	const random = seeded(attempt + (throttled ? 100 : 0));
	return Array.from({ length: count }, () => backoffMs(attempt, { throttled, random: random() }));
};

// The ceilings of AWS' full jitter: base x 2^(attempt - 1), at most 20 s.
test.each([
	[1, false, 50],
	[2, false, 100],
	[5, false, 800],
	[9, false, 12_800],
	[10, false, 20_000],
	[1, true, 1_000],
	[3, true, 4_000],
	[5, true, 16_000],
	[6, true, 20_000],
	[5_000, true, 20_000],
])('attempt %i, throttled %s: anywhere between 0 and %i ms', (attempt, throttled, ceilingMs) => {
	const pauses = sample(attempt, throttled);
	const mean = pauses.reduce((sum, pause) => sum + pause, 0) / pauses.length;
	expect(Math.min(...pauses)).toBeGreaterThanOrEqual(0);
	expect(Math.min(...pauses)).toBeLessThan(ceilingMs * 0.02);
	expect(Math.max(...pauses)).toBeLessThan(ceilingMs);
	expect(Math.max(...pauses)).toBeGreaterThan(ceilingMs * 0.98);
	expect(Math.abs(mean - ceilingMs / 2)).toBeLessThan(ceilingMs * 0.03);
});

test.each([
	[3_000, 0, 3_000],
	[3_000, 0.999, 3_000],
	[300_000, 0.5, 300_000],
	[0, 0.5, 500],
	[100, 0.9, 900],
])('Retry-After of %i ms is a floor (random %d): %i ms', (retryAfterMs, random, pauseMs) => {
	expect(backoffMs(1, { throttled: true, retryAfterMs, random })).toBe(pauseMs);
});
