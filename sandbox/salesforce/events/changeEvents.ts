import { randomUUID } from 'node:crypto';
import type { Row } from '../store/row.ts';
import type { Change } from '../store/store.ts';
import { bitmaps } from './bitmap.ts';
import type { EventBus } from './bus.ts';
import { eventValue, shownValues, type EventBody, type EventField } from './eventField.ts';
import type { changeTypes } from './eventSchema.ts';
import type { Topic, Topics } from './topics.ts';
import type { Schema } from '../schema/schema.ts';

type ChangeType = (typeof changeTypes)[number];

const typeOf = {
	created: 'CREATE',
	updated: 'UPDATE',
	deleted: 'DELETE',
	undeleted: 'UNDELETE',
} as const;

/** What one event tells; changes of one transaction that are the same are told by one event. */
interface Told {
	topic: Topic;
	type: ChangeType;
	ids: string[];
	/** Made when somebody reads it: most events of a large load are never read. */
	body: () => EventBody;
	/** Fields, and parts as "Name.LastName". */
	changed: ReadonlySet<string>;
	nulled: ReadonlySet<string>;
	by: string;
}

const everything = '000000000000000AAA';

/** Tells of what is done to records of the objects that are selected for Change Data Capture. */
export class ChangeEvents {
	/** Changes of one transaction that are told one by one; the others of an object by one event. */
	mostOfTransaction = 100_000;
	/** Changes that are told by a gap event: what, but not how. */
	gapOf: (change: Change) => boolean = () => false;
	/** Whether changes are told at all. */
	enabled = true;
	private commits = 11_441_167_072_000;
	private readonly bus: EventBus;
	private readonly topics: Topics;
	private readonly schema: Schema;
	private readonly origin: string;

	/** @param origin "com/salesforce/api/rest/68.0" */
	constructor(bus: EventBus, topics: Topics, schema: Schema, origin: string) {
		this.bus = bus;
		this.topics = topics;
		this.schema = schema;
		this.origin = origin;
	}

	/** Takes what was committed together. */
	tell(changes: readonly Change[]): void {
		if (!this.enabled) return;
		const told = new Map<string, Told>();
		const overflowing = new Map<string, Told>();
		let count = 0;
		for (const change of changes) {
			const object = this.schema.get(change.row.object);
			const topic = object && this.topics.changesOf(object);
			if (!topic) continue;
			if (++count > this.mostOfTransaction) {
				overflowing.set(topic.name, overflow(topic, change));
				continue;
			}
			const one = this.gapOf(change) ? gap(topic, change) : this.whatOf(topic, change);
			if (!one) continue;
			const key =
				one.type === 'CREATE'
					? change.row.id
					: [topic.name, one.type, [...one.changed], JSON.stringify(one.body())].join('|');
			const same = told.get(key);
			if (same) same.ids.push(...one.ids);
			else told.set(key, one);
		}
		const transactionKey = randomUUID();
		const [at, commitNumber] = [changes[0]?.at ?? 0, (this.commits += 1_000)];
		for (const [n, one] of [...told.values(), ...overflowing.values()].entries()) {
			this.publish(one, {
				transactionKey,
				sequenceNumber: n + 1,
				commitTimestamp: at,
				commitNumber,
			});
		}
	}

	private whatOf(topic: Topic, change: Change): Told | undefined {
		const { kind, row, fields: names, userId } = change;
		const told = bare(topic, typeOf[kind], [row.id], userId);
		if (kind === 'deleted') return told;
		const { fields } = this.topics.schemaOf(topic);
		// The store never changes the values of a record, but puts others in their place.
		const { values } = row;
		if (kind !== 'updated') return { ...told, body: () => bodyOf(fields, values, () => true) };
		const touched = new Set(names);
		const { changed, nulled } = touchedFields(fields, values, touched);
		if (changed.size === 0) return undefined;
		const body = bodyOf(fields, values, (name) => touched.has(name));
		return { ...told, body: () => body, changed, nulled };
	}

	private publish(
		{ topic, type, ids, body, changed, nulled, by }: Told,
		commit: {
			transactionKey: string;
			sequenceNumber: number;
			commitTimestamp: number;
			commitNumber: number;
		},
	): void {
		const schema = this.topics.schemaOf(topic);
		const header = {
			entityName: topic.object.name,
			recordIds: ids,
			changeType: type,
			changeOrigin: this.origin,
			...commit,
			commitUser: by,
		};
		const { fields } = schema;
		this.bus.publish({
			topic: topic.name,
			schema,
			encode: () => {
				const own = {
					nulledFields: bitmaps(fields, nulled),
					diffFields: [],
					changedFields: bitmaps(fields, changed),
				};
				return schema.encode({ ChangeEventHeader: { ...header, ...own }, ...body() });
			},
			// CometD leaves out the bitmaps, and what is null unless it became so.
			show: () => ({
				ChangeEventHeader: header,
				...shownValues(fields, body(), { nulls: type === 'UPDATE' }),
			}),
		});
	}
}

function bodyOf(
	fields: readonly EventField[],
	values: Row['values'],
	wanted: (name: string) => boolean,
): EventBody {
	const body: EventBody = {};
	for (const { name, field, parts } of fields) {
		if (field) {
			if (wanted(field.name)) body[name] = eventValue(field, values[field.name]);
			continue;
		}
		const own = parts.filter((part) => part.field && wanted(part.field.name));
		const pairs = own.map((part): [string, EventBody[string]] => [
			part.name,
			eventValue(part.field, values[part.field?.name ?? '']),
		]);
		const filled = pairs.filter(([, value]) => value !== null);
		if (filled.length > 0) body[name] = Object.fromEntries(filled);
	}
	return body;
}

/** Which fields of an event stand for the touched ones, and which of them are empty now. */
function touchedFields(
	fields: readonly EventField[],
	values: Row['values'],
	touched: ReadonlySet<string>,
): { changed: Set<string>; nulled: Set<string> } {
	const changed = new Set<string>();
	const nulled = new Set<string>();
	for (const { name, field, parts } of fields) {
		const shown = field
			? [{ name, field }]
			: parts.map((part) => ({ ...part, name: `${name}.${part.name}` }));
		for (const one of shown) {
			if (!one.field || !touched.has(one.field.name)) continue;
			changed.add(one.name);
			if ((values[one.field.name] ?? null) === null) nulled.add(one.name);
		}
	}
	return { changed, nulled };
}

const none: ReadonlySet<string> = new Set();
const emptyBody = (): EventBody => ({});

const bare = (topic: Topic, type: ChangeType, ids: string[], by: string): Told => ({
	topic,
	type,
	ids,
	body: emptyBody,
	changed: none,
	nulled: none,
	by,
});

/** https://developer.salesforce.com/docs/atlas.en-us.change_data_capture.meta/change_data_capture/cdc_other_events_gap.htm */
const gap = (topic: Topic, { kind, row, userId }: Change): Told =>
	bare(topic, `GAP_${typeOf[kind]}`, [row.id], userId);

/** https://developer.salesforce.com/docs/atlas.en-us.change_data_capture.meta/change_data_capture/cdc_other_events_overflow.htm */
const overflow = (topic: Topic, { userId }: Change): Told =>
	bare(topic, 'GAP_OVERFLOW', [everything], userId);
