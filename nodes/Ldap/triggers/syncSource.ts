import { Failure } from '../../shared/resilience/failure';
import type { SearchAnswer } from '../transport/message';
import { Code } from '../transport/message';
import { SYNC_REFRESH_REQUIRED, syncInfoOf, syncRequest, syncStateOf } from '../transport/sync';
import type { SyncInfo } from '../transport/sync';
import { namesToAskFor } from './attributes';
import { comparison, containers } from './comparison';
import { idOf } from './entries';
import type { Listening, News, Source } from './news';
import { Wake, searchEnded } from './wake';

/** The server tells of every change (RFC 4533), and of those that were missed before that. */
export const syncSource: Source = async function* (listening) {
	try {
		yield* follow(listening);
	} catch (error) {
		const tooOld =
			error instanceof Failure &&
			(error.status === SYNC_REFRESH_REQUIRED ||
				// "consumer state is newer than provider!": the server was put back to an earlier state.
				error.status === Code.unwillingToPerform);
		if (!tooOld || listening.cursor === '') throw error;
		yield* follow({ ...listening, cursor: '' });
	}
};

async function* follow(listening: Listening): AsyncGenerator<News, void, undefined> {
	const { client, watched, cursor, signal } = listening;
	const { base, scope, filter } = watched;
	const cookie = cursor ? Buffer.from(cursor, 'base64') : undefined;
	const open = client.listen(
		{
			...{ base, scope, filter, attributes: namesToAskFor(watched, 'entryUUID') },
			controls: [syncRequest(cookie)],
		},
		signal,
	);
	yield { round: 'begin' };
	// Without a cookie all entries come, and what does not come is gone, however the phase is called.
	const all = cookie === undefined;
	let moves: Moves | undefined;
	try {
		for (let next = open.next(); ;) {
			if (moves && (await moves.comeBefore(next))) {
				yield* comparison(listening);
				continue;
			}
			const { done, value } = await next;
			if (done) throw searchEnded();
			for (const news of newsOf(value, all, all && moves === undefined)) {
				yield news;
				// What is there is known from here on.
				if (news.round) moves ??= new Moves(containerMoves(listening));
			}
			next = open.next();
		}
	} finally {
		// Who listens to it has given it up.
		void open.return({ controls: [] }).catch(() => {});
	}
}

/**
 * Hears of moves beside what the server tells. Not by Promise.race(): a promise that is pending for weeks
 * would keep something of each change that comes meanwhile.
 */
class Moves {
	private come = false;
	private failure: { error: unknown } | undefined;
	private wake: () => void = () => {};

	constructor(moves: AsyncIterable<void>) {
		void this.follow(moves);
	}

	/**
	 * Waits for either.
	 * @returns whether containers may have moved since it was asked last
	 * @throws what ended the search for moves
	 */
	async comeBefore(other: Promise<unknown>): Promise<boolean> {
		if (!this.come && !this.failure)
			await new Promise<void>((resolve) => {
				this.wake = resolve;
				const ended = () => resolve();
				other.then(ended, ended);
			});
		if (this.failure) throw this.failure.error;
		const { come } = this;
		this.come = false;
		return come;
	}

	private async follow(moves: AsyncIterable<void>): Promise<void> {
		try {
			for await (const _ of moves) {
				this.come = true;
				this.wake();
			}
		} catch (error) {
			this.failure = { error };
			this.wake();
		}
	}
}

/** Says that containers may have moved: of what is in them the server tells nothing. */
async function* containerMoves({
	client,
	watched: { base },
	intervalMs,
	signal,
}: Listening): AsyncGenerator<void, void, undefined> {
	const controls = [syncRequest()];
	const search = { base, scope: 'subtree' as const, filter: containers };
	const open = { ...search, attributes: ['entryUUID'], controls };
	const wake = Wake.bySearch(client, open, intervalMs, signal);
	let comparable = false;
	try {
		for (;;) {
			const answers = await wake.next();
			// Where the ID may not be read, or is another one, what is found would not be recognized.
			comparable ||= answers.some(hasItsId);
			if (comparable && answers.length > 0) yield;
		}
	} catch (error) {
		// Without this right, or below a limit of the server, the rest is heard all the same.
		if (!(error instanceof Failure) || error.phase !== 'rejected') throw error;
	}
}

const hasItsId = (answer: SearchAnswer): boolean =>
	answer.type === 'entry' && syncStateOf(answer.controls)?.id === idOf(answer.entry);

/** @param refreshing the server has not yet said that it has told all there is */
function* newsOf(answers: SearchAnswer[], all: boolean, refreshing: boolean): Generator<News> {
	// Entries that follow each other go together: one by one they would cost more than they hold.
	let group: News = {};
	for (const answer of answers) {
		const info = answer.type === 'entry' ? undefined : syncInfoOf(answer);
		// RFC 4533 section 3.4.1: a cookie is no end of what there is, and ApacheDS gives no other.
		if (refreshing && info?.type === 'cookie') throw notDone();
		const news = answer.type === 'entry' ? ofEntry(answer) : ofInfo(info, all);
		if (news.round) refreshing = false;
		if (!news.round && !news.gone && !news.present) {
			group.entries = [...(group.entries ?? []), ...(news.entries ?? [])];
			group.cursor = news.cursor ?? group.cursor;
			continue;
		}
		yield group;
		group = {};
		yield news;
	}
	yield group;
}

function ofEntry({ entry, controls }: SearchAnswer & { type: 'entry' }): News {
	const state = syncStateOf(controls);
	// RFC 4533 section 3.3: each entry says what became of it. Servers that only announce it (ApacheDS)
	// would leave the trigger waiting for ever.
	if (!state) throw notDone();
	const { id } = state;
	const cursor = textOf(state.cookie);
	if (state.state === 'delete') return { gone: [id], cursor };
	if (state.state === 'present') return { present: [id], cursor };
	return { entries: [{ id, entry }], cursor };
}

function ofInfo(info: SyncInfo | undefined, all: boolean): News {
	if (!info) return {};
	const cursor = textOf(info.cookie);
	if (info.type === 'cookie') return { cursor };
	if (info.type === 'ids') return { [info.deleted ? 'gone' : 'present']: info.ids, cursor };
	if (info.type === 'refreshPresent') return { round: 'end', cursor };
	return { round: !all ? 'cancel' : info.refreshDone ? 'end' : undefined, cursor };
}

const textOf = (cookie: Buffer | undefined) => cookie?.toString('base64');

const notDone = () =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NO_SYNC_STATE',
		message: 'The server announces content synchronization (RFC 4533), but does not do it',
		hint: 'Set "Mechanism" to Persistent Search or to Polling.',
	});
