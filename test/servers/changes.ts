import type { INodeParameters } from 'n8n-workflow';
import { setTimeout as wait } from 'node:timers/promises';
import type { LdapClient } from '../../nodes/Ldap/transport/client';
import {
	attribute,
	eventsOf,
	inShort,
	replace,
	until,
	type Watching,
} from '../engine/ldapWatching';
import type { Database } from '../engine/triggerHost';
import type { Directory } from './directory';

/** How many changes; the goal is 0 lost and 0 doubled of 10,000. */
export const CHANGES = Number(process.env.TRIGGER_CHANGES ?? 300);

/** Where it happens. */
export interface Place {
	watching: Watching;
	directory: LdapClient;
	/** an organizational unit of its own is made below its base; a restart comes without warning */
	server: Pick<Directory, 'base' | 'restart'>;
	/** object classes of what is made */
	objectClasses: string[];
	/** of the trigger */
	mechanism: string;
}

const CHANGING = 20;

/**
 * Makes, changes and deletes entries, each as often as the others, while n8n is killed, n8n is stopped
 * and the server is killed, and expects one event for each that was made and deleted, and of those that
 * were changed an unbroken chain of events that ends at their last value.
 */
export async function manyChanges(place: Place): Promise<void> {
	const { watching, directory, server, objectClasses, mechanism } = place;
	const { base } = server;
	const under = `OU=many-${mechanism},${base}`;
	const dnOf = (name: string) => `CN=${name},${under}`;
	const add = async (name: string) =>
		await directory.add(dnOf(name), [
			...[attribute('objectClass', ...objectClasses), attribute('cn', name)],
			attribute('sn', 'Test'),
		]);
	const each = Math.floor(CHANGES / 3);
	await directory.add(under, [attribute('objectClass', 'organizationalUnit')]);
	for (let n = 0; n < each; n++) await add(`gone-${n}`);
	for (let n = 0; n < CHANGING; n++) await add(`changing-${n}`);

	const parameters: INodeParameters = {
		...{ baseDn: under, filter: '(sn=*)', attributes: 'title', mechanism },
		options: { batchSize: 500, lookSeconds: 1 },
	};
	const database: Database = (await watching.start(parameters, undefined, { runMs: 1 })).database;
	const startAgain = async () => await watching.start(parameters, database, { runMs: 1 });
	const troubles = new Map<number, () => Promise<unknown>>([
		[Math.floor(each / 4), async () => await Promise.resolve(watching.end())],
		[Math.floor(each / 4) + 15, startAgain],
		[Math.floor(each / 2), async () => await server.restart()],
		[Math.floor((each * 3) / 4), async () => await watching.stop().then(startAgain)],
	]);
	for (let n = 0; n < each; n++) {
		await troubles.get(n)?.();
		await add(`new-${n}`);
		await directory.modify(dnOf(`changing-${n % CHANGING}`), [replace('title', String(n))]);
		await directory.delete(dnOf(`gone-${n}`));
	}

	const named = (kind: string) =>
		database
			.events()
			.filter(({ event }) => event === kind)
			.map(({ dn }) => String(dn).toLowerCase());
	const lasts = Array.from({ length: CHANGING }, (_none, n) => each - 1 - n);
	const complete = () =>
		named('created').length >= each &&
		named('deleted').length >= each &&
		lasts.every((n) => chainOf(database, dnOf(`changing-${n % CHANGING}`)) === String(n));
	await until(complete, 60_000);
	// More than what was to come would come as well.
	await wait(1_500);
	const all = (name: string) =>
		Array.from({ length: each }, (_none, n) => dnOf(`${name}-${n}`).toLowerCase());
	expect(named('created').sort()).toEqual(all('new').sort());
	expect(named('deleted').sort()).toEqual(all('gone').sort());
	for (const n of lasts)
		expect(chainOf(database, dnOf(`changing-${n % CHANGING}`))).toBe(String(n));
	const ids = database.events().map(({ eventId }) => eventId);
	expect(new Set(ids).size).toBe(ids.length);
	expect(database.failures).toEqual([]);
}

/** Moves and renames what holds entries, and expects an event for each entry in it. */
export async function movedContainers(place: Place): Promise<void> {
	const { watching, directory, server, objectClasses, mechanism } = place;
	const { base } = server;
	const [here, elsewhere] = [`OU=here-${mechanism},${base}`, `OU=elsewhere-${mechanism},${base}`];
	const unit = async (dn: string) =>
		await directory.add(dn, [attribute('objectClass', 'organizationalUnit')]);
	const person = async (cn: string, under: string) =>
		await directory.add(`CN=${cn},${under}`, [
			...[attribute('objectClass', ...objectClasses), attribute('cn', cn)],
			attribute('sn', 'Test'),
		]);
	await unit(here);
	await unit(elsewhere);
	const arriving = `OU=arriving,${elsewhere}`;
	const [leaving, renamed] = [`OU=leaving,${here}`, `OU=before,${here}`];
	for (const [dn, cn] of [
		[arriving, 'joiner'],
		[leaving, 'leaver'],
		[renamed, 'mover'],
	] as const) {
		await unit(dn);
		await person(cn, dn);
	}
	const filter = '(&(sn=*)(!(ou=*)))';
	const { database } = await watching.start({
		...{ baseDn: here, filter, mechanism, options: { lookSeconds: 1 } },
	});
	// Longer than the server needs to listen.
	await wait(1_500);
	const move = async (dn: string, newRdn: string, newSuperior?: string) =>
		await directory.modifyDn(dn, { newRdn, deleteOldRdn: true, newSuperior });
	await move(arriving, 'OU=arriving', here);
	await move(leaving, 'OU=leaving', elsewhere);
	await move(renamed, 'OU=after');
	const events = await eventsOf(database, 3, { afterMs: 2_000 });
	expect(inShort(events).sort()).toEqual([
		...['created cn=joiner', 'deleted cn=leaver', 'updated cn=mover'],
	]);
	const mover = events.find(({ previousDn }) => previousDn !== undefined);
	expect(String(mover?.dn)).toMatch(/,OU=after,/i);
	expect(String(mover?.previousDn)).toMatch(/,OU=before,/i);
	expect(database.failures).toEqual([]);
}

/**
 * The title that an entry has after all its events. Changes that nobody listened to may be one event,
 * but each event begins where the one before it ended.
 */
function chainOf(database: Database, dn: string): string {
	let title = '';
	for (const event of database.events()) {
		if (event.event !== 'updated' || String(event.dn).toLowerCase() !== dn.toLowerCase()) continue;
		const [change] = event.changes as Array<Record<string, unknown>>;
		const [before, after] = [change?.removed ?? change?.before, change?.added ?? change?.after];
		if (String(before ?? '') !== title) return `${title}, then ${JSON.stringify(event.changes)}`;
		title = String(after);
	}
	return title;
}
