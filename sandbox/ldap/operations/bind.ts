import { done } from '../answers.ts';
import { writeContext, type Context, type Outcome } from '../context.ts';
import type { BindRequest } from '../message.ts';
import { anonymous } from '../personality.ts';
import { Refusal } from '../refusal.ts';

/**
 * RFC 4511 section 4.2, simple binds. Until one succeeds, and after one that fails, nobody is bound.
 */
export function bind(request: BindRequest, context: Context): Outcome {
	const { service, session } = context;
	session.actor = anonymous;
	if (request.version !== 3) {
		throw new Refusal('protocolError', 'requested protocol version not supported');
	}
	if (request.sasl) throw new Refusal('authMethodNotSupported', 'SASL(-4): no mechanism available');
	const password = request.simple ?? Buffer.alloc(0);
	if (request.name === '' && password.length === 0) return { result: done() };
	if (password.length === 0) {
		throw new Refusal(
			'unwillingToPerform',
			'unauthenticated bind (DN with no password) disallowed',
		);
	}
	session.actor = service.personality.authenticate(
		request.name,
		password.toString(),
		writeContext(context),
	);
	return { result: done() };
}
