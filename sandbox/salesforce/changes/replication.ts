import { json, type Answer } from '../answer.ts';
import { stampOf } from '../clock.ts';
import { notFound, refusal } from '../errors.ts';
import type { Call, Route } from '../router.ts';
import type { ObjectType } from '../schema/objectType.ts';
import { isDeleted, type Row } from '../store/row.ts';
import type { OpenTransactions } from './openTransactions.ts';

const minute = 60_000;
const furthest = 30 * 24 * 60 * minute;

export interface ReplicationSettings {
	/** Most ids of an answer; 600,000 at Salesforce. */
	mostIds: number;
}

/**
 * What was changed and deleted in a time, by SystemModstamp and in whole minutes.
 * https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_getupdated.htm
 */
export const replicationRoutes = (
	transactions: OpenTransactions,
	settings: ReplicationSettings,
): Route[] => [
	{
		method: 'GET',
		path: '/sobjects/:object/updated',
		handle(call) {
			const { latestDateCovered, rows } = changed(call, transactions, settings, false);
			return json({ ids: rows.map(({ id }) => id), latestDateCovered });
		},
	},
	{
		method: 'GET',
		path: '/sobjects/:object/deleted',
		handle(call): Answer {
			const { latestDateCovered, rows } = changed(call, transactions, settings, true);
			const deletedRecords = rows.map(({ id, values }) => ({
				deletedDate: values.SystemModstamp,
				id,
			}));
			const earliestDateAvailable = stampOf(floor(call.org.clock.now() - furthest));
			return json({ deletedRecords, earliestDateAvailable, latestDateCovered });
		},
	},
];

const floor = (time: number) => Math.floor(time / minute) * minute;

function changed(
	{ org, params, request }: Call,
	transactions: OpenTransactions,
	{ mostIds }: ReplicationSettings,
	deleted: boolean,
): { rows: Row[]; latestDateCovered: string } {
	const type = org.schema.get(params.object ?? '');
	if (!type) throw notFound();
	checkReplicateable(type);
	const start = timeOf(request.query, 'start');
	const end = timeOf(request.query, 'end');
	const now = org.clock.now();
	if (end - start < minute) {
		throw wrongDate('endDate must be at least one minute greater than startDate');
	}
	if (start < floor(now - furthest)) {
		throw wrongDate('startDate cannot be more than 30 days ago');
	}
	// What is seen already is told; the next call must ask for it again, for what it overlaps with.
	const covered = Math.min(end, floor(transactions.coveredUntil()));
	const [from, to] = [stampOf(start), stampOf(end)];
	const rows: Row[] = [];
	for (const row of org.store.table(type.name).all()) {
		const { SystemModstamp: at } = row.values;
		if (typeof at !== 'string' || at < from || at >= to || isDeleted(row) !== deleted) continue;
		rows.push(row);
	}
	if (rows.length > mostIds) {
		throw refusal('EXCEEDED_ID_LIMIT', `Too many ids: ${rows.length}. The limit is ${mostIds}.`);
	}
	return { rows, latestDateCovered: stampOf(covered) };
}

function checkReplicateable({ name, replicateable }: ObjectType): void {
	if (replicateable) return;
	const message = `entity type ${name} does not support replication`;
	throw refusal('INVALID_TYPE_FOR_OPERATION', message);
}

/** Seconds do not count. @throws ApiError */
function timeOf(query: URLSearchParams, name: string): number {
	const time = Date.parse(query.get(name) ?? '');
	if (Number.isNaN(time)) throw wrongDate(`${name} is not a valid date: ${query.get(name) ?? ''}`);
	return floor(time);
}

const wrongDate = (message: string) => refusal('INVALID_REPLICATION_DATE', message);
