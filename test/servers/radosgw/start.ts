import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Daemons, freePort, launched, untilSignal } from '../daemons.ts';
import { cephConfiguration } from './configuration.ts';

const START_TIMEOUT_MS = 90_000;
const REGION = 'us-east-1';
// The characters that a client with a mistake in its encoding gets wrong.
const USER = {
	accessKeyId: 'AKIATESTTESTTESTTEST',
	secretAccessKey: 's3cr3t/with+plus=and/slash',
};

export interface RadosgwOptions {
	/**
	 * `memstore` keeps objects in memory; once it is full, every write hangs. `bluestore` keeps them
	 * in a sparse file and starts 7 s later: for big objects.
	 */
	store?: 'memstore' | 'bluestore';
	/** Capacity in bytes. */
	bytes?: number;
	/**
	 * Answers as an STS too, and lets the user make roles. A wrong key is then answered with AccessDenied
	 * instead of InvalidAccessKeyId or SignatureDoesNotMatch.
	 */
	sts?: boolean;
}

export interface Radosgw {
	/** As in "http://127.0.0.1:12345". A Host of "<bucket>.s3.localhost" is virtual-host style. */
	endpoint: string;
	accessKeyId: string;
	secretAccessKey: string;
	region: string;
	/** Path of ceph.conf, for `radosgw-admin -c`. */
	configuration: string;
	/** Ends the daemons and deletes their folder. */
	stop(): Promise<void>;
}

/**
 * Starts a Ceph object gateway of its own, with one monitor and one store behind it, in a temporary
 * folder and on free ports of 127.0.0.1. Takes about 2 s. Debian packages: radosgw, ceph-mon,
 * ceph-osd, ceph-common.
 *
 * @throws Error with the end of the logs where a daemon ends or the gateway does not answer in time
 */
export async function startRadosgw(options: RadosgwOptions = {}): Promise<Radosgw> {
	return await launched(
		new Daemons('radosgw', START_TIMEOUT_MS),
		async (daemons) => await launch(daemons, options),
	);
}

async function launch(
	daemons: Daemons,
	{ store = 'memstore', bytes = 2 * 1024 ** 3, sts = false }: RadosgwOptions,
): Promise<Radosgw> {
	const { folder } = daemons;
	const [v2, v1, port] = await Promise.all([freePort(), freePort(), freePort()]);
	const monitor = `[v2:127.0.0.1:${v2},v1:127.0.0.1:${v1}]`;
	const clusterId = randomUUID();
	const settings = { folder, clusterId, monitor, port, store, bytes, sts };
	for (const name of ['mon', 'osd', 'rgw', 'run', 'log']) fs.mkdirSync(daemons.file(name));
	fs.writeFileSync(daemons.file('ceph.conf'), cephConfiguration(settings));
	daemons.env.CEPH_CONF = daemons.file('ceph.conf');
	const run: Run = async (program, ...args) => await daemons.run(program, ...args);
	const start = (program: string, ...args: string[]) => daemons.start(program, '-f', ...args);

	await makeKeys(run, daemons.file('keyring'));
	const map = daemons.file('monmap');
	await run('monmaptool', '--create', '--fsid', clusterId, '--addv', 'a', monitor, map);
	await run('ceph-mon', '--mkfs', '-i', 'a', '--monmap', map);
	start('ceph-mon', '-i', 'a');
	const osd = randomUUID();
	await run('ceph', 'osd', 'new', osd);
	await run('ceph', 'auth', 'import', '-i', daemons.file('keyring'));
	await run('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', osd);
	start('ceph-osd', '-i', '0');
	await makeUser(run, daemons.file('zonegroup.json'));
	if (sts) await run('radosgw-admin', 'caps', 'add', '--uid=test', '--caps=roles=*');
	start('radosgw', '-n', 'client.rgw');
	const endpoint = `http://127.0.0.1:${port}`;
	await daemons.answers(async () => await fetch(endpoint, { signal: daemons.signal }));
	const configuration = daemons.file('ceph.conf');
	const stop = async () => await daemons.stop();
	return { endpoint, region: REGION, ...USER, configuration, stop };
}

type Run = (program: string, ...args: string[]) => Promise<string>;

async function makeKeys(run: Run, keyring: string) {
	const all = 'allow *';
	const keys: Record<string, Record<string, string>> = {
		'mon.': { mon: all },
		'client.admin': { mon: all, osd: all, mgr: all, mds: all },
		'client.rgw': { mon: 'allow rw', osd: 'allow rwx', mgr: 'allow rw' },
		'osd.0': { mon: 'allow profile osd', osd: all, mgr: 'allow profile osd' },
	};
	await run('ceph-authtool', '--create-keyring', keyring);
	for (const [name, capabilities] of Object.entries(keys)) {
		const allowed = Object.entries(capabilities).flatMap(([whom, what]) => ['--cap', whom, what]);
		await run('ceph-authtool', keyring, '--gen-key', '-n', name, ...allowed);
	}
}

async function makeUser(run: Run, file: string) {
	const keys = [`--access-key=${USER.accessKeyId}`, `--secret-key=${USER.secretAccessKey}`];
	// Not with --system: such a user gets JSON where S3 says XML.
	await run('radosgw-admin', 'user', 'create', '--uid=test', '--display-name=test', ...keys);
	const zoneGroup = await run('radosgw-admin', 'zonegroup', 'get');
	// Without it the gateway calls its region "default" and refuses any LocationConstraint.
	fs.writeFileSync(file, zoneGroup.replace(/"api_name": "[^"]*"/, `"api_name": "${REGION}"`));
	await run('radosgw-admin', 'zonegroup', 'set', `--infile=${file}`);
}

/** `node start.ts [memstore|bluestore [bytes]]` prints one line of JSON and runs until a signal. */
async function standalone([store, bytes]: string[]) {
	const gateway = await startRadosgw({
		store: store === 'bluestore' ? store : 'memstore',
		...(bytes !== undefined && { bytes: Number(bytes) }),
	});
	await untilSignal(gateway);
}

// Under jest there is no import.meta and as a module no __filename.
if (process.argv[1]?.endsWith(path.join('radosgw', 'start.ts'))) {
	void standalone(process.argv.slice(2));
}
