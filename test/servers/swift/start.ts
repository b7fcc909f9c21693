import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Daemons, freePort, launched, untilSignal } from '../daemons.ts';
import { MAKE_RINGS, proxyConf, storeConf, STORES, SWIFT_CONF } from './configuration.ts';

const START_TIMEOUT_MS = 60_000;
const USER = {
	// Colons and slashes have a meaning where keys are sent.
	accessKeyId: 'test:tester',
	secretAccessKey: 's3cr3t/with+plus=and/slash',
	region: 'us-east-1',
};

export interface Swift {
	/** As in "http://127.0.0.1:12345". A Host of "<bucket>.s3.localhost" is virtual-host style. */
	endpoint: string;
	accessKeyId: string;
	secretAccessKey: string;
	region: string;
	/** Ends the servers and deletes their folder. */
	stop(): Promise<void>;
}

/**
 * Starts an OpenStack Swift of its own that speaks S3 (its middleware s3api) in a temporary folder
 * and on free ports of 127.0.0.1. Takes about 2 s. Debian packages: swift-proxy, swift-account,
 * swift-container, swift-object, memcached.
 *
 * @throws Error with the end of the logs where a server ends or the proxy does not answer in time
 */
export const startSwift = async (): Promise<Swift> =>
	await launched(new Daemons('swift', START_TIMEOUT_MS), launch);

async function launch(daemons: Daemons): Promise<Swift> {
	const { folder } = daemons;
	const [port, cachePort] = await Promise.all([freePort(), freePort()]);
	const user = os.userInfo().username;
	const settings = { folder, user, port, cachePort, ...USER };
	fs.mkdirSync(daemons.file('disk'));
	fs.writeFileSync(daemons.file('swift.conf'), SWIFT_CONF);
	fs.writeFileSync(daemons.file('proxy.conf'), proxyConf(settings));
	const ports: string[] = [];
	for (const store of STORES) {
		const own = await freePort();
		ports.push(store, String(own));
		fs.writeFileSync(daemons.file(`${store}.conf`), storeConf(store, own, settings));
	}
	// Swift is there for Debian's Python alone.
	await daemons.run('/usr/bin/python3', '-c', MAKE_RINGS, folder, ...ports);
	daemons.start('memcached', '-l', '127.0.0.1', '-p', String(cachePort), '-u', user);
	for (const server of [...STORES, 'proxy'])
		daemons.start(`swift-${server}-server`, daemons.file(`${server}.conf`), '-v');
	const endpoint = `http://127.0.0.1:${port}`;
	await daemons.answers(async () => await fetch(endpoint, { signal: daemons.signal }));
	return { endpoint, ...USER, stop: async () => await daemons.stop() };
}

/** `node start.ts` prints one line of JSON and runs until a signal. */
async function standalone() {
	await untilSignal(await startSwift());
}

// Under jest there is no import.meta and as a module no __filename.
if (process.argv[1]?.endsWith(path.join('swift', 'start.ts'))) void standalone();
