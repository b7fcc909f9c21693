import { MINUTE_MS } from '../../transport/changes/time';
import type { Place } from '../../transport/changes/rows';
import { shortId } from '../../transport/changes/rows';

/** How far a trigger has come with changes, or with deletions. */
export interface Progress {
	/** all that happened before has been passed on; by the clock of the org, ms since 1970 */
	from: number;
	/** the latest time of what was passed on */
	seen: number;
	/** what happened since `from` and was passed on: id (15 characters) -> when */
	recent: Map<string, number>;
	/** what is being passed on */
	round?: Round;
}

export interface Round {
	/** nothing that happened before this becomes visible any more */
	until: number;
	/** of what happened before `until`, this was passed on last, in the order of who was asked */
	at: Place;
}

// Records become visible when their transaction ends, most of them soon. Where the org waits for a
// long one, these few minutes are looked at again at once, and the rest when it has ended.
const OFTEN_LATE_MS = 2 * MINUTE_MS;

export const progressFrom = (from: number): Progress => ({ from, seen: from, recent: new Map() });

/** Whether exactly this is remembered to have been passed on. */
export const isKnown = ({ recent }: Progress, { id, time }: Place): boolean =>
	recent.get(shortId(id)) === time;

/** Of when it was what was passed on of this id last, since `from`. */
export const lastHeardOf = ({ recent }: Progress, id: string): number | undefined =>
	recent.get(shortId(id));

/** From where to look again for what is visible already. */
export const edgeOf = ({ from, seen }: Progress): number => Math.max(from, seen - OFTEN_LATE_MS);

/**
 * Takes down what is passed on.
 * @param created when the record was made: one that is new is kept until the round has ended, since it
 * may be changed meanwhile, and must not be new again then
 */
export function passOn(progress: Progress, { id, time }: Place, created?: number): void {
	const { round, recent, from } = progress;
	const isSettled = round !== undefined && time < round.until;
	if (isSettled) round.at = { time, id };
	if (!isSettled || (created !== undefined && created >= from)) recent.set(shortId(id), time);
	progress.seen = Math.max(progress.seen, time);
}

/** All of the round has been passed on. What happened before its end need not be kept any more. */
export function endRound(progress: Progress): void {
	const { round, recent } = progress;
	if (!round) return;
	progress.from = round.until;
	progress.seen = Math.max(progress.seen, round.until);
	for (const [id, time] of recent) if (time < round.until) recent.delete(id);
	progress.round = undefined;
}
