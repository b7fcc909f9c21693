import { setTimeout as wait } from 'node:timers/promises';
import type { LdapClient } from '../../nodes/Ldap/transport/client';
import type { LdapCredential } from '../../nodes/Ldap/transport/connect';
import { attribute, replace, Watching } from '../engine/ldapWatching';
import { startDirsrv } from '../servers/dirsrv/start.ts';
import { startSamba } from '../servers/samba/start.ts';
import { startSlapd } from '../servers/slapd/start.ts';
import { openLdapClient } from './ldapOneByOne';

const ROUNDS = 5;
const CHANGES = 30;
// So that each change is one by itself.
const PAUSE_MS = 60;

interface Place {
	name: string;
	mechanism: string;
	credential: LdapCredential;
	/** DN of an entry that is made and changed */
	dn: string;
	classes: string[];
	stop(): Promise<void>;
}

const signingIn = (
	port: number,
	bindDn: string,
	password: string,
	baseDn: string,
): LdapCredential => ({
	...{ servers: `127.0.0.1:${port}`, encryption: 'none', allowUnencryptedPasswords: true },
	...{ signInWith: 'simple', bindDn, password, baseDn },
});

const places: Array<() => Promise<Place>> = [
	async () => {
		const { port, admin, base, stop } = await startSlapd();
		return {
			...{ name: 'OpenLDAP', mechanism: 'syncrepl', stop, classes: ['inetOrgPerson'] },
			credential: signingIn(port, admin.dn, admin.password, base),
			dn: `cn=fast,ou=people,${base}`,
		};
	},
	async () => {
		const { port, admin, base, stop } = await startSamba();
		return {
			...{ name: 'Samba', mechanism: 'notification', stop, classes: ['contact'] },
			credential: signingIn(port, admin.upn, admin.password, base),
			dn: `CN=fast,CN=Users,${base}`,
		};
	},
	async () => {
		const { port, admin, base, stop } = await startDirsrv();
		return {
			...{ name: '389 Directory Server', mechanism: 'persistent search', stop },
			classes: ['inetOrgPerson'],
			credential: signingIn(port, admin.dn, admin.password, base),
			dn: `cn=fast,${base}`,
		};
	},
];

const median = (numbers: number[]) =>
	[...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;

/** How long after a change is asked for its answer comes, and the run of the workflow begins. */
export async function measure() {
	const rows = [];
	for (const open of places) {
		const place = await open();
		const { name, mechanism } = place;
		console.error(name);
		const watching = await Watching.open(place.credential);
		try {
			rows.push({ name, mechanism, ...(await changes(watching, place)) });
		} finally {
			watching.end();
			await place.stop();
		}
	}
	return { rounds: ROUNDS, changes: CHANGES, rows };
}

async function changes(watching: Watching, { credential, dn, classes }: Place) {
	const directory: LdapClient = openLdapClient(credential);
	await directory.add(dn, [
		...[attribute('objectClass', ...classes), attribute('cn', 'fast'), attribute('sn', 'Fast')],
	]);
	const { database } = await watching.start({ filter: '(cn=fast)' });
	const rounds = [];
	for (let round = 0; round < ROUNDS; round++) {
		const answered: number[] = [];
		const begun: number[] = [];
		for (let n = 0; n < CHANGES; n++) {
			const before = database.runsBegun;
			const from = performance.now();
			await directory.modify(dn, [replace('title', `${round}.${n}`)]);
			answered.push(performance.now() - from);
			while (database.runsBegun === before) await wait(1);
			begun.push(performance.now() - from);
			await wait(PAUSE_MS);
		}
		rounds.push({ answered: median(answered), begun: median(begun) });
	}
	return {
		answeredMs: median(rounds.map(({ answered }) => answered)),
		begunMs: median(rounds.map(({ begun }) => begun)),
	};
}
