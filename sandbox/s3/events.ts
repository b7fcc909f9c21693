import { setTimeout as delay } from 'node:timers/promises';
import { eventRecord, testEvent, type RecordShape } from './eventRecords.ts';
import type { Bucket, Version } from './store.ts';
import { childText, textsAt, type XmlNode } from './xml.ts';

/** Something that happened to an object. */
export interface S3Event {
	/** Without "s3:" in front, for instance "ObjectCreated:Put". */
	name: string;
	/** Milliseconds. */
	time: number;
	bucket: Bucket;
	version: Version;
	/** Who did it, and from where. */
	user: string;
	address: string;
	requestId: string;
	hostId: string;
	region: string;
	/** Grows with every event of a server; 16 hexadecimal digits. */
	sequencer: string;
}

/** Where the events of one ARN go. */
export interface EventTarget {
	url: string;
	/** As Amazon writes records (the default) or as Ceph does. */
	shape?: RecordShape;
}

export type EventListener = (event: S3Event) => void;

const kinds = ['Topic', 'Queue', 'CloudFunction'];

function arnOf(configuration: XmlNode): string {
	return configuration.children.find(({ name }) => kinds.includes(name))?.text ?? '';
}

function wants(configuration: XmlNode, event: S3Event): boolean {
	const name = `s3:${event.name}`;
	const names = textsAt(configuration, 'Event');
	if (!names.some((one) => one === name || one === name.replace(/:[^:]*$/, ':*'))) return false;
	const [filter] = configuration.children.filter((child) => child.name === 'Filter');
	const rules = filter?.children.flatMap(({ children }) => children) ?? [];
	return rules.every((rule) => {
		const value = childText(rule, 'Value') ?? '';
		const prefix = childText(rule, 'Name')?.toLowerCase() === 'prefix';
		return prefix ? event.version.key.startsWith(value) : event.version.key.endsWith(value);
	});
}

/** Tells listeners in this process, and servers elsewhere, what happens. */
export class Events {
	/** By ARN, as notification configurations name them. */
	readonly targets: Map<string, EventTarget>;
	private readonly listeners = new Set<EventListener>();
	private readonly running = new Set<Promise<void>>();
	private count = 0;

	constructor(targets: Record<string, EventTarget>) {
		this.targets = new Map(Object.entries(targets));
	}

	/** Hears of everything, whatever the buckets are configured to tell. Returns how to stop. */
	listen(listener: EventListener): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	emit(about: Omit<S3Event, 'sequencer'>): void {
		this.count++;
		const event = { ...about, sequencer: this.count.toString(16).toUpperCase().padStart(16, '0') };
		for (const listener of this.listeners) listener(event);
		for (const configuration of event.bucket.documents.get('notification')?.children ?? []) {
			const target = this.targets.get(arnOf(configuration));
			if (!target || !wants(configuration, event)) continue;
			const id = childText(configuration, 'Id') ?? '';
			this.send(target, { Records: [eventRecord(event, id, target.shape ?? 'aws')] });
		}
	}

	/** What Amazon sends as soon as somebody asks for events. */
	test(configurations: readonly XmlNode[], about: Parameters<typeof testEvent>[0]): void {
		for (const arn of new Set(configurations.map(arnOf))) {
			const target = this.targets.get(arn);
			if (target && target.shape !== 'ceph') this.send(target, testEvent(about));
		}
	}

	/** Whether events of that configuration have somewhere to go. Without any target all have. */
	knows(configuration: XmlNode): boolean {
		return this.targets.size === 0 || this.targets.has(arnOf(configuration));
	}

	/** When everything that was to be sent is sent or given up. */
	async settled(): Promise<void> {
		while (this.running.size > 0) await Promise.all(this.running);
	}

	private send(target: EventTarget, message: object): void {
		const sending = deliver(target.url, JSON.stringify(message)).finally(() =>
			this.running.delete(sending),
		);
		this.running.add(sending);
	}
}

const attempts = 3;

/** Delivers at least once: what is not taken is sent again, and then given up. */
async function deliver(url: string, body: string): Promise<void> {
	for (let attempt = 1; attempt <= attempts; attempt++) {
		try {
			const headers = { 'content-type': 'application/json' };
			const answer = await fetch(url, { method: 'POST', headers, body });
			await answer.arrayBuffer();
			if (answer.ok) return;
		} catch {
			// Nobody listens (yet).
		}
		if (attempt < attempts) await delay(100 * attempt);
	}
}
