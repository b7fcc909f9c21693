import { Failure } from '../../shared/resilience/failure';
import type { AnswerStream } from './answerStream';
import type { Calls } from './calls';
import { ofConnection } from './calls';
import { cookieOf, isPaged, isSorted, pagedResults, sortRequest } from './controls';
import type { Entry } from './entry';
import type { Doing } from './failure';
import { codeOf } from './failure';
import type { Result, SearchAnswer } from './message';
import { Code } from './message';
import type { Lease } from './pool';
import { searchRequest } from './requests';
import type { Control, Search, SearchEnd } from './search';
import { SeenNames } from './seenNames';

// A search without an index may take long before the first entry comes.
const IDLE_MS = 300_000;

// Limits of the server: what came before is a result nevertheless (RFC 4511 appendix A.2).
const LIMITS = new Set<number>([
	Code.timeLimitExceeded,
	Code.sizeLimitExceeded,
	Code.adminLimitExceeded,
]);

// RFC 2891 section 1.2; 389 Directory Server is unwilling to sort what it has no index for.
const UNSORTED = new Set<number>([
	Code.noSuchAttribute,
	Code.unavailableCriticalExtension,
	Code.inappropriateMatching,
	Code.unwillingToPerform,
]);
const SORT =
	'The server does not sort this. Filter by an attribute that it has an index for, or leave "Sort By" out and use the Sort node.';

/** How a search ended, or that another server is to be asked. */
export type RunEnd = SearchEnd & { elsewhere?: Result };

/** What is read from one connection now. */
interface Reading {
	lease: Lease;
	stream: AnswerStream;
}

/**
 * One search over all of its pages, and over all connections it needs: after a lost one it starts
 * again and leaves out what was given.
 */
export class SearchRun {
	private readonly seen = new SeenNames();
	private readonly referrals = new Set<string>();
	private readonly without: string | undefined;
	private given = 0;
	private rounds = 0;
	private reading: Reading | undefined;
	private cookie: Buffer = NO_COOKIE;
	private end: RunEnd | undefined;
	/** the limit is reached, but nobody knows yet whether these are the first ones */
	private limited: SearchEnd | undefined;
	private sorted: boolean;
	/** entries that the server was asked for with this page, and that have come */
	private page = { size: 0, come: 0 };

	/** @param pageSize 0: in one go */
	constructor(
		private readonly calls: Calls,
		private readonly search: Search,
		private pageSize: number,
	) {
		this.without = search.without?.toLowerCase();
		this.sorted = search.sorts ?? false;
	}

	/** The next entries, or how the search ended. After a failure it can be asked again. */
	async next(signal: AbortSignal): Promise<Entry[] | RunEnd> {
		while (!this.end) {
			this.reading ??= await this.begin(signal);
			try {
				const answers = await this.reading.stream.next(signal, this.idleMs);
				if (!Array.isArray(answers)) this.pageEnded(this.reading, answers);
				else {
					const entries = this.within(this.fresh(answers));
					this.askAhead(this.reading);
					if (entries.length > 0) return entries;
				}
			} catch (error) {
				const named = ofConnection(error, this.reading.lease.connection, this.what);
				this.stop();
				throw named;
			}
		}
		this.stop();
		return this.end;
	}

	/** Gives back the connection; the server is told when it is still searching. */
	stop(): void {
		this.reading?.stream.stop();
		this.reading?.lease.release();
		this.reading = undefined;
		this.cookie = NO_COOKIE;
	}

	/** The server may be silent for as long as it was told to search. */
	private get idleMs(): number {
		return Math.max(IDLE_MS, 2_000 * (this.search.timeLimit ?? 0));
	}

	private get isToSort(): boolean {
		return Boolean(this.search.sort?.length);
	}

	private get what(): Doing {
		return { doing: DOING, dn: this.search.base };
	}

	private async begin(signal: AbortSignal): Promise<Reading> {
		const lease = await this.calls.lease(this.search.scope !== 'base', signal, this.what);
		this.rounds++;
		return { lease, stream: this.ask(lease) };
	}

