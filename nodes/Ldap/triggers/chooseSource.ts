import { Failure } from '../../shared/resilience/failure';
import type { LdapClient, RootDse } from '../transport/client';
import { DIR_SYNC } from '../transport/dirSync';
import { Code } from '../transport/message';
import { NOTIFICATION } from '../transport/notification';
import { PERSISTENT_SEARCH } from '../transport/persistentSearch';
import { SYNC_REQUEST } from '../transport/sync';
import { dirSyncSource } from './dirSyncSource';
import type { Source } from './news';
import { persistentSource } from './persistentSource';
import { syncSource } from './syncSource';
import { timestampSource } from './timestampSource';
import { usnSource } from './usnSource';

export type Mechanism =
	'automatic' | 'dirSync' | 'notification' | 'persistentSearch' | 'polling' | 'syncrepl';

interface Way {
	name: Exclude<Mechanism, 'automatic'>;
	offeredBy(root: RootDse): boolean;
	source(root: RootDse): Source;
}

const knows = (oid: string) => (root: RootDse) => root.supportedControl.has(oid);

// The best first.
const WAYS: Way[] = [
	{ name: 'syncrepl', offeredBy: knows(SYNC_REQUEST), source: () => syncSource },
	{ name: 'notification', offeredBy: knows(NOTIFICATION), source: () => usnSource(true) },
	{
		name: 'persistentSearch',
		offeredBy: knows(PERSISTENT_SEARCH),
		source: () => persistentSource,
	},
	{
		name: 'polling',
		offeredBy: () => true,
		source: ({ vendor }) => (vendor === 'activeDirectory' ? usnSource(false) : timestampSource),
	},
	{
		name: 'dirSync',
		offeredBy: knows(DIR_SYNC),
		source: (root) => dirSyncSource(root.supportedControl.has(NOTIFICATION)),
	},
];

export interface Chosen {
	/** where one way stopped another does not go on */
	name: string;
	source: Source;
	/** there are others, should the server not do what it announces */
	replaceable: boolean;
}

/**
 * The way to hear what happens at this server.
 * @param failed names of ways that the server announced and did not have
 * @param used name of the way that what is known comes from: those before it may have failed, and could show
 * the same entries with other attributes
 * @throws Failure where the server does not offer what was chosen
 */
export async function chooseSource(
	client: LdapClient,
	mechanism: Mechanism,
	failed: ReadonlySet<string>,
	used = '',
): Promise<Chosen> {
	const root = await client.rootDse();
	const automatic = mechanism === 'automatic';
	const from = WAYS.findIndex(({ name }) => automatic && used.split(' ')[0] === name);
	const way = WAYS.slice(Math.max(0, from)).find(({ name, offeredBy }) =>
		automatic ? offeredBy(root) && !failed.has(name) : name === mechanism,
	);
	if (!way?.offeredBy(root)) throw notOffered(mechanism);
	const polls = way.name === 'polling';
	return {
		name: polls ? `polling ${root.vendor}` : way.name,
		source: way.source(root),
		replaceable: automatic && !polls,
	};
}

/**
 * The server announces a way of hearing what happens, and does not have it, or not for this user. ApacheDS
 * announces syncrepl; others ignore the control, so that the search ends at once, or ask for a right to use it.
 */
export const isNotDone = ({ code, status = 0, phase, scope }: Failure): boolean =>
	NOT_DONE.has(code) || (phase === 'rejected' && scope !== 'credential' && REFUSALS.has(status));

const NOT_DONE: ReadonlySet<string> = new Set([
	'NO_ACTIVE_DIRECTORY',
	'NO_SYNC_STATE',
	'SEARCH_ENDED',
]);
const REFUSALS: ReadonlySet<number> = new Set([
	Code.protocolError,
	Code.unavailableCriticalExtension,
	Code.insufficientAccessRights,
	Code.unwillingToPerform,
]);

const notOffered = (mechanism: string) =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NOT_OFFERED',
		message: `The server does not offer the mechanism "${mechanism}"`,
		hint: 'Set "Mechanism" to Automatic. OpenLDAP offers syncrepl where the overlay syncprov is configured.',
	});
