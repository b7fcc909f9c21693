import { Failure } from '../../../shared/resilience/failure';
import type { ChangedRow, Wanted } from '../../transport/changes/rows';
import { andAll, rowOf } from '../../transport/changes/rows';
import type { SalesforceClient } from '../../transport/client';
import { queryPages } from '../../transport/query/pages';
import type { ChangeEvent, EventKind } from './events';
import { eventOf } from './events';
import type { Watched } from './watch';
import { openWatch } from './watch';

// Enough to build a workflow with.
const SAMPLES = 5;

/** The newest records, as if what happened to them last were an event. */
export async function samples(client: SalesforceClient, watched: Watched): Promise<ChangeEvent[]> {
	const { wanted, wantedDeleted } = await openWatch(client, watched);
	const kinds = new Set(watched.kinds);
	const changes = watched.kinds.filter((kind) => kind !== 'deleted');
	const found: ChangeEvent[] = [];
	if (changes.length > 0)
		for (const row of await newest(client, wanted))
			found.push(eventOf(kindOf(row, kinds), wanted.object, row, { record: row.record }));
	if (kinds.has('deleted'))
		for (const row of await newest(client, { ...wantedDeleted, deleted: true }))
			found.push(eventOf('deleted', wanted.object, row, { record: row.record }));
	if (found.length === 0) throw nothingThere(wanted);
	return found.sort((a, b) => (a.time < b.time ? 1 : -1)).slice(0, SAMPLES);
}

function kindOf({ created, time }: ChangedRow, kinds: ReadonlySet<EventKind>): EventKind {
	const isAsItWasMade = created === time;
	if (kinds.has('created') && (isAsItWasMade || !kinds.has('updated'))) return 'created';
	return kinds.has('updated') ? 'updated' : 'undeleted';
}

async function newest(
	client: SalesforceClient,
	{ object, timeField, fields, condition, deleted }: Wanted,
): Promise<ChangedRow[]> {
	const where = andAll(deleted ? 'IsDeleted = true' : '', condition);
	const soql = `SELECT ${fields.join(', ')} FROM ${object}${where && ` WHERE ${where}`} ORDER BY ${timeField} DESC LIMIT ${SAMPLES}`;
	const rows: ChangedRow[] = [];
	for await (const page of queryPages(client, soql, { includeDeleted: deleted, limit: SAMPLES }))
		for (const record of page) rows.push(rowOf(record, timeField));
	return rows;
}

const nothingThere = ({ object, condition }: Wanted) =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NOTHING_TO_SHOW',
		message: `There is no record of ${object}${condition ? ' that matches the condition' : ''} to show`,
		hint: 'Create one, or check "Condition" and what the user of the credential may see, then test again.',
	});
