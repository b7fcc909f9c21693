import { Failure } from '../../shared/resilience/failure';
import type { LdapClient } from '../transport/client';
import type { Filter } from '../transport/filter';
import { present } from '../transport/filter';
import { showDeleted } from '../transport/notification';
import { everything, namingContextOf, search, serverNow, standOf, wakeOf } from './activeDirectory';
import { comparison, isContainer } from './comparison';
import { allEntries, idOf, oneEntry, textsOf, withIds } from './entries';
import type { Listening, News, Source } from './news';

/**
 * Looks for what has a higher update sequence number than before. Each domain controller counts for
 * itself: at another one, or at one that was restored, everything is compared.
 *
 * @param notifications the server tells when there is something to look for
 */
export const usnSource = (notifications: boolean): Source =>
	async function* (listening) {
		const { client, watched } = listening;
		const wake = await wakeOf(listening, notifications);
		const context = await namingContextOf(client, watched.base);
		const seesDeleted = watched.deletes && (await readsDeleted(client, context));
		let { cursor } = listening;
		for (;;) {
			const before = readCursor(cursor);
			const stand = await standOf(client);
			const comparable = before?.invocation === stand.invocation && before.usn <= stand.usn;
			if (!comparable) yield* everything(client, watched);
			else if (before.usn < stand.usn) {
				const moved = yield* changes(listening, context, before);
				if (moved || (watched.deletes && !seesDeleted)) yield* comparison(listening);
			}
			// Where another server has answered meanwhile, nothing is known of what it has not told.
			const { service } = await serverNow(client);
			if (service === stand.service) {
				const { invocation, usn } = stand;
				cursor = JSON.stringify({ invocation, usn });
				yield { cursor };
			}
			await wake.next();
		}
	};

/** Where it goes on from: numbers of one database. */
interface Since {
	invocation: string;
	usn: number;
}

function readCursor(cursor: string): Since | undefined {
	if (cursor === '') return undefined;
	const { invocation, usn }: Partial<Since> = JSON.parse(cursor);
	return typeof invocation === 'string' && typeof usn === 'number'
		? { invocation, usn }
		: undefined;
}

/**
 * Entries that have changed, and those that have changed so that they are not watched any more.
 * @returns whether there may be others, because a container has changed that holds them
 */
async function* changes(
	{ client, watched, known }: Listening,
	context: string,
	{ usn }: Since,
): AsyncGenerator<News, boolean, undefined> {
	const since: Filter = {
		type: 'greaterOrEqual',
		attribute: 'uSNChanged',
		value: Buffer.from(String(usn + 1)),
	};
	// First these, wherever they are by now: what changes after that is found below, or the next time.
	const changed = new Set<string>();
	const everywhere = {
		...{ base: context, scope: 'subtree' as const, filter: since },
		attributes: ['objectGUID', 'objectClass'],
		controls: [showDeleted],
	};
	let moved = false;
	for await (const entries of allEntries(client, everywhere))
		for (const entry of entries) {
			const id = idOf(entry);
			if (known.has(id)) changed.add(id);
			moved ||= known.nameOf(id) !== entry.dn && isContainer(textsOf(entry, 'objectClass'));
		}
	for await (const entries of search(client, watched, since)) {
		const named = withIds(entries);
		for (const { id } of named) changed.delete(id);
		yield { entries: named };
	}
	yield { gone: [...changed] };
	return moved;
}

/**
 * Whether this user finds what was deleted: by default administrators only.
 * https://learn.microsoft.com/windows/win32/ad/retrieving-deleted-objects
 */
async function readsDeleted(client: LdapClient, context: string): Promise<boolean> {
	try {
		const found = await oneEntry(client, {
			base: `<WKGUID=18E2EA80684F11D2B9AA00C04F79F805,${context}>`,
			filter: present('objectClass'),
			attributes: ['1.1'],
			controls: [showDeleted],
		});
		return found !== undefined;
	} catch (error) {
		if (error instanceof Failure && error.phase === 'rejected') return false;
		throw error;
	}
}
