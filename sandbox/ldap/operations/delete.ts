import { done } from '../answers.ts';
import { findEntry, writeContext, type Context, type Outcome } from '../context.ts';
import { findControl, Oid } from '../controls.ts';
import type { Entry } from '../entry.ts';
import type { DeleteRequest } from '../message.ts';
import { checkAssertion, readEntryControls } from './entryControls.ts';
import { followLinks } from './linked.ts';

/** RFC 4511 section 4.8; with the tree delete control all below goes as well. */
export function remove(request: DeleteRequest, context: Context): Outcome {
	const { service, session, controls } = context;
	const { directory, personality } = service;
	const entry = findEntry(request.dn, service);
	personality.checkWrite(session.actor, entry);
	checkAssertion(entry, context);
	const lower = [...directory.descendants(entry.dn.key)];
	if (lower.length > 0 && !findControl(controls, Oid.treeDelete)) throw personality.words.notLeaf();
	for (const one of [...lower.reverse(), entry]) removeEntry(one, context);
	return { result: done(), controls: readEntryControls(entry, undefined, context) };
}

function removeEntry(entry: Entry, context: Context): void {
	const { directory, personality } = context.service;
	const remains = personality.beforeDelete(entry, writeContext(context));
	directory.remove(entry, remains);
	followLinks(entry.dn.key, undefined, context.service);
}
