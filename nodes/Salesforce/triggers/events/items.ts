import { fingerprint } from '../../../shared/ground/fingerprint';
import type { ReceivedEvent } from '../../transport/events/subscription';

/** What an item tells of an event. */
export interface StreamedEvent {
	/**
	 * change       a record was created, updated, deleted or undeleted
	 * published    a platform event, or one of a PushTopic or a generic channel
	 * reread       a record as it is now, since Salesforce did not tell what was changed
	 * overflow     so many changes at once that Salesforce does not tell which
	 * gap          events may be missing: the position was lost
	 * unreadable   it was received, but not understood
	 */
	event: 'change' | 'published' | 'reread' | 'overflow' | 'gap' | 'unreadable';
	topic: string;
	/** same for the same event whenever it comes */
	eventId: string;
	[name: string]: unknown;
}

/** An event as an item. */
export function itemOf(topic: string, received: ReceivedEvent): StreamedEvent {
	const { id: eventId, replayId, header, fields, unreadable } = received;
	const about = { topic, eventId, replayId };
	if (unreadable !== undefined)
		return { event: 'unreadable', ...about, message: unreadable, ...fields };
	if (!header) return { event: 'published', ...about, fields };
	return { event: 'change', ...about, ...header, fields: changedOf(received) };
}

/** By the Pub/Sub API an update has all fields, those that were not changed without their values. */
function changedOf({ header, fields }: ReceivedEvent): Record<string, unknown> {
	if (header?.changeType === 'DELETE') return {};
	if (header?.changeType !== 'UPDATE') return fields;
	const changed = new Set(header.changedFields.map((name) => name.split('.')[0]));
	for (const name of header.nulledFields) changed.add(name.split('.')[0]);
	const entries = Object.entries(fields).filter(([name]) => changed.has(name));
	return Object.fromEntries(entries);
}

/** Events may be missing between the last one and what comes now. */
export const gapItem = (
	topic: string,
	lost: { position?: string; reason: string; lastEventAt?: number; continuesFrom: string },
): StreamedEvent => ({
	event: 'gap',
	topic,
	eventId: fingerprint([topic, lost.position]).slice(0, 32),
	reason: lost.reason,
	lastEventAt: lost.lastEventAt === undefined ? null : new Date(lost.lastEventAt).toISOString(),
	continuesFrom: lost.continuesFrom,
});

/** Which change events are wanted. Others have no kinds. */
export interface Wanted {
	/** CREATE, UPDATE ...; none: all */
	changeTypes: string[];
	/** an update counts when one of these was changed; none: always */
	fields: string[];
}

/** What Salesforce could not tell in full is wanted as soon as it may be. */
export function isWanted({ changeTypes, fields }: Wanted, { header }: ReceivedEvent): boolean {
	if (!header || header.changeType === 'GAP_OVERFLOW') return true;
	const kind = header.changeType.replace(/^GAP_/, '');
	if (changeTypes.length > 0 && !changeTypes.includes(kind)) return false;
	if (fields.length === 0 || header.changeType !== 'UPDATE') return true;
	const watched = fields.map((name) => name.toLowerCase());
	return [...header.changedFields, ...header.nulledFields].some((name) => {
		const changed = name.toLowerCase();
		return watched.some((one) => changed === one || changed.startsWith(`${one}.`));
	});
}
