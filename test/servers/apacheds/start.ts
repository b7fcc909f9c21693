import fs from 'node:fs';
import path from 'node:path';
import { authority } from '../../shared/transport/certificates.ts';
import { Daemons, freePort, launched, untilSignal } from '../daemons.ts';
import { type Directory, directoryAnswers, startedDirectory } from '../directory.ts';
import { apachedsConfiguration, apachedsEntries } from './configuration.ts';

const START_TIMEOUT_MS = 120_000;
const BASE = 'dc=example,dc=com';
// Nothing says so, but every ApacheDS begins with this administrator.
const ADMIN = { dn: 'uid=admin,ou=system', password: 'secret' };
const USER = { uid: 'alice', password: 'wonderland', dn: `uid=alice,ou=people,${BASE}` };
// The package does not depend on all that it needs.
const CLASS_PATH = [
	'/usr/share/apacheds/lib/*',
	...['caffeine', 'commons-collections4', 'commons-lang3', 'commons-codec', 'commons-text'].map(
		(name) => `/usr/share/java/${name}.jar`,
	),
].join(':');
const KEY_STORE_PASSWORD = 'secret-of-the-keys';

export interface ApachedsOptions {
	/** most entries a search of an ordinary user gives; default 1,000, as the server has it */
	sizeLimit?: number;
	/** entries to begin with, beside `ou=people` and `ou=groups` */
	ldif?: string;
}

export type Apacheds = Directory;

/**
 * Starts Apache Directory Server in a temporary folder and on free ports of 127.0.0.1, with TLS, its own password policy,
 * and persistent searches. Takes about 10 s. Debian packages: those of `.ci/run`, ldap-utils.
 *
 * @throws Error with the end of the log where it does not start
 */
export async function startApacheds(options: ApachedsOptions = {}): Promise<Apacheds> {
	return await launched(
		new Daemons('apacheds', START_TIMEOUT_MS),
		async (daemons) => await launch(daemons, options),
	);
}

async function launch(
	daemons: Daemons,
	{ sizeLimit = 1_000, ldif = '' }: ApachedsOptions,
): Promise<Apacheds> {
	const [port, tlsPort] = await Promise.all([freePort(), freePort()]);
	for (const name of ['conf', 'partitions', 'run', 'cache', 'log'])
		fs.mkdirSync(daemons.file(name));
	const ca = await writeCertificates(daemons);
	const keyStore = daemons.file('keys.p12');
	const settings = { port, tlsPort, keyStore, keyStorePassword: KEY_STORE_PASSWORD, sizeLimit };
	fs.writeFileSync(
		daemons.file('conf', 'config.ldif'),
		apachedsConfiguration(fs.readFileSync('/etc/apacheds/config.ldif', 'utf8'), settings),
	);
	fs.writeFileSync(
		daemons.file('conf', 'log4j.properties'),
		'log4j.rootCategory=WARN, stdout\nlog4j.appender.stdout=org.apache.log4j.ConsoleAppender\nlog4j.appender.stdout.layout=org.apache.log4j.SimpleLayout\n',
	);

	const url = `ldap://127.0.0.1:${port}`;
	const start = async () => {
		const daemon = daemons.start(
			...(['java', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'] as const),
			`-Dlog4j.configuration=file:${daemons.file('conf', 'log4j.properties')}`,
			`-Dapacheds.log.dir=${daemons.file('log')}`,
			...['-cp', CLASS_PATH],
			...['org.apache.directory.server.UberjarMain', daemons.folder],
		);
		await directoryAnswers(daemons, url, BASE);
		return daemon;
	};
	const facts = { port, tlsPort, ca, base: BASE, admin: ADMIN, user: USER };
	const directory = await startedDirectory(daemons, facts, start);
	const entries = daemons.file('entries.ldif');
	fs.writeFileSync(entries, `${apachedsEntries({ base: BASE, user: USER })}\n${ldif}`);
	await daemons.run(
		...(['ldapadd', '-x', '-H', url, '-D', ADMIN.dn, '-w', ADMIN.password] as const),
		...['-f', entries],
	);
	return directory;
}

/** @returns PEM of the authority */
async function writeCertificates(daemons: Daemons): Promise<string> {
	const { ca, issue, remove } = authority();
	try {
		const names = ['DNS:ldap.test.local', 'DNS:localhost', 'IP:127.0.0.1'];
		const { cert, key } = issue('ldap.test.local', names);
		fs.writeFileSync(daemons.file('server.pem'), cert + key);
		await daemons.run(
			...(['openssl', 'pkcs12', '-export', '-in', daemons.file('server.pem')] as const),
			...['-out', daemons.file('keys.p12'), '-name', 'server'],
			...['-passout', `pass:${KEY_STORE_PASSWORD}`],
		);
		return ca;
	} finally {
		remove();
	}
}

// Under jest there is no import.meta and as a module no __filename.
if (process.argv[1]?.endsWith(path.join('apacheds', 'start.ts'))) {
	void startApacheds().then(untilSignal);
}
