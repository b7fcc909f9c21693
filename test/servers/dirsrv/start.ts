import fs from 'node:fs';
import path from 'node:path';
import { authority } from '../../shared/transport/certificates.ts';
import { Daemons, freePort, launched, untilSignal } from '../daemons.ts';
import { type Directory, directoryAnswers, startedDirectory } from '../directory.ts';
import { dirsrvConfiguration, dirsrvEntries } from './configuration.ts';

const START_TIMEOUT_MS = 60_000;
const BASE = 'dc=example,dc=org';
const ADMIN = { dn: 'cn=Directory Manager', password: 'secret-of-the-manager' };
const USER = { uid: 'alice', password: 'wonderland', dn: `uid=alice,ou=people,${BASE}` };

export interface DirsrvOptions {
	/** most entries a search of an ordinary user gives; default 2,000, as the server has it */
	sizeLimit?: number;
	/** whether it offers RFC 4533, beside persistent searches */
	contentSync?: boolean;
	/** entries to begin with, beside `ou=people` and `ou=groups`: much faster than adding them */
	ldif?: string;
}

export type Dirsrv = Directory;

/**
 * Starts 389 Directory Server in a temporary folder and on free ports of 127.0.0.1, with TLS, memberOf,
 * referential integrity, lockout after four wrong passwords, and persistent searches. Takes about 3 s.
 * Debian package: 389-ds-base, with ldap-utils.
 *
 * @throws Error with the end of the log where it does not start
 */
export async function startDirsrv(options: DirsrvOptions = {}): Promise<Dirsrv> {
	return await launched(
		new Daemons('dirsrv', START_TIMEOUT_MS),
		async (daemons) => await launch(daemons, options),
	);
}

const DATA = '/usr/share/dirsrv/data';

async function launch(
	daemons: Daemons,
	{ sizeLimit = 2_000, contentSync = false, ldif = '' }: DirsrvOptions,
): Promise<Dirsrv> {
	const [port, tlsPort] = await Promise.all([freePort(), freePort()]);
	const { folder } = daemons;
	const ca = await writeCertificates(daemons);
	// It writes the schema that clients add.
	fs.mkdirSync(daemons.file('schema'));
	fs.copyFileSync('/etc/dirsrv/schema/99user.ldif', daemons.file('schema', '99user.ldif'));
	fs.copyFileSync(
		'/etc/dirsrv/config/slapd-collations.conf',
		daemons.file('slapd-collations.conf'),
	);
	const template = ['template-dse.ldif', 'template-suffix-db.ldif']
		.map((name) => fs.readFileSync(path.join(DATA, name), 'utf8'))
		.join('\n');
	const settings = { folder, port, tlsPort, base: BASE, admin: ADMIN, sizeLimit, contentSync };
	fs.writeFileSync(daemons.file('dse.ldif'), dirsrvConfiguration(template, settings));
	const entries = daemons.file('entries.ldif');
	fs.writeFileSync(entries, `${dirsrvEntries({ base: BASE, user: USER })}\n${ldif}`);
	await daemons.run('ns-slapd', 'ldif2db', '-D', folder, '-n', 'userRoot', '-i', entries);

	const url = `ldap://127.0.0.1:${port}`;
	const start = async () => {
		// With -d, even of nothing, it stays in the foreground.
		const daemon = daemons.start('ns-slapd', '-D', folder, '-d', '0');
		await directoryAnswers(daemons, url);
		return daemon;
	};
	const facts = { port, tlsPort, ca, base: BASE, admin: ADMIN, user: USER };
	return await startedDirectory(daemons, facts, start);
}

/** The database of keys of NSS, which has them in no other way. @returns PEM of the authority */
async function writeCertificates(daemons: Daemons): Promise<string> {
	const { ca, issue, remove } = authority();
	try {
		const names = ['DNS:ldap.test.local', 'DNS:localhost', 'IP:127.0.0.1'];
		const { cert, key } = issue('ldap.test.local', names);
		fs.writeFileSync(daemons.file('ca.pem'), ca);
		fs.writeFileSync(daemons.file('server.pem'), cert + key);
		fs.writeFileSync(daemons.file('no-password'), '\n');
		const { folder } = daemons;
		const p12 = daemons.file('server.p12');
		await daemons.run('certutil', '-N', '-d', folder, '--empty-password');
		await daemons.run(
			...(['openssl', 'pkcs12', '-export', '-in', daemons.file('server.pem')] as const),
			...['-out', p12, '-name', 'Server-Cert', '-passout', 'pass:'],
		);
		await daemons.run(
			...(['pk12util', '-i', p12, '-d', folder] as const),
			...['-k', daemons.file('no-password'), '-w', daemons.file('no-password')],
		);
		await daemons.run(
			...(['certutil', '-A', '-d', folder, '-n', 'ca', '-t', 'CT,,'] as const),
			...['-i', daemons.file('ca.pem')],
		);
		return ca;
	} finally {
		remove();
	}
}

// Under jest there is no import.meta and as a module no __filename.
if (process.argv[1]?.endsWith(path.join('dirsrv', 'start.ts'))) {
	void startDirsrv().then(untilSignal);
}
