import { Recent } from '../../shared/ground/recent';
import type { Location } from './address';
import { addressOf } from './address';
import type { ErrorAnswer } from './failure';

/** What a request was signed for. */
export interface Place {
	region: string;
	/** how much the server's clock is ahead of this one's, in ms */
	skewMs: number;
}

/** Which place a request is about. */
export interface Destination {
	/** none: the service as a whole */
	bucket?: string;
	/** of a bucket that is being made, so that what was learned of the name does not hold */
	region?: string;
}

// Servers take up to 15 minutes, so this is far from where it matters.
const SAME_TIME_MS = 60_000;

const MOST_BUCKETS = 10_000;
const MOST_REGIONS = 100;
const THE_SERVICE = '';

/** Where the buckets are and what time it is there, as learned from the server. */
export class Whereabouts {
	private skewMs = 0;
	private readonly regions = new Recent<string>(MOST_BUCKETS);
	private readonly addresses = new Recent<ReturnType<typeof addressOf>>(MOST_REGIONS);

	constructor(private readonly location: Location) {}

	placeOf(destination: Destination): Place {
		const name = this.nameOf(destination);
		const region = name === undefined ? destination.region : this.regions.peek(name);
		return { region: region ?? this.location.region, skewMs: this.skewMs };
	}

	address(region: string): ReturnType<typeof addressOf> {
		return this.addresses.get(region, () => addressOf({ ...this.location, region }));
	}

	/**
	 * Whether the answer teaches something that makes the same request succeed. Only a region is
	 * learned, never a host: where a region is, the credential says.
	 * @param used what the request was signed for: meanwhile another one may have learned the same
	 */
	learn(
		destination: Destination,
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
		const name = this.nameOf(destination);
		const there = region === 'EU' ? 'eu-west-1' : region;
		if (name === undefined || !there || there === used.region) return false;
		if (!/^[a-z0-9-]+$/i.test(there)) return false;
		if (!WRONG_REGION.has(code) && !code.startsWith('HTTP 30')) return false;
		this.regions.set(name, there);
		return true;
	}

	/** The bucket was made there, wherever one of its name was before. */
	made(bucket: string, region: string): void {
		this.regions.set(bucket, region);
	}

	/** `undefined`: the place is given, there is nothing to learn. */
	private nameOf({ bucket, region }: Destination): string | undefined {
		if (region === undefined) return bucket ?? THE_SERVICE;
		return region === this.location.region ? THE_SERVICE : undefined;
	}
}

const MOST_SERVERS = 500;
const servers = new Recent<Whereabouts>(MOST_SERVERS);

/**
 * What this process knows of a server, over all runs.
 * @param name of the credential and of all that makes the location
 */
export const sharedWhereabouts = (name: string, location: Location): Whereabouts =>
	servers.get(name, () => new Whereabouts(location));

// HEAD: there is no body to name the error.
const WRONG_TIME = new Set(['RequestTimeTooSkewed', 'HTTP 403']);

const WRONG_REGION = new Set([
	'AuthorizationHeaderMalformed',
	'IllegalLocationConstraintException',
	'PermanentRedirect',
	'Redirect',
	'TemporaryRedirect',
	'HTTP 400', // HEAD: the region comes in a header
]);
