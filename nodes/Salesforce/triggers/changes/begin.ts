import type { SalesforceClient } from '../../transport/client';
import { DELETIONS_KEPT_MS, deletedSince } from '../../transport/changes/deleted';
import { rowsAfter } from '../../transport/changes/rows';
import { coveredUntil } from '../../transport/changes/updated';
import { queryPages } from '../../transport/query/pages';
import type { Row } from '../../transport/query/records';
import type { Memory } from './memory';
import { learnChange, learnDeletion } from './memory';
import { progressFrom } from './progress';
import { MOST_RECORDS, Values } from './values';
import type { Watch, Watched } from './watch';

// Transactions that go on when the trigger is switched on have begun since then, but for the rarest.
const LOOK_BACK_MS = 6 * 3_600_000;

/**
 * Learns what is there, as far as it has to be known, where that has not been done before.
 * @param kinds what is listened for
 * @param startFrom ms since 1970; undefined: from now on
 * @param now by the clock of the org
 */
export async function begin(
	client: SalesforceClient,
	memory: Memory,
	watch: Watch,
	{ kinds }: Pick<Watched, 'kinds'>,
	startFrom: number | undefined,
	now: number,
): Promise<void> {
	const hears = new Set(kinds);
	const hearsOfChanges = hears.has('created') || hears.has('updated') || hears.has('undeleted');
	const hearsOfDeletions = hears.has('deleted') || hears.has('undeleted');
	const isFirst = !memory.changes && !memory.deletions;
	const since = isFirst && startFrom !== undefined ? Math.min(startFrom, now) : undefined;

	if (watch.onlyChanged.join() !== memory.values.fields.join()) {
		memory.values = new Values(watch.onlyChanged);
		// Later, or with the past, that would hide changes that are still to be passed on.
		if (isFirst && since === undefined) await learnValues(client, memory, watch);
	}
	if (!hearsOfChanges) memory.changes = undefined;
	else if (!memory.changes) await beginChanges(client, memory, watch, since, now);
	if (!hearsOfDeletions) memory.deletions = undefined;
	else if (!memory.deletions) {
		const keep = hears.has('undeleted');
		await beginDeletions(client, memory, watch, { since, keep }, now);
	}
}

/** The values of the newest records. */
async function learnValues(
	client: SalesforceClient,
	{ values }: Memory,
	{ wanted, onlyChanged }: Watch,
): Promise<void> {
	if (onlyChanged.length === 0) return;
	const { object, timeField, condition } = wanted;
	const where = condition === '' ? '' : ` WHERE ${condition}`;
	const soql = `SELECT ${['Id', ...onlyChanged].join(', ')} FROM ${object}${where} ORDER BY ${timeField} DESC LIMIT ${MOST_RECORDS}`;
	const pages: Row[][] = [];
	for await (const page of queryPages(client, soql)) pages.push(page);
	// The newest last: what was learned first is forgotten first.
	for (const record of pages.flat().reverse()) values.learn(String(record.Id), record);
}

async function beginChanges(
	client: SalesforceClient,
	memory: Memory,
	{ wanted, replicateable, overlapMs, onlyChanged }: Watch,
	since: number | undefined,
	now: number,
): Promise<void> {
	if (since !== undefined) {
		memory.changes = progressFrom(since);
		return;
	}
	const from = replicateable
		? await coveredUntil(client, wanted.object, now - LOOK_BACK_MS, now)
		: now - overlapMs;
	// Of use only when all of it is known.
	const begun = { ...memory, changes: progressFrom(from) };
	// What can be seen already is no event; what becomes visible after that is one.
	const fields = [...new Set(['Id', wanted.timeField, ...onlyChanged])];
	const place = { time: from, id: '' };
	for await (const page of rowsAfter(client, { ...wanted, fields }, place))
		for (const row of page) learnChange(begun, row);
	memory.changes = begun.changes;
}

async function beginDeletions(
	client: SalesforceClient,
	memory: Memory,
	{ wanted, wantedDeleted, replicateable, overlapMs }: Watch,
	{ since, keep }: { since: number | undefined; keep: boolean },
	now: number,
): Promise<void> {
	const lookBackMs = keep ? DELETIONS_KEPT_MS : LOOK_BACK_MS;
	if (!replicateable) {
		const from = since ?? now - overlapMs;
		const begun = { ...memory, deletions: progressFrom(from) };
		const inTheBin = { ...wantedDeleted, fields: ['Id', wanted.timeField], deleted: true };
		const place = { time: keep ? Math.min(from, now - lookBackMs) : from, id: '' };
		for await (const page of rowsAfter(client, inTheBin, place))
			for (const row of page) learnOne(begun, row, { since, keep });
		memory.deletions = begun.deletions;
		return;
	}
	const { deletions, until } = await deletedSince(client, wanted.object, now - lookBackMs, now);
	const begun = { ...memory, deletions: progressFrom(since ?? until) };
	for (const one of deletions) learnOne(begun, one, { since, keep });
	memory.deletions = begun.deletions;
}

/** What is to be an event is only known to lie in the bin: it may come back before it is passed on. */
function learnOne(
	memory: Memory,
	row: { id: string; time: number },
	{ since, keep }: { since: number | undefined; keep: boolean },
): void {
	const from = memory.deletions?.from ?? 0;
	if (since === undefined && row.time >= from) learnDeletion(memory, row, keep);
	else if (keep) memory.bin.put(row.id, row.time);
}
