import { createHash } from 'node:crypto';
import type { S3Client } from '../transport/client';
import type { ListedObject } from '../transport/listing';
import { listObjects } from '../transport/listing';
import { keyFilter } from '../transport/keyFilter';

export type EventKind = 'changed' | 'created' | 'deleted';

/** Which objects are looked at, and what counts as an event. */
export interface Watched {
	bucket: string;
	prefix: string;
	include: string;
	exclude: string;
	events: EventKind[];
	/** name of the file that says that an object is complete, with {key} and others; '': none */
	doneFile: string;
	/** an object counts once it has stayed the same for so long */
	stableForMs: number;
	changeIs: 'overwrite' | 'content';
}

export interface ObjectEvent {
	event: EventKind;
	key: string;
	size?: number;
	etag?: string;
	/** ISO 8601 */
	lastModified?: string;
	storageClass?: string;
}

type Look = Pick<ObjectEvent, 'etag' | 'lastModified' | 'size'>;

/** Key -> what the object looked like when the workflow heard of it. */
export type Known = Map<string, string>;

/** Compares a bucket with what is known of it. */
export class Watch {
	private readonly chosen: (key: string) => boolean;
	/** Objects that are not known yet: how they look, and since when (ms since 1970, our clock). */
	private waiting = new Map<string, { look: string; since: number }>();

	constructor(private readonly watched: Watched) {
		this.chosen = keyFilter(watched);
	}

	/** All that is there now, by key. Rejects when a page of the listing fails: half of it is nothing. */
	async list(s3: S3Client): Promise<Map<string, ListedObject>> {
		const { bucket, prefix } = this.watched;
		const objects = new Map<string, ListedObject>();
		for await (const page of listObjects(s3, bucket, { prefix, limit: Infinity }))
			for (const row of page) if (row.type === 'object') objects.set(row.key, row);
		return objects;
	}

	/** Whether an object of this key would be an event. */
	matches(key: string): boolean {
		return key.startsWith(this.watched.prefix) && this.chosen(key);
	}

	/** What an object looks like, short; another look is a change. */
	lookOf({ etag, size, lastModified }: Look): string {
		const time = this.watched.changeIs === 'overwrite' ? Date.parse(lastModified ?? '') : '';
		return createHash('sha256').update(`${etag} ${size} ${time}`).digest('base64url').slice(0, 8);
	}

	/** What is there before the first event: complete objects only, the others are still to come. */
	baseline(objects: Map<string, ListedObject>): Known {
		return new Map(
			this.complete(objects).map((object) => [object.key, this.lookOf(object)] as const),
		);
	}

	/**
	 * What has happened since, oldest first. Nothing is known by being found: whoever passes an event
	 * on calls `learn`. What is of no interest is learned here.
	 * @param busy keys that are not looked at: what the listing shows of them may be what is being done
	 * with them
	 */
	findings(
		objects: Map<string, ListedObject>,
		known: Known,
		now: number,
		busy: ReadonlySet<string> = new Set(),
	): ObjectEvent[] {
		const before = this.waiting;
		this.waiting = new Map();
		const found: ObjectEvent[] = [];
		for (const object of this.complete(objects)) {
			if (busy.has(object.key)) continue;
			const look = this.lookOf(object);
			const last = known.get(object.key);
			if (last === look) continue;
			if (!this.stable(object.key, look, before, now)) continue;
			const event = last === undefined ? 'created' : 'changed';
			if (!this.watched.events.includes(event)) known.set(object.key, look);
			else found.push(eventOf(event, object));
		}
		found.sort((a, b) => timeOf(a) - timeOf(b));
		for (const key of known.keys()) {
			if (objects.has(key) || busy.has(key)) continue;
			if (this.watched.events.includes('deleted') && this.matches(key))
				found.push({ event: 'deleted', key });
			else known.delete(key);
		}
		return found;
	}

	learn(events: ObjectEvent[], objects: Map<string, ListedObject>, known: Known): void {
		for (const { event, key } of events) {
			const object = objects.get(key);
			if (event === 'deleted' || !object) known.delete(key);
			else known.set(key, this.lookOf(object));
			this.waiting.delete(key);
		}
	}

	/** The key of the file that says that this object is complete. */
	doneFileOf(key: string): string {
		const slash = key.lastIndexOf('/');
		const name = key.slice(slash + 1);
		const dot = name.lastIndexOf('.');
		const parts: Record<string, string> = {
			'{key}': key,
			'{folder}': key.slice(0, Math.max(0, slash)),
			'{name}': name,
			'{baseName}': dot > 0 ? name.slice(0, dot) : name,
		};
		return this.watched.doneFile
			.replace(/\{(key|folder|name|baseName)\}/g, (part) => parts[part] ?? part)
			.replace(/^\//, '');
	}

	private complete(objects: Map<string, ListedObject>): ListedObject[] {
		return [...objects.values()].filter((object) => {
			const { key, size } = object;
			// What consoles make so that an empty folder shows.
			if (key.endsWith('/') && size === 0) return false;
			if (!this.matches(key)) return false;
			if (!this.watched.doneFile) return true;
			const done = objects.get(this.doneFileOf(key));
			// One that is older than the object was about what the object was before.
			return done !== undefined && done !== object && timeOf(done) >= timeOf(object);
		});
	}

	private stable(key: string, look: string, before: typeof this.waiting, now: number): boolean {
		const { stableForMs } = this.watched;
		if (stableForMs <= 0) return true;
		const earlier = before.get(key);
		const since = earlier?.look === look ? earlier.since : now;
		this.waiting.set(key, { look, since });
		return now - since >= stableForMs;
	}
}

const timeOf = ({ lastModified }: { lastModified?: string }) => Date.parse(lastModified ?? '') || 0;

const eventOf = (event: EventKind, object: ListedObject): ObjectEvent => ({
	event,
	key: object.key,
	size: object.size,
	etag: object.etag,
	lastModified: object.lastModified,
	...(object.storageClass && { storageClass: object.storageClass }),
});
