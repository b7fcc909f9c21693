import { done } from '../answers.ts';
import { findEntry, type Context, type Outcome } from '../context.ts';
import { matchKey } from '../matching.ts';
import type { CompareRequest } from '../message.ts';
import { Refusal, ResultCode } from '../refusal.ts';
import { parseDescription } from '../schema.ts';
import { viewerOf } from '../view.ts';
import { checkAssertion } from './entryControls.ts';

/** RFC 4511 section 4.10. */
export function compare(request: CompareRequest, context: Context): Outcome {
	const { service, session } = context;
	const { directory, personality } = service;
	const { type: name, options } = parseDescription(request.attribute);
	personality.checkSearch(session.actor, request.dn, 'base');
	const entry = findEntry(request.dn, service);
	checkAssertion(entry, context);
	const type = directory.schema.attribute(name);
	if (!type) throw personality.words.undefinedType(request.attribute);
	const wanted = matchKey(type, request.value, directory.schema);
	if (type.equality === undefined) throw new Refusal('inappropriateMatching');
	if (wanted === undefined) {
		throw new Refusal('invalidAttributeSyntax', 'value invalid per syntax');
	}
	const found = viewerOf(service, session).read(entry, type, options);
	if (found.length === 0) throw personality.words.noSuchAttribute(type);
	const equal = found.some((one) =>
		one.values.some((value) => matchKey(one.type, value, directory.schema) === wanted),
	);
	return { result: done(equal ? ResultCode.compareTrue : ResultCode.compareFalse) };
}
