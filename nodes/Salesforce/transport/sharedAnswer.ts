import { sleep } from '../../shared/ground/clock';
import type { Failure } from '../../shared/resilience/failure';
import { toFailure } from '../../shared/resilience/failure';
import type { SalesforceClient, SalesforceRequest } from './client';

/** Of what the server says seldom changes. */
interface Kept<Value> {
	value: Value;
	/** the server's own time of the last change */
	modified?: string;
	readAt: number;
	checkedAt: number;
}

interface Flight<Value> {
	client: SalesforceClient;
	answer: Promise<Value>;
}

export interface Freshness {
	/** how old an answer may be without asking whether it has changed, in ms */
	freshMs: number;
	/** how old it may be if the server says that it has not changed, in ms */
	wholeMs: number;
}

/** Who waits for the request of another run longer than this asks himself. */
const PATIENCE_MS = 5_000;

/**
 * What all runs of one credential know of an org: asked for by one of them, and only when it has
 * changed since.
 */
export class SharedAnswer<Value> {
	private kept?: Kept<Value>;
	private flight?: Flight<Value>;

	/** @param freshness how long it is believed */
	async get(
		client: SalesforceClient,
		request: SalesforceRequest,
		read: (json: unknown) => Value,
		freshness: Freshness,
	): Promise<Value> {
		for (;;) {
			if (this.kept && client.clock.now() - this.kept.checkedAt < freshness.freshMs)
				return this.kept.value;
			const flight = this.flight ?? this.start(client, request, read, freshness);
			if (flight.client === client) return await flight.answer;
			const answer = await answerOf(flight, client);
			if (answer && !('failure' in answer)) return answer.value;
			if (answer && isForAll(answer.failure)) throw answer.failure;
			// The other run was cancelled, or had less time.
			if (this.flight === flight) this.flight = undefined;
		}
	}

	private start(
		client: SalesforceClient,
		request: SalesforceRequest,
		read: (json: unknown) => Value,
		{ wholeMs }: Freshness,
	): Flight<Value> {
		const flight = { client, answer: this.ask(client, request, read, wholeMs) };
		this.flight = flight;
		const landed = () => {
			if (this.flight === flight) this.flight = undefined;
		};
		flight.answer.then(landed, landed);
		return flight;
	}

	private async ask(
		client: SalesforceClient,
		request: SalesforceRequest,
		read: (json: unknown) => Value,
		wholeMs: number,
	): Promise<Value> {
		const before = this.kept;
		const now = client.clock.now();
		const since = before && now - before.readAt < wholeMs ? before.modified : undefined;
		return await client.call(
			{
				...request,
				accept: [304],
				...(since !== undefined && { headers: { 'if-modified-since': since } }),
			},
			({ status, headers, json }) => {
				const checkedAt = client.clock.now();
				if (status === 304 && before) {
					this.kept = { ...before, checkedAt };
					return before.value;
				}
				// The time of the answer itself is as good: nothing in it is newer.
				const modified = headers['last-modified'] ?? headers.date;
				const value = read(json);
				this.kept = { value, modified, readAt: checkedAt, checkedAt };
				return value;
			},
		);
	}
}

/** What became of the request of another run; undefined where that takes too long. */
async function answerOf<Value>(
	{ answer }: Flight<Value>,
	{ clock, signal }: SalesforceClient,
): Promise<{ value: Value } | { failure: Failure } | undefined> {
	const done = new AbortController();
	const landed = answer.then(
		(value) => ({ value }),
		(error) => ({ failure: toFailure(error) }),
	);
	const waited = sleep(clock, PATIENCE_MS, AbortSignal.any([signal, done.signal])).then(
		() => undefined,
		() => undefined,
	);
	try {
		return await Promise.race([landed, waited]);
	} finally {
		done.abort();
	}
}

/** Asking again would give the same. */
const isForAll = ({ kind }: Failure): boolean => kind === 'invalid' || kind === 'auth';
