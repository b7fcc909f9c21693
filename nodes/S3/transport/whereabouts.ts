import type { Location } from './address';
import { addressOf } from './address';
import type { ErrorAnswer } from './failure';

/** What a request was signed for. */
export interface Place {
	region: string;
	/** how much the server's clock is ahead of this one's, in ms */
	skewMs: number;
}

// Servers take up to 15 minutes, so this is far from where it matters.
const SAME_TIME_MS = 60_000;

/** Where the buckets are and what time it is there, as learned from the server. */
export class Whereabouts {
	private skewMs = 0;
	private readonly regions = new Map<string, string>();
	private readonly addresses = new Map<string, ReturnType<typeof addressOf>>();

	constructor(private readonly options: Location) {}

	placeOf(bucket: string | undefined): Place {
		const region = bucket === undefined ? undefined : this.regions.get(bucket);
		return { region: region ?? this.options.region, skewMs: this.skewMs };
	}

	address(region: string): ReturnType<typeof addressOf> {
		let address = this.addresses.get(region);
		if (!address) {
			address = addressOf({ ...this.options, region });
			this.addresses.set(region, address);
		}
		return address;
	}

	/**
	 * Whether the answer teaches something that makes the same request succeed.
	 * @param used what the request was signed for: meanwhile another one may have learned the same
	 */
	learn(
		bucket: string | undefined,
		{ code, region }: ErrorAnswer,
		headers: Record<string, string>,
		used: Place,
		nowMs: number,
	): boolean {
		if (WRONG_TIME.has(code)) {
			const skewMs = Date.parse(headers.date ?? '') - nowMs;
			if (Number.isNaN(skewMs) || Math.abs(skewMs - used.skewMs) < SAME_TIME_MS) return false;
			this.skewMs = skewMs;
			return true;
		}
		if (bucket === undefined || !region || region === used.region) return false;
		if (!WRONG_REGION.has(code) && !code.startsWith('HTTP 30')) return false;
		this.regions.set(bucket, region);
		return true;
	}
}

// HEAD: there is no body to name the error.
const WRONG_TIME = new Set(['RequestTimeTooSkewed', 'HTTP 403']);

const WRONG_REGION = new Set([
	'AuthorizationHeaderMalformed',
	'IllegalLocationConstraintException',
	'PermanentRedirect',
	'TemporaryRedirect',
	'HTTP 400', // HEAD: the region comes in a header
]);
