import { fingerprint } from '../../shared/ground/fingerprint';
import type { LdapClient } from '../transport/client';
import { entryShaper } from '../transport/values/shapeEntry';
import { watchedPart } from './attributes';
import type { EventKind } from './events';
import { EventMaker } from './events';
import type { KnownEntry } from './known';
import { knownEntryOf } from './known';
import type { Memory } from './memory';
import type { News, Watched, WatchedEntry } from './news';

interface BookSettings {
	watched: Watched;
	kinds: EventKind[];
	keepValues: boolean;
}

/** Compares what is told with what is known, and keeps both what it knows and the events together. */
export class EntryBook {
	/** names that a round of all that is there has told so far */
	private named: Set<string> | undefined;
	private readonly partOf: ReturnType<typeof watchedPart>;
	private readonly members: ReadonlySet<string>;

	private constructor(
		private readonly memory: Memory,
		private readonly settings: BookSettings,
		private readonly events: EventMaker,
	) {
		const { watched } = settings;
		this.partOf = watchedPart(watched);
		this.members = new Set(watched.memberAttributes.map((name) => name.toLowerCase()));
	}

	static async open(
		client: Pick<LdapClient, 'schema'>,
		memory: Memory,
		settings: BookSettings,
	): Promise<EntryBook> {
		const shape = entryShaper(await client.schema(), { values: 'typed', binary: 'base64' });
		const { kinds, watched } = settings;
		const events = new EventMaker({
			kinds,
			memberAttributes: watched.memberAttributes,
			shape: (entry) => shape(entry).row,
		});
		return new EntryBook(memory, settings, events);
	}

	/**
	 * @param silent nothing of it is an event
	 * @returns whether it is known now what is there
	 */
	take({ round, entries = [], present = [], gone = [] }: News, silent: boolean): boolean {
		const { known } = this.memory;
		if (round === 'begin') this.named = new Set();
		for (const entry of entries) this.learn(entry, silent);
		for (const id of present) this.named?.add(id);
		for (const id of gone) this.forget(id, silent);
		const complete = round === 'end' && this.named !== undefined;
		if (complete)
			for (const id of [...known.keys()]) if (!this.named?.has(id)) this.forget(id, silent);
		if (round === 'end' || round === 'cancel') this.named = undefined;
		return complete;
	}

	private learn({ id, entry }: WatchedEntry, silent: boolean): void {
		this.named?.add(id);
		const { known } = this.memory;
		const part = this.partOf(entry);
		const before = known.get(id);
		const after = knownEntryOf(part, (type) => this.keeps(type));
		if (before && same(before, after)) return;
		known.set(id, after);
		if (!silent) this.keep(this.events.eventsOf(id, before, after, part));
	}

	private forget(id: string, silent: boolean): void {
		this.named?.delete(id);
		const { known } = this.memory;
		const before = known.get(id);
		if (!before) return;
		known.delete(id);
		if (!silent) this.keep(this.events.eventsOf(id, before, undefined, undefined));
	}

	/** Who was removed from a group cannot be told from a fingerprint. */
	private keeps(type: string): boolean {
		return this.settings.keepValues || this.members.has(type.split(';')[0]?.toLowerCase() ?? '');
	}

	private keep(events: ReturnType<EventMaker['eventsOf']>): void {
		const { memory } = this;
		for (const event of events) {
			memory.events++;
			// The same may happen again; the number tells it apart, and is the same after a kill.
			const eventId = fingerprint([memory.since, memory.events, event]).slice(0, 32);
			memory.waiting.push({ ...event, eventId });
		}
	}
}

function same(a: KnownEntry, b: KnownEntry): boolean {
	return JSON.stringify(a) === JSON.stringify(b);
}
