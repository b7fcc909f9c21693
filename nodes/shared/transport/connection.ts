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
	renewToken?: RenewToken;
}

/**
 * Has the host fetch another OAuth2 access token, where it has none beside the refused one.
 * @param harmless URL of a request that changes nothing and is answered with 401 to a token that has
 * expired: hosts without a function of their own fetch a token only when they send something
 * @returns the token data of the credential
 */
export type RenewToken = (refused: string | undefined, harmless: string) => Promise<unknown>;
