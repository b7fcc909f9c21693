import type { SalesforceClient } from '../../transport/client';
import type { DeletedRow } from '../../transport/changes/binned';
import { fromTheBin } from '../../transport/changes/binned';
import { deletedSince, inOrder } from '../../transport/changes/deleted';
import type { ChangedRow, Glimpse, Place, Wanted } from '../../transport/changes/rows';
import { rowsAfter } from '../../transport/changes/rows';
import { coveredUntil } from '../../transport/changes/updated';
import type { Progress } from './progress';
import { edgeOf, isKnown } from './progress';
import type { Watch } from './watch';

/** What can be asked for what has happened to an object. */
interface Source<Found extends Place> {
	/** until when everything is visible */
	coveredUntil(): Promise<number>;
	/** in the order in which it happened */
	pages(after: Place, before?: number): AsyncGenerator<Found[]>;
}

/**
 * What has happened and was not passed on, in order; what was passed on may be among it. First what is
 * settled, so that it need not be remembered one by one; then what is newer and visible already.
 * @param edge what is newer is looked for from this time on; undefined: not at all
 */
async function* newsOf<Found extends Place>(
	progress: Progress,
	source: Source<Found>,
	edge: number | undefined,
): AsyncGenerator<Found[]> {
	const { from } = progress;
	progress.round ??= { until: await source.coveredUntil(), at: { time: from, id: '' } };
	const { until, at } = progress.round;
	if (until > from) yield* source.pages(at, until);
	if (edge !== undefined) yield* source.pages({ time: Math.max(until, edge), id: '' });
}

/** Records that were created or changed. Nothing newer is asked for than there was at a glimpse. */
export function changedRows(
	client: SalesforceClient,
	{ wanted, replicateable, overlapMs }: Watch,
	progress: Progress,
	{ now, any }: Glimpse,
): AsyncGenerator<ChangedRow[]> {
	const source: Source<ChangedRow> = {
		coveredUntil: async () =>
			replicateable
				? await coveredUntil(client, wanted.object, progress.from, now)
				: Math.max(progress.from, now - overlapMs),
		pages: (after, before) => rowsAfter(client, wanted, after, before),
	};
	return newsOf(progress, source, any ? edgeOf(progress) : undefined);
}

/**
 * Records that were deleted.
 * @param lost told since when deletions are known, where some that are older are not known any more
 */
export function deletedRows(
	client: SalesforceClient,
	{ wantedDeleted, replicateable, overlapMs }: Watch,
	progress: Progress,
	now: number,
	lost: (knownSince: number) => void,
): AsyncGenerator<DeletedRow[]> {
	if (replicateable)
		return newsOf(progress, deletionLog(client, wantedDeleted, progress, now, lost), 0);
	const wanted = { ...wantedDeleted, deleted: true };
	const source: Source<DeletedRow> = {
		coveredUntil: async () => await Promise.resolve(Math.max(progress.from, now - overlapMs)),
		pages: (after, before) => rowsAfter(client, wanted, after, before),
	};
	return newsOf(progress, source, edgeOf(progress));
}

/** All of the list is there at once: however late something becomes visible, it is found at once. */
function deletionLog(
	client: SalesforceClient,
	wanted: Wanted,
	progress: Progress,
	now: number,
	lost: (knownSince: number) => void,
): Source<DeletedRow> {
	let asked: ReturnType<typeof deletedSince> | undefined;
	const log = async () => await (asked ??= deletedSince(client, wanted.object, progress.from, now));
	return {
		coveredUntil: async () => {
			const { until, knownSince } = await log();
			if (knownSince !== undefined) lost(knownSince);
			return until;
		},
		pages: async function* (after, before = Infinity) {
			const { deletions } = await log();
			const fresh = deletions.filter(
				(one) => inOrder(one, after) > 0 && one.time < before && !isKnown(progress, one),
			);
			yield* fromTheBin(client, wanted, fresh);
		},
	};
}
