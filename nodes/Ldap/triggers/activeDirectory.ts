import { Failure } from '../../shared/resilience/failure';
import type { LdapClient } from '../transport/client';
import { isBelow } from '../transport/dn';
import type { Filter } from '../transport/filter';
import { allOf, anyOf, equal, present } from '../transport/filter';
import { notificationRequest } from '../transport/notification';
import { guid } from '../transport/values/guid';
import { namesToAskFor } from './attributes';
import { allEntries, guidOf, oneEntry, textsOf, withIds } from './entries';
import type { Listening, News, Watched } from './news';
import { Wake } from './wake';

/** Which state of which database a domain controller is at. */
export interface Stand {
	/** DN of the settings of the server, or its name */
	service: string;
	/** of the database: another one after it was restored from a backup */
	invocation: string;
	/** the highest update sequence number (USN) of this domain controller: no other counts as it does */
	usn: number;
}

/** https://learn.microsoft.com/windows/win32/ad/polling-for-changes-using-usnchanged */
export async function standOf(client: LdapClient): Promise<Stand> {
	const { service, usn } = await serverNow(client);
	const settings = service.includes('=')
		? await oneEntry(client, {
				...{ base: service, filter: present('objectClass') },
				attributes: ['invocationId'],
			})
		: undefined;
	const [invocation] =
		settings?.attributes.find(({ type }) => type.toLowerCase() === 'invocationid')?.values ?? [];
	// Who may not read it still has the name of the server.
	return { service, invocation: invocation ? guidOf(invocation) : service, usn };
}

/** Which server answers, and what it has counted to. */
export async function serverNow(client: LdapClient): Promise<Omit<Stand, 'invocation'>> {
	const root = await oneEntry(client, {
		base: '',
		filter: present('objectClass'),
		attributes: ['dsServiceName', 'dnsHostName', 'highestCommittedUSN'],
	});
	const text = (name: string) => (root ? textsOf(root, name)[0] : undefined) ?? '';
	const service = text('dsServiceName') || text('dnsHostName');
	const usn = text('highestCommittedUSN');
	if (!service || !/^\d+$/.test(usn)) throw noActiveDirectory();
	return { service, usn: Number(usn) };
}

const noActiveDirectory = () =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NO_ACTIVE_DIRECTORY',
		message: 'The server does not count its changes as Active Directory does',
		hint: 'Set "Mechanism" to Automatic.',
	});

/** The naming context that the base is in. */
export async function namingContextOf(client: LdapClient, base: string): Promise<string> {
	const { namingContexts, defaultNamingContext } = await client.rootDse();
	const around = namingContexts
		.filter((context) => context !== '' && (base === context || isBelow(base, context)))
		.sort((a, b) => b.length - a.length);
	return around[0] ?? defaultNamingContext ?? base;
}

/**
 * Says when something has changed. Only a whole naming context, the children of an object or one object
 * can be watched by a notification.
 */
export async function wakeOf(listening: Listening, notifications: boolean): Promise<Wake> {
	const { client, watched, intervalMs, signal } = listening;
	if (!notifications) return Wake.byClock(intervalMs, signal);
	const whole = watched.scope === 'subtree' || watched.scope === 'children';
	const search = {
		base: whole ? await namingContextOf(client, watched.base) : watched.base,
		scope: whole ? ('subtree' as const) : watched.scope,
		filter: present('objectClass'),
		attributes: ['objectGUID'],
		controls: [notificationRequest],
	};
	return Wake.bySearch(client, search, intervalMs, signal);
}

/** All that is there, compared with what is known. */
export async function* everything(
	client: LdapClient,
	watched: Watched,
): AsyncGenerator<News, void, undefined> {
	yield { round: 'begin' };
	for await (const entries of search(client, watched)) yield { entries: withIds(entries) };
	yield { round: 'end' };
}

/** The watched entries, or those of them that another filter finds as well. */
export const search = (client: LdapClient, watched: Watched, also?: Filter) =>
	allEntries(client, {
		...{ base: watched.base, scope: watched.scope },
		filter: also ? allOf(watched.filter, also) : watched.filter,
		attributes: namesToAskFor(watched, 'objectGUID'),
	});

// As long as a filter may well be.
const IDS_AT_ONCE = 50;

/** Of some entries those that are watched, as they are now; the others are gone. */
export async function* lookAt(
	{ client, watched, known }: Listening,
	ids: string[],
): AsyncGenerator<News, void, undefined> {
	for (let n = 0; n < ids.length; n += IDS_AT_ONCE) {
		const some = ids.slice(n, n + IDS_AT_ONCE);
		const either = anyOf(
			...some.map((id) => equal('objectGUID', guid.encode(id) ?? Buffer.alloc(0))),
		);
		const found = new Set<string>();
		for await (const entries of search(client, watched, either)) {
			const named = withIds(entries);
			for (const { id } of named) found.add(id);
			yield { entries: named };
		}
		yield { gone: some.filter((id) => !found.has(id) && known.has(id)) };
	}
}
