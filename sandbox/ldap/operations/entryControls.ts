import { entryAnswer } from '../answers.ts';
import { BerReader, readSequence } from '../ber.ts';
import type { Context } from '../context.ts';
import { findControl, Oid } from '../controls.ts';
import type { Entry } from '../entry.ts';
import { evaluate } from '../evaluate.ts';
import { readFilter } from '../filter.ts';
import type { Control } from '../message.ts';
import { Refusal } from '../refusal.ts';
import { selectAttributes, viewerOf } from '../view.ts';

/** RFC 4528: the request counts only while the filter is true for the entry. @throws {Refusal} */
export function checkAssertion(entry: Entry, { controls, service, session }: Context): void {
	const control = findControl(controls, Oid.assertion);
	if (!control) return;
	const filter = readFilter(new BerReader(control.value ?? Buffer.alloc(0)));
	if (evaluate(filter, entry, viewerOf(service, session)) !== true) {
		throw new Refusal('assertionFailed');
	}
}

/** RFC 4527: the entry as it was before the write, and as it is after it. */
export function readEntryControls(
	before: Entry | undefined,
	after: Entry | undefined,
	context: Context,
): Control[] {
	return [...readEntry(Oid.preRead, before, context), ...readEntry(Oid.postRead, after, context)];
}

function readEntry(oid: string, entry: Entry | undefined, context: Context): Control[] {
	const { controls, service, session } = context;
	const control = findControl(controls, oid);
	if (!control || !entry) return [];
	const attributes = readSequence(control.value ?? Buffer.alloc(0)).all((names) => names.text());
	const viewer = viewerOf(service, session);
	const selected = selectAttributes(entry, { attributes, typesOnly: false }, service, viewer);
	// The value is a SearchResultEntry without its application tag.
	const value = entryAnswer(entry.dn.text, selected);
	value[0] = 0x30;
	return [{ oid, critical: false, value }];
}
