import type { Control, Operation } from './message.ts';
import type { Personality } from './personality.ts';

export const Oid = {
	pagedResults: '1.2.840.113556.1.4.319',
	sortRequest: '1.2.840.113556.1.4.473',
	sortResponse: '1.2.840.113556.1.4.474',
	treeDelete: '1.2.840.113556.1.4.805',
	permissiveModify: '1.2.840.113556.1.4.1413',
	showDeleted: '1.2.840.113556.1.4.417',
	showRecycled: '1.2.840.113556.1.4.2064',
	lazyCommit: '1.2.840.113556.1.4.619',
	domainScope: '1.2.840.113556.1.4.1339',
	notification: '1.2.840.113556.1.4.528',
	dirSync: '1.2.840.113556.1.4.841',
	assertion: '1.3.6.1.1.12',
	preRead: '1.3.6.1.1.13.1',
	postRead: '1.3.6.1.1.13.2',
	manageDsaIt: '2.16.840.1.113730.3.4.2',
	syncRequest: '1.3.6.1.4.1.4203.1.9.1.1',
	syncState: '1.3.6.1.4.1.4203.1.9.1.2',
	syncDone: '1.3.6.1.4.1.4203.1.9.1.3',
	syncInfo: '1.3.6.1.4.1.4203.1.9.1.4',
	persistentSearch: '2.16.840.1.113730.3.4.3',
	entryChange: '2.16.840.1.113730.3.4.7',
	startTls: '1.3.6.1.4.1.1466.20037',
	passwordModify: '1.3.6.1.4.1.4203.1.11.1',
	whoAmI: '1.3.6.1.4.1.4203.1.11.3',
	cancel: '1.3.6.1.1.8',
} as const;

/**
 * The controls of a request that count (RFC 4511 section 4.1.11): one that is not taken for the
 * operation is left out, or refuses the operation when it is critical.
 */
export function understoodControls(
	controls: readonly Control[],
	type: Operation['type'],
	{ controls: taken, words }: Personality,
): Control[] {
	return controls.filter(({ oid, critical }) => {
		const known = taken[type]?.includes(oid) ?? false;
		if (!known && critical) throw words.unsupportedControl();
		return known;
	});
}

export const findControl = (controls: readonly Control[], oid: string) =>
	controls.find((control) => control.oid === oid);
