import { done, entryAnswer } from '../answers.ts';
import type { Context, Outcome } from '../context.ts';
import { findControl, Oid } from '../controls.ts';
import type { Control, SearchRequest } from '../message.ts';
import { Refusal, ResultCode } from '../refusal.ts';
import { selectAttributes, viewerOf } from '../view.ts';
import { isDeleted, matcherOf } from './candidates.ts';
import { follow } from './follow.ts';

/**
 * Change notification of Active Directory (MS-ADTS section 3.1.1.3.4.1.9): the search answers with
 * each entry that is changed from now on, and never ends. What is deleted comes as its tombstone,
 * for those who may see these.
 */
export async function notify(
	request: SearchRequest,
	context: Context,
	_control: Control,
): Promise<Outcome> {
	const { service, session, controls } = context;
	const { filter } = request;
	service.personality.checkSearch(session.actor, request.base, request.scope);
	if (filter.type !== 'present' || filter.attribute.toLowerCase() !== 'objectclass') {
		throw new Refusal(
			'unwillingToPerform',
			'000020DD: SvcErr: DSID-031404BE, problem 5003 (WILL_NOT_PERFORM), data 0\n',
		);
	}
	const matches = matcherOf(request, context);
	const viewer = viewerOf(service, session);
	const showDeleted = findControl(controls, Oid.showDeleted) !== undefined;
	for await (const { after } of follow(context)) {
		if (!after || !matches(after) || (isDeleted(after, context) && !showDeleted)) continue;
		await context.send(
			entryAnswer(after.dn.text, selectAttributes(after, request, service, viewer)),
		);
	}
	return { result: done(ResultCode.canceled) };
}
