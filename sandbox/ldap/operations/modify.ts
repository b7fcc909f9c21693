import { done } from '../answers.ts';
import { checkEntry, classesOf, structuralClass } from '../checks.ts';
import { findEntry, writeContext, type Context, type Outcome } from '../context.ts';
import { findControl, Oid } from '../controls.ts';
import type { ModifyRequest } from '../message.ts';
import { applyChange, checkedAttribute } from '../values.ts';
import { checkAssertion, readEntryControls } from './entryControls.ts';
import { checkLinks } from './linked.ts';

/** RFC 4511 section 4.6: all changes or none. */
export function modify(request: ModifyRequest, context: Context): Outcome {
	const { service, session, controls } = context;
	const { directory, personality } = service;
	const { schema } = directory;
	const { words } = personality;
	const before = findEntry(request.dn, service);
	personality.checkWrite(session.actor, before, request.changes);
	checkAssertion(before, context);
	const permissive = findControl(controls, Oid.permissiveModify) !== undefined;
	const after = before.copy();
	const writes = writeContext(context);
	for (const change of personality.takeChanges(after, request.changes, writes)) {
		const given = checkedAttribute(change, schema, words);
		if (given.type.noUserModification) throw words.noUserModification(given.description);
		applyChange(after, change.operation, given, schema, words, { permissive });
	}
	const ignored = personality.ignoresNoChange && after.equals(before);
	personality.completeModify(before, after, request.changes, writes);
	const [was, is] = [before, after].map((entry) =>
		structuralClass(classesOf(entry, schema, words), schema, words),
	);
	if (was !== is) throw words.structuralChange(was?.names[0] ?? '', is?.names[0] ?? '');
	checkEntry(after, schema, words);
	checkLinks(before, after, service);
	if (!ignored) directory.replace(before, after);
	return {
		result: done(),
		controls: readEntryControls(before, ignored ? before : after, context),
	};
}
