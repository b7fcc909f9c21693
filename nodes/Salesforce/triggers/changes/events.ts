import { fingerprint } from '../../../shared/ground/fingerprint';
import type { DeletedRow } from '../../transport/changes/binned';
import type { ChangedRow, Place } from '../../transport/changes/rows';
import { soqlTime } from '../../transport/changes/time';
import type { Row } from '../../transport/query/records';
import type { Memory } from './memory';
import type { Progress } from './progress';
import { isKnown, lastHeardOf } from './progress';

export type EventKind = 'created' | 'deleted' | 'undeleted' | 'updated';

/** An item of the workflow. */
export interface ChangeEvent {
	event: EventKind;
	/** API name */
	object: string;
	/** 18 characters */
	id: string;
	/** when it happened, by the clock of the org (ISO 8601) */
	time: string;
	/** those of the watched fields that have changed; left out where it is not known */
	changedFields?: string[];
	/** of a record that was merged: where it went */
	mergedInto?: string;
	/** as it is, or as it was when it was deleted; left out where it is gone for good */
	record?: Row;
	/** the same for the same event, however often it is found */
	eventId: string;
}

/** What a change is to the workflow: nothing is learned here, see `Memory`. */
export class EventMaker {
	private readonly kinds: ReadonlySet<EventKind>;

	/** @param systemChanges whether updates count that no user has made */
	constructor(
		private readonly object: string,
		kinds: EventKind[],
		private readonly memory: Memory,
		private readonly systemChanges = true,
	) {
		this.kinds = new Set(kinds);
	}

	/** @returns `undefined` where it is no event, or was one before */
	ofChange(row: ChangedRow): ChangeEvent | undefined {
		const { changes, bin, values } = this.memory;
		if (!changes || isKnown(changes, row)) return undefined;
		const { id, created, time, record } = row;
		if (bin.has(id) && this.kinds.has('undeleted')) return this.event('undeleted', row, { record });
		const isNew =
			created !== undefined && created >= changes.from && lastHeardOf(changes, id) === undefined;
		if (isNew && this.kinds.has('created')) return this.event('created', row, { record });
		// One that is new and was changed after that is both.
		const hasChanged = !isNew || time > created;
		if (!hasChanged || !this.kinds.has('updated')) return undefined;
		if (!this.systemChanges && !isByUser(row, changes)) return undefined;
		if (values.fields.length === 0) return this.event('updated', row, { record });
		const changedFields = values.changed(id, record);
		if (changedFields?.length === 0) return undefined;
		return this.event('updated', row, { ...(changedFields && { changedFields }), record });
	}

	/** @returns `undefined` where it is no event, or was one before */
	ofDeletion(row: DeletedRow): ChangeEvent | undefined {
		const { deletions } = this.memory;
		if (!deletions || isKnown(deletions, row) || !this.kinds.has('deleted')) return undefined;
		const { record } = row;
		const mergedInto = record?.MasterRecordId;
		return this.event('deleted', row, {
			...(typeof mergedInto === 'string' && { mergedInto }),
			...(record && { record }),
		});
	}

	private event(event: EventKind, place: Place, more: Partial<ChangeEvent>): ChangeEvent {
		return eventOf(event, this.object, place, more);
	}
}

/** Whether a user has changed it since it was heard of. */
function isByUser({ id, created = 0, modified }: ChangedRow, progress: Progress): boolean {
	if (modified === undefined) return true;
	const heardOf = lastHeardOf(progress, id);
	return heardOf === undefined
		? modified >= progress.from && modified > created
		: modified > heardOf;
}

export const eventOf = (
	event: EventKind,
	object: string,
	{ id, time }: Place,
	more: Partial<ChangeEvent>,
): ChangeEvent => ({
	...{ event, object, id, time: soqlTime(time) },
	...more,
	eventId: fingerprint([object, id, event, time]).slice(0, 32),
});
