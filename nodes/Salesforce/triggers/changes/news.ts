import type { SalesforceClient } from '../../transport/client';
import type { DeletedRow } from '../../transport/changes/binned';
import { fromTheBin } from '../../transport/changes/binned';
import { deletedSince } from '../../transport/changes/deleted';
import type { ChangedRow, Place, Wanted } from '../../transport/changes/rows';
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
 */
async function* newsOf<Found extends Place>(
	progress: Progress,
	source: Source<Found>,
): AsyncGenerator<Found[]> {
	const { from } = progress;
	progress.round ??= { until: await source.coveredUntil(), at: { time: from, id: '' } };
	const { until, at } = progress.round;
	if (until > from) yield* source.pages(at, until);
	yield* source.pages({ time: Math.max(until, edgeOf(progress)), id: '' });
}

/** Records that were created or changed. */
export const changedRows = (
	client: SalesforceClient,
	{ wanted, replicateable, overlapMs }: Watch,
	progress: Progress,
	now: number,
): AsyncGenerator<ChangedRow[]> =>
	newsOf(progress, {
		coveredUntil: async () =>
			replicateable
				? await coveredUntil(client, wanted.object, progress.from, now)
				: Math.max(progress.from, now - overlapMs),
		pages: (after, before) => rowsAfter(client, wanted, after, before),
	});

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
		return newsOf(progress, deletionLog(client, wantedDeleted, progress, now, lost));
	const wanted = { ...wantedDeleted, deleted: true };
	return newsOf(progress, {
		coveredUntil: async () => await Promise.resolve(Math.max(progress.from, now - overlapMs)),
		pages: (after, before) => rowsAfter(client, wanted, after, before),
	});
}

/** All that is listed is there at once, and is looked through from the beginning each time. */
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
		pages: async function* (_after, before = Infinity) {
			const { deletions } = await log();
			const fresh = deletions.filter((one) => one.time < before && !isKnown(progress, one));
			yield* fromTheBin(client, wanted, fresh);
		},
	};
}
