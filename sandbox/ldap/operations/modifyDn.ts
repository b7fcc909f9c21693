import { done } from '../answers.ts';
import { checkEntry } from '../checks.ts';
import { findEntry, readName, writeContext, type Context, type Outcome } from '../context.ts';
import { isWithin, nameOf, parentOf, type Rdn } from '../dn.ts';
import type { Entry } from '../entry.ts';
import { matchKey } from '../matching.ts';
import type { ModifyDnRequest } from '../message.ts';
import { Refusal } from '../refusal.ts';
import type { Schema } from '../schema.ts';
import { nameEntry } from './add.ts';
import { checkAssertion, readEntryControls } from './entryControls.ts';
import { followLinks } from './linked.ts';

/** RFC 4511 section 4.9. */
export function modifyDn(request: ModifyDnRequest, context: Context): Outcome {
	const { service, session } = context;
	const { directory, personality } = service;
	const { schema } = directory;
	const { words } = personality;
	const before = findEntry(request.dn, service);
	if (request.newRdn.trim() === '') throw words.invalidDn(request.newRdn);
	const [rdn, more] = readName(request.newRdn, service).rdns;
	if (!rdn || more) throw words.invalidDn(request.newRdn);
	personality.checkWrite(session.actor, before);
	checkAssertion(before, context);
	const parent =
		request.newSuperior === undefined
			? parentOf(before.dn)
			: newParent(request.newSuperior, before, context);
	const dn = nameOf([rdn, ...parent.rdns]);
	const there = directory.get(dn.key);
	if (there && there !== before) throw words.entryExists();
	const after = before.copy(dn);
	const [oldRdn] = before.dn.rdns;
	if (request.deleteOldRdn && oldRdn) withoutName(after, oldRdn, schema);
	nameEntry(after, schema);
	personality.completeRename(before, after, writeContext(context));
	checkEntry(after, schema, words);
	directory.rename(before, after);
	for (const one of [after, ...directory.descendants(dn.key)]) {
		const depth = one.dn.rdns.length - dn.rdns.length;
		const oldName = nameOf([...one.dn.rdns.slice(0, depth), ...before.dn.rdns]);
		followLinks(oldName.key, one.dn.text, service);
	}
	return { result: done(), controls: readEntryControls(before, after, context) };
}

function newParent(text: string, entry: Entry, { service, session }: Context) {
	const name = readName(text, service);
	const parent = service.directory.get(name.key);
	if (!parent) {
		const nearest = service.directory.nearest(name);
		throw service.personality.words.noSuchNewParent(nearest?.dn.text ?? '');
	}
	if (isWithin(parent.dn.key, entry.dn.key)) {
		throw new Refusal('unwillingToPerform', 'the new superior is below the entry');
	}
	service.personality.checkWrite(session.actor, parent);
	return parent.dn;
}

/** The old values go; those that are in the new name too come back with it. */
function withoutName(entry: Entry, rdn: Rdn, schema: Schema): void {
	for (const { type: name, value } of rdn.assertions) {
		const type = schema.attribute(name);
		const attribute = type && entry.get(type);
		if (!attribute) continue;
		const key = matchKey(type, value, schema);
		const values = attribute.values.filter((one) => matchKey(type, one, schema) !== key);
		entry.put({ ...attribute, values });
	}
}