	private ask({ connection }: Lease): AnswerStream {
		const { search, pageSize } = this;
		// One more than is asked for tells whether there is more; one that is left out counts as well.
		const more = search.without === undefined ? 1 : 2;
		const wanted = search.sizeLimit ? search.sizeLimit + more : 0;
		const controls: Control[] = [...(search.controls ?? [])];
		if (search.sort && this.isToSort) controls.push(sortRequest(search.sort));
		if (pageSize > 0) {
			const size = wanted ? Math.min(pageSize, wanted) : pageSize;
			this.page = { size, come: 0 };
			controls.push(pagedResults(size, this.cookie));
		}
		return connection.search(searchRequest(search, pageSize > 0 ? 0 : wanted), controls);
	}

	/** The server works on the next page while this one is worked on. */
	private askAhead(reading: Reading): void {
		const { ended } = reading.stream;
		if (this.end || this.limited || ended?.code !== 0 || this.pageSize === 0) return;
		const cookie = cookieOf(ended.controls);
		if (cookie.length === 0) return;
		this.cookie = cookie;
		this.sorted ||= isSorted(ended.controls);
		reading.stream = this.ask(reading.lease);
	}

	private pageEnded(reading: Reading, result: Result): void {
		this.sorted ||= isSorted(result.controls);
		if (this.limited) {
			if (!this.sorted) throw unsorted();
			this.end = this.limited;
		} else if (LIMITS.has(result.code) && this.given > 0) {
			const message = this.calls.failureOf(result, DOING, this.search.base).message;
			this.end = this.ended({ code: codeOf(result.code), message });
		} else if (result.code === Code.referral) {
			this.end = { ...this.ended(), elsewhere: result };
		} else if (this.refusesPages(result) || this.losesPages(result)) {
			// What comes again is left out, as after a lost connection.
			if (this.given > 0) this.rounds++;
			this.pageSize = 0;
			reading.stream = this.ask(reading.lease);
		} else if (result.code !== 0) {
			const failure = this.calls.failureOf(result, DOING, this.search.base);
			throw this.isToSort && UNSORTED.has(result.code) ? failure.withHint(SORT) : failure;
		} else {
			this.cookie = this.pageSize > 0 ? cookieOf(result.controls) : NO_COOKIE;
			if (this.cookie.length > 0) reading.stream = this.ask(reading.lease);
			else if (this.isToSort && !this.sorted && this.given > 1) throw unsorted();
			else this.end = this.ended();
		}
	}

	/** Some servers announce pages that this user may not ask for; nobody has asked for them by name. */
	private refusesPages({ code }: Result): boolean {
		const onlyPages = this.pageSize > 0 && !this.isToSort && !this.search.controls?.length;
		return code === Code.unavailableCriticalExtension && onlyPages && this.given === 0;
	}

	/** A full page without a word of the next one: of entries without attributes ApacheDS gives the first only. */
	private losesPages({ code, controls }: Result): boolean {
		const { size, come } = this.page;
		return code === Code.success && this.pageSize > 0 && come === size && !isPaged(controls);
	}

	/** Entries that were not given before; what else came is kept. */
	private fresh(answers: SearchAnswer[]): Entry[] {
		const entries: Entry[] = [];
		for (const answer of answers) {
			if (answer.type === 'reference') for (const url of answer.urls) this.referrals.add(url);
			if (answer.type !== 'entry') continue;
			this.page.come++;
			const name = answer.entry.dn.toLowerCase();
			if (name === this.without) continue;
			const isNew = this.seen.add(name);
			// Within one round nothing is left out: with aliases an entry may come twice.
			if (isNew || this.rounds === 1) entries.push(answer.entry);
		}
		return entries;
	}

	/** As many as are still wanted. */
	private within(entries: Entry[]): Entry[] {
		const { sizeLimit = 0 } = this.search;
		const left = sizeLimit > 0 ? sizeLimit - this.given : entries.length;
		if (entries.length > left) {
			const message = `There are more than ${sizeLimit} entries`;
			this.limited = this.ended({ code: 'LIMIT_REACHED', message });
			if (!this.isToSort) this.end = this.limited;
		}
		const given = entries.slice(0, left);
		this.given += given.length;
		return given;
	}

	private ended(truncated?: SearchEnd['truncated']): SearchEnd {
		return { ...(truncated && { truncated }), referrals: [...this.referrals] };
	}
}

/** RFC 2891 section 1: only a server that answers the control has heeded it. */
const unsorted = () =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NOT_SORTED',
		message: 'The server gives the entries in an order of its own: it does not sort (RFC 2891)',
		hint: 'Leave "Sort By" out and use the Sort node.',
	});

const DOING = 'Search';
const NO_COOKIE = Buffer.alloc(0);
