import type { Entry } from '../transport/entry';
import type { Row } from '../transport/values/shapeEntry';
import type { RowValue } from '../transport/values/valueType';
import type { AttributeDifference, KnownEntry, KnownValue } from './known';
import { bytesOf, differences } from './known';

export type EventKind = 'created' | 'deleted' | 'memberAdded' | 'memberRemoved' | 'updated';

type Value = Row[string];

/** One attribute that has changed. */
export interface AttributeChange {
	attribute: string;
	/** of one value: what it was and is; left out where only a fingerprint was kept */
	before?: Value;
	after?: Value;
	/** of several values: what came and went */
	added?: Value;
	removed?: Value;
}

/** An item of the workflow, but for its number. */
export interface DirectoryEvent {
	event: EventKind;
	dn: string;
	/** entryUUID, objectGUID or what else stays the same when the entry is renamed */
	id: string;
	previousDn?: string;
	changes?: AttributeChange[];
	/** of a member: the attribute and the value */
	attribute?: string;
	member?: Value;
	/** the entry as it is, or as it was known before it went */
	entry?: Row;
}

export interface EventSettings {
	kinds: EventKind[];
	/** names of attributes whose values are members */
	memberAttributes: string[];
	/** values as the rest of the node gives them */
	shape(entry: Entry): Row;
}

/** What a change of an entry is to the workflow. */
export class EventMaker {
	private readonly kinds: ReadonlySet<EventKind>;
	private readonly members: ReadonlySet<string>;

	constructor(private readonly settings: EventSettings) {
		this.kinds = new Set(settings.kinds);
		this.members = new Set(settings.memberAttributes.map((name) => name.toLowerCase()));
	}

	/** @param entry as it is now; after it has gone, as it was known */
	eventsOf(
		id: string,
		before: KnownEntry | undefined,
		after: KnownEntry | undefined,
		entry: Entry | undefined,
	): DirectoryEvent[] {
		const { dn } = after ?? before ?? { dn: '' };
		const found = differences(before, after);
		const subject = { dn, id };
		const events: DirectoryEvent[] = [];
		const previousDn = before && after && before.dn !== dn ? before.dn : undefined;
		const kind = before ? (after ? 'updated' : 'deleted') : 'created';
		const counts = kind !== 'updated' || found.length > 0 || previousDn !== undefined;
		if (counts && this.kinds.has(kind)) {
			events.push({
				event: kind,
				...subject,
				...(previousDn !== undefined && { previousDn }),
				...(kind === 'updated' && {
					changes: found.map((difference) => this.changeOf(difference)),
				}),
				entry: this.settings.shape(entry ?? entryOf(after ?? before)),
			});
		}
		const ofMembers = found
			.filter(({ type }) => this.isMembers(type))
			.flatMap((difference) => this.memberEvents(subject, difference));
		return [...events, ...ofMembers];
	}

	private memberEvents(
		subject: { dn: string; id: string },
		{ type, added, removed }: AttributeDifference,
	): DirectoryEvent[] {
		const eventsFor = (event: EventKind, values: KnownValue[]) =>
			this.kinds.has(event)
				? listOf(this.shaped(type, values)).map((member) => ({
						...{ event, ...subject, attribute: type, member },
					}))
				: [];
		return [...eventsFor('memberAdded', added), ...eventsFor('memberRemoved', removed)];
	}

	private changeOf({ type, added, removed }: AttributeDifference): AttributeChange {
		const [before, after] = [this.shaped(type, removed), this.shaped(type, added)];
		if (Array.isArray(before) || Array.isArray(after))
			return { attribute: type, added: listOf(after), removed: listOf(before) };
		return { attribute: type, before, after };
	}

	/** Values in the form of the schema; `undefined` where only fingerprints were kept. */
	private shaped(type: string, values: KnownValue[]): Value | undefined {
		const bytes = values.flatMap((value) => bytesOf(value) ?? []);
		if (bytes.length === 0 && values.length > 0) return undefined;
		const { dn: _dn, ...row } = this.settings.shape({
			dn: '',
			attributes: [{ type, values: bytes }],
		});
		return Object.values(row)[0];
	}

	private isMembers(type: string): boolean {
		return this.members.has(type.split(';')[0]?.toLowerCase() ?? '');
	}
}

const listOf = (value: Value | undefined): RowValue[] =>
	Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];

/** What is still known of an entry. */
const entryOf = (known: KnownEntry | undefined): Entry => ({
	dn: known?.dn ?? '',
	attributes: Object.entries(known?.attributes ?? {}).flatMap(([type, values]) => {
		const bytes = values.flatMap((value) => bytesOf(value) ?? []);
		return bytes.length > 0 ? [{ type, values: bytes }] : [];
	}),
});
