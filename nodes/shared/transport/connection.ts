import type { ResilienceSettings } from '../resilience';
import type { Registry } from '../resilience/registry';
import type { EgressFilter } from './egress';

/** What a house is told to open its client with, beside the credential. */
export interface Connection extends Omit<ResilienceSettings, 'limits' | 'registry'> {
	/** identifies the credential: who shares connections, limits and circuit breaker */
	owner: string;
	signal: AbortSignal;
	egress?: EgressFilter;
	registry?: Registry;
	/** told of secrets that come up later: the keys of a role */
	learn?(secrets: Iterable<string | undefined>): void;
}
