import { done } from '../answers.ts';
import { BerReader, octets, readSequence, sequence } from '../ber.ts';
import { findEntry, type Context, type Outcome } from '../context.ts';
import { Oid } from '../controls.ts';
import type { ExtendedRequest } from '../message.ts';
import { Refusal } from '../refusal.ts';
import { randomBytes } from 'node:crypto';

/** Extended operations but STARTTLS, which is about the connection (RFC 4511 section 4.12). */
export function extended(request: ExtendedRequest, context: Context): Outcome {
	const run = context.service.personality.extensions.includes(request.oid)
		? operations[request.oid]
		: undefined;
	if (!run) throw new Refusal('protocolError', 'unsupported extended operation');
	return run(request, context);
}

const operations: Record<string, (request: ExtendedRequest, context: Context) => Outcome> = {
	/** RFC 4532 */
	[Oid.whoAmI]: (_request, { session }) => ({
		result: done(),
		tail: [octets(session.actor.authzId, 0x8b)],
	}),
	[Oid.passwordModify]: passwordModify,
};

/** RFC 3062: without a new password the server makes one. */
function passwordModify({ value }: ExtendedRequest, context: Context): Outcome {
	const { service, session } = context;
	const { directory, personality } = service;
	const reader = value ? readSequence(value) : new BerReader(Buffer.alloc(0));
	const identity = reader.optional(0x80)?.toString();
	const oldPassword = reader.optional(0x81)?.toString();
	const given = reader.optional(0x82)?.toString();
	if (session.actor.role === 'anonymous') {
		throw new Refusal('strongerAuthRequired', 'only authenticated users may change passwords');
	}
	const before = findEntry(identity ?? session.actor.dn, service);
	if (session.actor.role !== 'admin' && before.dn.key !== session.actor.key) {
		throw personality.words.insufficientAccess();
	}
	if (oldPassword !== undefined && !personality.hasPassword(before, oldPassword, directory)) {
		throw new Refusal('unwillingToPerform', 'unwilling to verify old password');
	}
	if (given === '') throw new Refusal('protocolError', 'new password is empty');
	const password = given ?? randomBytes(6).toString('base64url');
	const after = before.copy();
	personality.setPassword(after, password);
	directory.replace(before, after);
	return {
		result: done(),
		tail: given === undefined ? [octets(sequence(octets(password, 0x80)), 0x8b)] : [],
	};
}
