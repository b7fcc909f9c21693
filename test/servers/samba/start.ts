import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { authority } from '../../shared/transport/certificates.ts';
import { Daemons, launched, untilSignal } from '../daemons.ts';
import { directoryAnswers } from '../directory.ts';

const START_TIMEOUT_MS = 120_000;
const REALM = 'n8n.test';
const ADMIN = {
	dn: 'CN=Administrator,CN=Users,DC=n8n,DC=test',
	upn: `administrator@${REALM}`,
	downLevelName: 'N8N\\Administrator',
	password: 'Passw0rd!23',
};

export interface Samba {
	/** as in "ldap://127.0.0.1:12345" */
	url: string;
	tlsUrl: string;
	port: number;
	tlsPort: number;
	/** the Global Catalog, which holds a part of each attribute */
	globalCatalogUrl: string;
	/** of Kerberos, TCP */
	kdcPort: number;
	realm: string;
	/** PEM of the authority of the server */
	ca: string;
	base: string;
	admin: { dn: string; upn: string; downLevelName: string; password: string };
	stop(): Promise<void>;
	/** Ends the server, by default without warning, and starts it again with the same entries and ports. */
	restart(by?: NodeJS.Signals): Promise<void>;
}

/**
 * Starts a Samba Active Directory domain controller in a temporary folder, reached through free ports of 127.0.0.1.
 * Provisioning takes about 10 s of the processor, so start one per test file. Needs root, for the port numbers that Samba
 * knows no way to change: it listens on a loopback address of its own. Simple binds work without TLS, which Active
 * Directory refuses by default. Debian packages: samba-ad-dc, samba-ad-provision, samba-dsdb-modules,
 * samba-vfs-modules, winbind, ldap-utils.
 *
 * @throws Error with the end of the log where it does not start
 */
export async function startSamba(): Promise<Samba> {
	return await launched(new Daemons('samba', START_TIMEOUT_MS), launch);
}

async function launch(daemons: Daemons): Promise<Samba> {
	// The whole of 127/8 is this machine. Not a low number, which somebody else may have taken.
	const address = `127.${randomInt(64, 250)}.${randomInt(1, 250)}.${randomInt(1, 250)}`;
	const ca = writeCertificates(daemons);
	await provision(daemons, address);
	const start = async () => {
		const daemon = daemons.start(
			...(['samba', '-F', '--no-process-group', '--model=single'] as const),
			...['-s', daemons.file('etc', 'smb.conf'), '--debug-stdout'],
		);
		const signIn = ['-D', ADMIN.upn, '-w', ADMIN.password];
		await directoryAnswers(daemons, `ldap://${address}`, '', signIn);
		return daemon;
	};
	let daemon = await start();
	const forwarders = await Promise.all(
		[389, 636, 3268, 88].map(async (port) => await forward(port, address)),
	);
	const [port = 0, tlsPort = 0, catalogPort = 0, kdcPort = 0] = forwarders.map(portOf);
	return {
		url: `ldap://127.0.0.1:${port}`,
		tlsUrl: `ldaps://127.0.0.1:${tlsPort}`,
		globalCatalogUrl: `ldap://127.0.0.1:${catalogPort}`,
		...{ port, tlsPort, kdcPort, ca, realm: REALM, base: 'DC=n8n,DC=test', admin: ADMIN },
		stop: async () => {
			for (const forwarder of forwarders) forwarder.close();
			await daemons.stop();
		},
		restart: async (by) => {
			await daemons.end(daemon, by);
			daemon = await start();
		},
	};
}

async function provision(daemons: Daemons, address: string): Promise<void> {
	await daemons.run(
		...(['samba-tool', 'domain', 'provision', `--realm=${REALM}`, '--domain=N8N'] as const),
		...['--server-role=dc', '--use-rfc2307', '--dns-backend=NONE', '--host-name=dc1'],
		...[`--host-ip=${address}`, `--adminpass=${ADMIN.password}`, `--targetdir=${daemons.folder}`],
		...[`--option=interfaces=${address}/8`, '--option=bind interfaces only=yes'],
	);
	const configuration = daemons.file('etc', 'smb.conf');
	const lines = [
		// Ten times faster, and nothing to be kept beyond the test.
		'ldb:nosync = true',
		'ldap server require strong auth = no',
		'server services = ldap, kdc',
		'tls enabled = yes',
		`tls cafile = ${daemons.file('ca.pem')}`,
		`tls certfile = ${daemons.file('server.pem')}`,
		`tls keyfile = ${daemons.file('server.key')}`,
		`log file = ${daemons.file('samba.log')}`,
		`pid directory = ${daemons.folder}`,
		`ncalrpc dir = ${daemons.file('ncalrpc')}`,
	];
	const provisioned = fs
		.readFileSync(configuration, 'utf8')
		.split('\n')
		.filter((line) => !/^\s*(server services|log file)\s*=/.test(line));
	const start = provisioned.indexOf('[global]') + 1;
	provisioned.splice(start, 0, ...lines.map((line) => `\t${line}`));
	fs.writeFileSync(configuration, provisioned.join('\n'));
}

function writeCertificates(daemons: Daemons): string {
	const { ca, issue, remove } = authority();
	try {
		const { cert, key } = issue(`dc1.${REALM}`, [
			...[`DNS:dc1.${REALM}`, 'DNS:localhost', 'IP:127.0.0.1'],
		]);
		fs.writeFileSync(daemons.file('ca.pem'), ca);
		fs.writeFileSync(daemons.file('server.pem'), cert);
		// Samba takes no key that others could read.
		fs.writeFileSync(daemons.file('server.key'), key, { mode: 0o600 });
		return ca;
	} finally {
		remove();
	}
}

/** A port of 127.0.0.1 that leads to the server. */
async function forward(port: number, address: string): Promise<net.Server> {
	const server = net.createServer((client) => {
		const upstream = net.connect(port, address);
		client.setNoDelay().pipe(upstream.setNoDelay()).pipe(client);
		const end = () => {
			client.destroy();
			upstream.destroy();
		};
		client.once('error', end).once('close', end);
		upstream.once('error', end).once('close', end);
	});
	server.unref().listen(0, '127.0.0.1');
	await once(server, 'listening');
	return server;
}

const portOf = (server: net.Server): number => {
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('A TCP server has a port');
	return address.port;
};

// Under jest there is no import.meta and as a module no __filename.
if (process.argv[1]?.endsWith(path.join('samba', 'start.ts'))) {
	void startSamba().then(untilSignal);
}
