import fs from 'node:fs';
import path from 'node:path';
import { authority, type Identity } from '../../shared/transport/certificates.ts';
import { Daemons, freePort, launched, untilSignal } from '../daemons.ts';
import { directoryAnswers } from '../directory.ts';
import { slapdConfiguration, slapdEntries } from './configuration.ts';

const START_TIMEOUT_MS = 60_000;
const BASE = 'dc=example,dc=org';
const ADMIN = { dn: `cn=admin,${BASE}`, password: 'secret' };
const USER = { uid: 'alice', password: 'wonderland', dn: `uid=alice,ou=people,${BASE}` };

export interface SlapdOptions {
	/** more "index" lines, such as "description eq" */
	indexes?: string[];
	/** attributes no two entries may share a value of */
	unique?: string[];
	/** most entries a search of an ordinary user gives; default 500, as slapd has it */
	sizeLimit?: number;
	/** more lines for the database in slapd.conf */
	lines?: string[];
	/** whether root DSE, schema and operational attributes are shown to nobody; default false */
	hidesItself?: boolean;
	/** entries to begin with, beside `ou=people`, `ou=groups` and `ou=policies`: much faster than adding them */
	ldif?: string | Iterable<string>;
}

export interface Slapd {
	/** as in "ldap://127.0.0.1:12345" */
	url: string;
	tlsUrl: string;
	port: number;
	tlsPort: number;
	/** ldapi URL: EXTERNAL without TLS */
	ldapiUrl: string;
	/** PEM of the authority of the server and of the clients */
	ca: string;
	/** certificate with which EXTERNAL is `admin.dn` */
	client: Identity;
	base: string;
	/** without limits */
	admin: { dn: string; password: string };
	/** for PLAIN, SCRAM-SHA-1, -256 and -512, and simple binds */
	user: { uid: string; password: string; dn: string };
	/** `cn=limited,<base>` and `cn=hardlimited,<base>` have the password "secret": 500 entries of an unpaged search, 1000 of any */
	stop(): Promise<void>;
	/** Ends the server, by default without warning, and starts it again with the same entries and ports. */
	restart(by?: NodeJS.Signals): Promise<void>;
}

/**
 * Starts OpenLDAP's slapd in a temporary folder and on free ports of 127.0.0.1, with TLS, and with the overlays memberof, refint,
 * ppolicy, syncprov and sssvlv. Takes about 1 s. Debian packages: slapd, ldap-utils, libsasl2-modules.
 *
 * @throws Error with the end of the log where it does not start
 */
export async function startSlapd(options: SlapdOptions = {}): Promise<Slapd> {
	return await launched(
		new Daemons('slapd', START_TIMEOUT_MS),
		async (daemons) => await launch(daemons, options),
	);
}

async function launch(
	daemons: Daemons,
	{
		indexes = [],
		unique = [],
		sizeLimit = 500,
		lines = [],
		hidesItself = false,
		ldif = [],
	}: SlapdOptions,
): Promise<Slapd> {
	const [port, tlsPort] = await Promise.all([freePort(), freePort()]);
	const { folder } = daemons;
	const { ca, client } = writeCertificates(daemons);
	fs.mkdirSync(daemons.file('db'));
	const configuration = daemons.file('slapd.conf');
	const settings = {
		folder,
		base: BASE,
		admin: ADMIN,
		indexes,
		unique,
		sizeLimit,
		lines,
		hidesItself,
	};
	fs.writeFileSync(configuration, slapdConfiguration(settings));

	const entries = fs.openSync(daemons.file('entries.ldif'), 'w');
	fs.writeSync(entries, slapdEntries({ base: BASE, user: USER }));
	for (const part of typeof ldif === 'string' ? [ldif] : ldif) fs.writeSync(entries, `\n${part}`);
	fs.closeSync(entries);
	await daemons.run('slapadd', '-q', '-f', configuration, '-l', daemons.file('entries.ldif'));

	const url = `ldap://127.0.0.1:${port}`;
	const tlsUrl = `ldaps://127.0.0.1:${tlsPort}`;
	const ldapiUrl = `ldapi://${encodeURIComponent(daemons.file('ldapi'))}`;
	const start = async () => {
		// With -d, even of nothing, it stays in the foreground.
		const daemon = daemons.start(
			...(['slapd', '-d', '0', '-f', configuration] as const),
			...['-h', `${url}/ ${tlsUrl}/ ${ldapiUrl}`, '-n', `slapd-${port}`],
		);
		await directoryAnswers(daemons, url);
		return daemon;
	};
	let daemon = await start();
	return {
		...{ url, tlsUrl, port, tlsPort, ldapiUrl, ca, client },
		...{ base: BASE, admin: ADMIN, user: USER },
		stop: async () => await daemons.stop(),
		restart: async (by) => {
			await daemons.end(daemon, by);
			daemon = await start();
		},
	};
}

function writeCertificates(daemons: Daemons): { ca: string; client: Identity } {
	const { ca, issue, remove } = authority();
	try {
		const server = issue('ldap.test.local', [
			...['DNS:ldap.test.local', 'DNS:localhost', 'IP:127.0.0.1'],
		]);
		fs.writeFileSync(daemons.file('ca.pem'), ca);
		fs.writeFileSync(daemons.file('server.pem'), server.cert);
		fs.writeFileSync(daemons.file('server.key'), server.key);
		return { ca, client: issue('admin') };
	} finally {
		remove();
	}
}

// Under jest there is no import.meta and as a module no __filename.
if (process.argv[1]?.endsWith(path.join('slapd', 'start.ts'))) {
	void startSlapd().then(untilSignal);
}
