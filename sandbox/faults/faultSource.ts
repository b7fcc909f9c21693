/**
 * What the proxy does to one request. "Effect" is what the server behind it does.
 * pass             nothing
 * throttle         429 without Retry-After, no effect
 * throttleSeconds  429 with Retry-After in seconds, no effect
 * throttleDate     429 with Retry-After as an HTTP date, no effect
 * unavailable      503, no effect
 * error            500, no effect
 * resetBefore      the connection is reset, no effect
 * resetAfter       the connection is reset once the server has answered: effect, answer lost
 * latency          as usual, but later
 * drip             effect; the answer comes byte by byte from its first byte
 * dripBody         effect; headers at once, the body byte by byte
 * halfOpen         the request is taken and never answered, no effect
 * truncate         effect; the connection ends in the middle of the answer
 * duplicate        the request is delivered twice: two effects, unless the server prevents it
 */
export type FaultKind =
	| 'pass'
	| 'throttle'
	| 'throttleSeconds'
	| 'throttleDate'
	| 'unavailable'
	| 'error'
	| 'resetBefore'
	| 'resetAfter'
	| 'latency'
	| 'drip'
	| 'dripBody'
	| 'halfOpen'
	| 'truncate'
	| 'duplicate';

/** What a fault source may look at. */
export interface FaultSubject {
	/** from 0, in the order of arrival */
	number: number;
	method: string;
	/** the request target byte for byte */
	path: string;
}

/** Decides over one request. */
export type FaultSource = (request: FaultSubject) => FaultKind;

/** Numbers in [0, 1), the same ones for the same seed. (mulberry32, public domain, Tommy Ettinger) */
export function seededRandom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/**
 * Faults at random: the request that arrives as the n-th always gets the n-th decision of the seed.
 * @param rates share of the requests per kind, together at most 1; the others pass
 */
export function randomFaults(
	seed: number,
	rates: Readonly<Partial<Record<FaultKind, number>>>,
): FaultSource {
	const shares = Object.entries(rates) as Array<[FaultKind, number]>;
	const total = shares.reduce((sum, [, rate]) => sum + rate, 0);
	if (total > 1 + 1e-9) throw new RangeError(`The fault rates add up to ${total}`);
	const random = seededRandom(seed);
	return () => {
		let draw = random();
		for (const [kind, rate] of shares) {
			if (draw < rate) return kind;
			draw -= rate;
		}
		return 'pass';
	};
}
