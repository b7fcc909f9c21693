import { done, entryAnswer } from '../answers.ts';
import { enumerated, integer, octets, readSequence, sequence } from '../ber.ts';
import type { Context, Outcome } from '../context.ts';
import { Oid } from '../controls.ts';
import type { DirectoryChange } from '../directory.ts';
import type { Control, SearchRequest } from '../message.ts';
import { ResultCode } from '../refusal.ts';
import { selectAttributes, viewerOf } from '../view.ts';
import { candidates, matcherOf } from './candidates.ts';
import { follow } from './follow.ts';

/** Bits of what a client asks for, and what an answer says (draft-ietf-ldapext-psearch-03). */
const types: Record<DirectoryChange['kind'], number> = { add: 1, delete: 2, modify: 4, rename: 8 };

/** Persistent search, as 389 Directory Server has it: the search stays and tells every change. */
export async function persistentSearch(
	request: SearchRequest,
	context: Context,
	control: Control,
): Promise<Outcome> {
	const { service, session } = context;
	const reader = readSequence(control.value ?? Buffer.alloc(0));
	const wanted = reader.integer();
	const changesOnly = reader.boolean();
	const explains = reader.boolean();
	service.personality.checkSearch(session.actor, request.base, request.scope);
	const matches = matcherOf(request, context);
	const viewer = viewerOf(service, session);
	const changes = follow(context);
	const found = changesOnly ? [] : candidates(request, context).filter(matches);
	for (const entry of found) {
		await context.send(
			entryAnswer(entry.dn.text, selectAttributes(entry, request, service, viewer)),
		);
	}
	for await (const { kind, before, after, sequence: number } of changes) {
		const entry = after ?? before;
		if (!entry || (wanted & types[kind]) === 0 || !matches(entry)) continue;
		const value = sequence(
			enumerated(types[kind]),
			...(kind === 'rename' && before ? [octets(before.dn.text)] : []),
			integer(number),
		);
		await context.send(
			entryAnswer(entry.dn.text, selectAttributes(entry, request, service, viewer)),
			explains ? [{ oid: Oid.entryChange, critical: false, value }] : [],
		);
	}
	return { result: done(ResultCode.canceled) };
}
