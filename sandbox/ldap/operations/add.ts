import { done } from '../answers.ts';
import { checkEntry } from '../checks.ts';
import { checkReferral, readName, writeContext, type Context, type Outcome } from '../context.ts';
import { attributeOf, Entry } from '../entry.ts';
import { matchKey } from '../matching.ts';
import type { AddRequest } from '../message.ts';
import type { Schema } from '../schema.ts';
import { checkedAttribute } from '../values.ts';
import { readEntryControls } from './entryControls.ts';
import { checkLinks } from './linked.ts';

/** RFC 4511 section 4.7. */
export function add(request: AddRequest, context: Context): Outcome {
	const { service, session } = context;
	const { directory, personality } = service;
	const { words } = personality;
	const dn = readName(request.dn, service);
	checkReferral(dn, service);
	const entry = new Entry(dn);
	for (const raw of request.attributes) {
		const attribute = checkedAttribute(raw, directory.schema, words);
		if (attribute.type.noUserModification) throw words.noUserModification(attribute.description);
		if (attribute.values.length === 0) throw words.noValues(attribute.description);
		if (entry.get(attribute.type, attribute.options)) {
			throw words.givenTwice(attribute.description, 0);
		}
		entry.put(attribute);
	}
	if (directory.get(dn.key)) throw words.entryExists();
	const parent = directory.get(dn.parentKey);
	if (!parent || dn.rdns.length === 1) {
		const nearest = directory.nearest(dn);
		throw nearest ? words.noSuchParent(nearest.dn.text) : words.outside('write', request.dn);
	}
	personality.checkWrite(session.actor, parent);
	nameEntry(entry, directory.schema);
	personality.completeAdd(entry, writeContext(context));
	checkEntry(entry, directory.schema, words);
	checkLinks(undefined, entry, service);
	directory.add(entry);
	return { result: done(), controls: readEntryControls(undefined, entry, context) };
}

/** Values of the name that the client left out are added (X.511 asks for them). */
export function nameEntry(entry: Entry, schema: Schema): void {
	for (const { type: name, value } of entry.dn.rdns[0]?.assertions ?? []) {
		const type = schema.attribute(name);
		if (!type) continue;
		const values = entry.get(type)?.values ?? [];
		const key = matchKey(type, value, schema);
		if (values.some((one) => matchKey(type, one, schema) === key)) continue;
		entry.put(attributeOf(type, [...values, value]));
	}
}
