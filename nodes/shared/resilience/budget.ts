// AWS SDK retry behaviour 2.1. The drift per call at fault rate p is (1 - p) - 14 p^2: positive up
// to about 23 % random faults, so those never exhaust it, while an outage does after 35 retries.
const CAPACITY = 500;
const COST_TRANSIENT = 14;
const COST_THROTTLED = 5;
const GAIN_PER_FIRST_TRY_SUCCESS = 1;

/** Token bucket shared by all calls of a scope, so that retries cannot multiply an outage. */
export class Budget {
	private tokens = CAPACITY;

	/** Takes the price of one retry; `undefined` when there is not enough left. */
	take(throttled: boolean): number | undefined {
		const price = throttled ? COST_THROTTLED : COST_TRANSIENT;
		if (this.tokens < price) return undefined;
		this.tokens -= price;
		return price;
	}

	/** A success: gives back what its last retry paid, or a little when it needed none. */
	give(paid: number): void {
		this.tokens = Math.min(CAPACITY, this.tokens + (paid || GAIN_PER_FIRST_TRY_SUCCESS));
	}

	get left(): number {
		return this.tokens;
	}
}
