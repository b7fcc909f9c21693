import { isPassing, toFailure } from '../../../shared/resilience/failure';
import type { Failure } from '../../../shared/resilience/failure';
import { deletedSince } from '../../transport/changes/deleted';
import type { ChangedRow, Place } from '../../transport/changes/rows';
import { rowsAfter } from '../../transport/changes/rows';
import { LONGEST_TRANSACTION_MS } from '../../transport/changes/updated';
import type { SalesforceClient } from '../../transport/client';
import type { ReceivedEvent } from '../../transport/events/subscription';
import { quote } from '../../transport/query/quote';
import { openWatch } from '../changes/watch';
import type { StreamedEvent } from './items';
import { itemOf } from './items';

/** How far an event is that stands for many: how many items it has given, and the last record. */
export interface Within {
	given: number;
	place?: Place;
}

export interface Step {
	item: StreamedEvent;
	/** where to go on after it; undefined: the event is done */
	within?: Within;
}

// As many IDs as fit into the address of a request.
const MOST_IDS = 200;

/**
 * The items of an event: one, or what had to be read again because Salesforce tells only that something
 * has changed.
 * @param from where an earlier process stopped
 */
export async function* itemsOf(
	client: SalesforceClient,
	topic: string,
	received: ReceivedEvent,
	from: Within | undefined,
): AsyncGenerator<Step, void, undefined> {
	const { changeType = '' } = received.header ?? {};
	if (!changeType.startsWith('GAP_')) return yield { item: itemOf(topic, received) };
	const first = { ...itemOf(topic, received), ...(isOverflow(changeType) && { event: OVERFLOW }) };
	let given = from?.place ? from.given : 0;
	let held: Step | undefined;
	// The last one is the end of the event, and is known only when nothing follows.
	for await (const { item, place } of read(client, first, received, from)) {
		given++;
		if (held) yield held;
		held = given > (from?.given ?? 0) ? { item, within: { given, place } } : undefined;
	}
	if (held) yield { item: held.item };
}

const OVERFLOW = 'overflow' as const;
const isOverflow = (changeType: string) => changeType === 'GAP_OVERFLOW';

interface Read {
	item: StreamedEvent;
	place?: Place;
}

async function* read(
	client: SalesforceClient,
	first: StreamedEvent,
	received: ReceivedEvent,
	from: Within | undefined,
): AsyncGenerator<Read, void, undefined> {
	const again = isOverflow(received.header?.changeType ?? '') ? overflowing : named;
	try {
		yield* again(client, first, received, from);
	} catch (error) {
		const failure = toFailure(error);
		if (isPassing(failure) || failure.kind === 'auth' || failure.kind === 'quota') throw error;
		// It cannot be read, today or tomorrow. What is known of it must not get lost.
		yield { item: notRead(first, failure) };
	}
}

const notRead = (first: StreamedEvent, { code, message }: Failure): StreamedEvent => ({
	...{ ...first, eventId: `${first.eventId} unread`, fields: {} },
	rereadError: message.startsWith(code) ? message : `${code}: ${message}`,
});

/** The records that a gap event names. */
async function* named(
	client: SalesforceClient,
	first: StreamedEvent,
	{ header }: ReceivedEvent,
): AsyncGenerator<Read, void, undefined> {
	const { entityName = '', recordIds = [], changeType } = header ?? {};
	const records = new Map<string, ChangedRow>();
	if (changeType !== 'GAP_DELETE') {
		for (let n = 0; n < recordIds.length; n += MOST_IDS) {
			const ids = recordIds.slice(n, n + MOST_IDS).map(quote);
			const wanted = await wantedOf(client, entityName, `Id IN (${ids.join(', ')})`);
			for await (const rows of rowsAfter(client, wanted, BEGINNING))
				for (const row of rows) records.set(row.id, row);
		}
	}
	for (const id of recordIds) yield { item: recordItem(first, id, records.get(id)) };
	if (recordIds.length === 0) yield { item: first };
}

/**
 * What was changed and deleted in the longest time that a transaction takes, up to the end of this one.
 * https://developer.salesforce.com/docs/atlas.en-us.change_data_capture.meta/change_data_capture/cdc_other_events_overflow.htm
 */
async function* overflowing(
	client: SalesforceClient,
	first: StreamedEvent,
	{ header }: ReceivedEvent,
	from: Within | undefined,
): AsyncGenerator<Read, void, undefined> {
	const { entityName = '', commitTimestamp = 0 } = header ?? {};
	const since = commitTimestamp - LONGEST_TRANSACTION_MS;
	// Times are given in whole seconds.
	const until = commitTimestamp + 1_000;
	// Records come last: with a place among them all the others are in a run.
	if (!from?.place) {
		yield { item: first };
		const { deletions } = await deletedSince(client, entityName, since, until);
		for (const { id, time } of deletions) yield { item: deletedItem(first, id, time) };
	}
	const wanted = await wantedOf(client, entityName, '');
	for await (const rows of rowsAfter(client, wanted, from?.place ?? { time: since, id: '' }, until))
		for (const row of rows) {
			const { id, time } = row;
			yield { item: recordItem(first, id, row), place: { id, time } };
		}
}

const wantedOf = async (client: SalesforceClient, object: string, condition: string) => {
	const all = { kinds: [], fields: [], onlyChanged: [], systemChanges: true, overlapMs: 0 };
	const watched = { ...all, object, condition };
	return (await openWatch(client, watched)).wanted;
};

const BEGINNING: Place = { time: 0, id: '' };

const recordItem = (first: StreamedEvent, id: string, row?: ChangedRow): StreamedEvent => ({
	...first,
	event: 'reread',
	eventId: `${first.eventId} ${id}`,
	recordIds: [id],
	fields: row?.record ?? {},
	// Deleted meanwhile, or nothing that the user may see.
	...(!row && { found: false }),
});

const deletedItem = (first: StreamedEvent, id: string, time: number): StreamedEvent => ({
	...recordItem(first, id),
	deletedDate: new Date(time).toISOString(),
});
