import type { Clock } from '../../../shared/ground/clock';
import { Recent } from '../../../shared/ground/recent';
import { toFailure } from '../../../shared/resilience/failure';
import { unlessCancelled } from '../unlessCancelled';
import type { Token } from './token';

/** Fetches a token; another one than the refused one. */
export type FetchToken = (refused?: Token) => Promise<Token>;

/** The access token as a client asks for it. */
export interface SignIn {
	current(signal: AbortSignal): Promise<Token>;
	/**
	 * The org does not accept this token any more.
	 * @returns whether there is another one now
	 */
	renew(refused: Token, signal: AbortSignal): Promise<boolean>;
}

// A token that is refused as soon as it has replaced another one: the next one would be as well.
const FRESH_MS = 60_000;

/** The access token of one credential: fetched once for all who need it, and again once it is refused. */
export class Tokens {
	private fetching: Promise<Token> | undefined;
	private renewedAt: number | undefined;

	constructor(
		private readonly clock: Clock,
		private token?: Token,
	) {}

	/**
	 * The token for one client.
	 * @param learn told of each token that it gets
	 */
	for(fetch: FetchToken, learn: (token: Token) => void): SignIn {
		let known: Token | undefined;
		return {
			current: async (signal) => {
				const token = this.token ?? (await unlessCancelled(signal, this.fetched(fetch)));
				if (token !== known) learn(token);
				known = token;
				return token;
			},
			renew: async (refused, signal) => {
				if (this.token !== refused) return true;
				const { renewedAt } = this;
				if (renewedAt !== undefined && this.clock.now() - renewedAt < FRESH_MS) return false;
				await unlessCancelled(signal, this.fetched(fetch, refused));
				return true;
			},
		};
	}

	private async fetched(fetch: FetchToken, refused?: Token): Promise<Token> {
		this.fetching ??= fetch(refused)
			.then((token) => {
				if (refused) this.renewedAt = this.clock.now();
				return (this.token = token);
			})
			// The request that needs the token has not been sent.
			.catch(async (error: unknown) => await Promise.reject(toFailure(error).inPhase('notSent')))
			.finally(() => (this.fetching = undefined));
		return await this.fetching;
	}
}

const MOST_CREDENTIALS = 1_000;
const shared = new Recent<Tokens>(MOST_CREDENTIALS);

/**
 * The tokens of a credential in this process, over all runs: Salesforce lets a user sign in 3,600
 * times an hour.
 * @param name of the credential and of all that decides on the token
 */
export const sharedTokens = (name: string, clock: Clock): Tokens =>
	shared.get(name, () => new Tokens(clock));
