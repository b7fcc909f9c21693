import { Failure } from '../../shared/resilience/failure';
import type { DirSyncEnd } from '../transport/dirSync';
import { OBJECT_SECURITY, dirSyncEndOf, dirSyncRequest } from '../transport/dirSync';
import type { Entry } from '../transport/entry';
import { present } from '../transport/filter';
import type { SearchAnswer } from '../transport/message';
import { everything, lookAt, namingContextOf, wakeOf } from './activeDirectory';
import { comparison } from './comparison';
import { idOf, textsOf } from './entries';
import type { Listening, Source } from './news';

/** The server does not know the cookie, or the user may not replicate. */
const refused = (error: unknown) => error instanceof Failure && error.phase === 'rejected';

/**
 * Asks Active Directory what has changed in the naming context since a cookie, which holds for every
 * domain controller.
 *
 * @param notifications the server tells when there is something to ask for
 */
export const dirSyncSource = (notifications: boolean): Source =>
	async function* (listening) {
		const { client, watched, known } = listening;
		const wake = await wakeOf(listening, notifications);
		const context = await namingContextOf(client, watched.base);
		const ask = asker(listening, context);
		let cookie: Buffer = Buffer.from(listening.cursor, 'base64');
		if (cookie.length > 0) yield {};
		for (;;) {
			const first = cookie.length === 0;
			const changed = new Set<string>();
			let moved = false;
			for (let more = true; more;) {
				const { answers, end } = await ask(cookie);
				for (const answer of answers) {
					if (answer.type !== 'entry' || first) continue;
					const id = idOf(answer.entry);
					changed.add(id);
					moved ||= hasMoved(answer.entry) && known.nameOf(id) !== answer.entry.dn;
				}
				({ more } = end);
				cookie = end.cookie;
			}
			// What changes after this point is told the next time, whether it is seen now or not.
			if (first) yield* everything(client, watched);
			else yield* lookAt(listening, [...changed]);
			if (moved) yield* comparison(listening);
			yield { cursor: cookie.toString('base64') };
			await wake.next();
		}
	};

/**
 * An object that has another name or parent than before: it may hold others, of which nothing is told. Of one
 * that is new its classes are told as well.
 */
const hasMoved = (entry: Entry) =>
	textsOf(entry, 'name').length > 0 && textsOf(entry, 'objectClass').length === 0;

/** One question; without the right to replicate only what the user may read. */
function asker({ client, signal }: Listening, context: string) {
	let flags = 0;
	const once = async (cookie: Buffer): Promise<{ answers: SearchAnswer[]; end: DirSyncEnd }> => {
		const open = client.listen(
			{
				base: context,
				scope: 'subtree',
				filter: present('objectClass'),
				// Of what is told only the names of the objects count: an object may have changed again.
				attributes: cookie.length === 0 ? ['objectGUID'] : [],
				controls: [dirSyncRequest(cookie, flags)],
			},
			signal,
		);
		const answers: SearchAnswer[] = [];
		for (;;) {
			const next = await open.next();
			if (!next.done) answers.push(...next.value);
			else return { answers, end: dirSyncEndOf(next.value.controls) ?? noEnd() };
		}
	};
	return async (cookie: Buffer) => {
		try {
			return await once(cookie);
		} catch (error) {
			if (!refused(error) || flags === OBJECT_SECURITY) throw error;
			flags = OBJECT_SECURITY;
			return await once(cookie);
		}
	};
}

const noEnd = (): never => {
	throw new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NO_DIR_SYNC',
		message: 'The server does not know DirSync',
		hint: 'Set "Mechanism" to Automatic.',
	});
};
