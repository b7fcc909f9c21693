import type { IDataObject } from 'n8n-workflow';

const MOST = 2_000;

// What n8n writes down is overwritten when two events arrive at the same time; this is not.
const KEY = Symbol.for('n8n-nodes-resilient.webhooks.seen.v1');
const shared = globalThis as { [KEY]?: Map<string, string[]> };
const seenHere = (shared[KEY] ??= new Map<string, string[]>());

/**
 * Senders deliver an event at least once. Finds those that have been here before.
 * @param idOf what tells events apart: a short text without spaces
 * @param memory what n8n writes down
 * @param name of the trigger among all of this n8n
 * @returns the others; what to call when their run is to be started, because n8n writes the memory
 * down after a refusal as well, and what is sent again then must be no duplicate; and what to call
 * when it has been started
 */
export function withoutDuplicates<Event>(
	events: Event[],
	idOf: (event: Event) => string,
	memory: IDataObject,
	name: string,
): { fresh: Event[]; keep: () => void; accepted: () => void } {
	const before = typeof memory.seen === 'string' ? memory.seen.split(' ') : [];
	const known = new Set([...before, ...(seenHere.get(name) ?? [])]);
	const ids: string[] = [];
	const fresh = events.filter((event) => {
		const id = idOf(event);
		if (known.has(id)) return false;
		known.add(id);
		ids.push(id);
		return true;
	});
	const keep = () => {
		if (ids.length > 0) memory.seen = [...before, ...ids].slice(-MOST).join(' ');
	};
	const accepted = () =>
		void seenHere.set(name, [...(seenHere.get(name) ?? []), ...ids].slice(-MOST));
	return { fresh, keep, accepted };
}
