import { retryAfterMs } from '../../../nodes/shared/ground/retryAfter';

// The instant that RFC 9110 section 5.6.7 writes in all three forms.
const at = Date.UTC(1994, 10, 6, 8, 49, 37);

test.each([
	['0', 0],
	['1', 1_000],
	['120', 120_000],
	[' 7 ', 7_000],
	['1.5', 1_500],
	['0.0001', 1],
	['007', 7_000],
	[30, 30_000],
	[0.25, 250],
])('delay-seconds %j: %i ms', (header, ms) => {
	expect(retryAfterMs(header, at)).toBe(ms);
});

describe.each([
	['IMF-fixdate', 'Sun, 06 Nov 1994 08:49:37 GMT'],
	['RFC 850', 'Sunday, 06-Nov-94 08:49:37 GMT'],
	['asctime', 'Sun Nov  6 08:49:37 1994'],
])('HTTP date, %s', (_form, header) => {
	test('in the future: the time until then', () => {
		expect(retryAfterMs(header, at - 90_000)).toBe(90_000);
	});
	test('in the past, or now: at once', () => {
		expect(retryAfterMs(header, at + 1)).toBe(0);
		expect(retryAfterMs(header, at)).toBe(0);
	});
	test('decades away: not capped', () => {
		expect(retryAfterMs(header, 0)).toBe(at);
	});
});

test.each([
	undefined,
	null,
	'',
	'   ',
	'soon',
	'tomorrow 5',
	'-5',
	'+5',
	'1e3',
	'0x10',
	'5s',
	'5, 10',
	'.5',
	'5.',
	'NaN',
	'Infinity',
	'1994-11-06T08:49:37Z',
	'Sun, 06 Nov 1994 08:49:37 PST',
	'Sun, 99 Nov 1994 08:49:37 GMT',
	'Xyz, 06 Foo 1994 08:49:37 GMT',
	'08:49:37 GMT',
	-5,
	Number.NaN,
])('%j asks for nothing', (header) => {
	expect(retryAfterMs(header, at)).toBeUndefined();
});

test('a number too large to count in milliseconds is still a very long time', () => {
	expect(retryAfterMs('9'.repeat(20), at)).toBe(Number.MAX_SAFE_INTEGER);
	expect(retryAfterMs('9'.repeat(400), at)).toBe(Number.MAX_SAFE_INTEGER);
});

test('a hostile header does not stop the process', () => {
	const started = performance.now();
	retryAfterMs(`Sun, ${'0:'.repeat(8_000)}`, at);
	retryAfterMs(`Sun, ${'00:00:00 '.repeat(2_000)}`, at);
	expect(performance.now() - started).toBeLessThan(100);
});
