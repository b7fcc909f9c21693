// Prices of the AWS SDK retry behaviour 2.1: an outage exhausts it after 35 retries. A call that
// succeeds gets back all it paid, so random faults cost only what the calls paid that failed in the
// end: with 5 attempts and fault rate p the drift per call is (1 - p) - 56 p^5, positive up to 40 %.
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

	/** A success: gives back what its retries paid, or a little when it needed none. */
	give(paid: number): void {
		this.tokens = Math.min(CAPACITY, this.tokens + (paid || GAIN_PER_FIRST_TRY_SUCCESS));
	}

	get left(): number {
		return this.tokens;
	}
}
