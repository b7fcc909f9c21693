import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { authority } from '../../shared/transport/certificates.ts';
import { Daemons, freePort, launched, untilSignal } from '../daemons.ts';
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

export interface Apacheds {
	/** as in "ldap://127.0.0.1:12345" */
	url: string;
	tlsUrl: string;
	port: number;
	tlsPort: number;
	/** PEM of the authority of the server */
	ca: string;
	base: string;
	/** without limits */
	admin: { dn: string; password: string };
	user: { uid: string; password: string; dn: string };
	stop(): Promise<void>;
	/** Ends the server, by default without warning, and starts it again with the same entries and ports. */
	restart(by?: NodeJS.Signals): Promise<void>;
}

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
		await answers(daemons, url);
		return daemon;
	};
	let daemon = await start();
	const entries = daemons.file('entries.ldif');
	fs.writeFileSync(entries, `${apachedsEntries({ base: BASE, user: USER })}\n${ldif}`);
	await daemons.run(
		...(['ldapadd', '-x', '-H', url, '-D', ADMIN.dn, '-w', ADMIN.password] as const),
		...['-f', entries],
	);
	return {
		...{ url, tlsUrl: `ldaps://127.0.0.1:${tlsPort}`, port, tlsPort, ca },
		...{ base: BASE, admin: ADMIN, user: USER },
		stop: async () => await daemons.stop(),
		restart: async (by) => {
			await daemons.end(daemon, by);
			daemon = await start();
		},
	};
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

async function answers(daemons: Daemons, url: string): Promise<void> {
	for (;;) {
		try {
			await daemons.run('ldapsearch', '-x', '-H', url, '-s', 'base', '-b', BASE, '-LLL', '1.1');
			return;
		} catch {
			daemons.signal.throwIfAborted();
			await delay(100);
		}
	}
}

// Under jest there is no import.meta and as a module no __filename.
if (process.argv[1]?.endsWith(path.join('apacheds', 'start.ts'))) {
	void startApacheds().then(untilSignal);
}
