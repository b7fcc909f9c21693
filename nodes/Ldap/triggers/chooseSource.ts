import { Failure } from '../../shared/resilience/failure';
import type { LdapClient, RootDse } from '../transport/client';
import { DIR_SYNC } from '../transport/dirSync';
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

/**
 * The way to hear what happens at this server.
 * @returns it with its name: where one stopped another does not go on
 * @throws Failure where the server does not offer what was chosen
 */
export async function chooseSource(
	client: LdapClient,
	mechanism: Mechanism,
): Promise<{ name: string; source: Source }> {
	const root = await client.rootDse();
	const way = WAYS.find((candidate) =>
		mechanism === 'automatic' ? candidate.offeredBy(root) : candidate.name === mechanism,
	);
	if (!way?.offeredBy(root)) throw notOffered(mechanism);
	const { name } = way;
	return { name: name === 'polling' ? `polling ${root.vendor}` : name, source: way.source(root) };
}

const notOffered = (mechanism: string) =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NOT_OFFERED',
		message: `The server does not offer the mechanism "${mechanism}"`,
		hint: 'Set "Mechanism" to Automatic. OpenLDAP offers syncrepl where the overlay syncprov is configured.',
	});
