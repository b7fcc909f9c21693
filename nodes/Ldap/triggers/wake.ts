import { sleep, systemClock } from '../../shared/ground/clock';
import { Failure } from '../../shared/resilience/failure';
import type { LdapClient, Listening } from '../transport/client';
import type { SearchAnswer } from '../transport/message';
import type { Search } from '../transport/search';

// What changes in so short a time is found together, and in a directory that changes all the time
// longer and longer.
const SHORTEST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1_000;
// Nothing says when the server has begun to listen: what happened while it did not is looked for.
const FIRST_LOOK_MS = 1_000;
// More is forgotten, and looked for as if nothing had been told.
const MOST_TOLD = 10_000;

/** Says when to look again: when the server has told of something, and now and then anyway. */
export class Wake {
	private answers: SearchAnswer[] = [];
	private told = 0;
	private failure: Error | undefined;
	private wakeUp: () => void = () => {};
	private intervalMs = FIRST_LOOK_MS;
	private pauseMs = SHORTEST_PAUSE_MS;

	private constructor(
		private readonly longestMs: number,
		private readonly signal: AbortSignal,
	) {}

	/** By the clock only. */
	static byClock(longestMs: number, signal: AbortSignal): Wake {
		const wake = new Wake(longestMs, signal);
		wake.intervalMs = longestMs;
		return wake;
	}

	/** By a search that stays open. */
	static bySearch(
		client: LdapClient,
		search: Search,
		longestMs: number,
		signal: AbortSignal,
	): Wake {
		const wake = new Wake(longestMs, signal);
		void wake.follow(client.listen(search, signal));
		return wake;
	}

	/**
	 * Waits until it is time to look.
	 * @returns what the server has told since; nothing where only time has passed, or where it was too
	 * much to be kept
	 * @throws what ended the search that was open
	 */
	async next(): Promise<SearchAnswer[]> {
		const busy = this.told > 0;
		this.pauseMs = busy ? Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS) : SHORTEST_PAUSE_MS;
		if (busy) await sleep(systemClock, this.pauseMs, this.signal);
		else if (!this.failure) await this.somethingOr(this.intervalMs);
		this.signal.throwIfAborted();
		if (this.failure) throw this.failure;
		this.intervalMs = this.longestMs;
		const answers = this.answers.splice(0);
		const all = this.told <= MOST_TOLD;
		this.told = 0;
		return all ? answers : [];
	}

	private async follow(open: Listening): Promise<void> {
		try {
			for await (const answers of open) {
				this.told += answers.length;
				if (this.told <= MOST_TOLD) this.answers.push(...answers);
				this.wakeUp();
			}
			this.failure = searchEnded();
		} catch (error) {
			this.failure = error instanceof Error ? error : new Error(String(error));
		}
		this.wakeUp();
	}

	private async somethingOr(ms: number): Promise<void> {
		const either = new AbortController();
		this.wakeUp = () => either.abort();
		const signal = AbortSignal.any([this.signal, either.signal]);
		await sleep(systemClock, ms, signal).catch(() => {});
		this.wakeUp = () => {};
	}
}

/** A search that was to last for ever. */
export const searchEnded = (): Failure =>
	new Failure({
		kind: 'unavailable',
		phase: 'rejected',
		code: 'SEARCH_ENDED',
		message: 'The server has ended the search that was to tell of changes',
	});
