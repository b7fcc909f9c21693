import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { bootHost } from '../../sandbox/host/boot.ts';
import type { Host } from '../../sandbox/host/boot.ts';
import { installHost } from '../../sandbox/host/install.ts';
import { installPackage, packPackage } from '../../sandbox/host/package.ts';
import { signIn } from '../../sandbox/host/rest.ts';
import type { Rest } from '../../sandbox/host/rest.ts';
import { startS3Sandbox } from '../../sandbox/s3/server.ts';
import type { S3Sandbox } from '../../sandbox/s3/server.ts';

/** Found nowhere but in the credential; made up so that no other text contains them by chance. */
export const secrets = {
	secretAccessKey: 'pLant3d+secret/KEY=41c09b7e2d65fa88',
	sessionToken: 'pLant3d//session+TOKEN==9d20e1b7c64a',
	clientKeyPassphrase: 'pLant3d passphrase %7B 5e1f0c93',
	ldapPassword: 'pLant3d/ldap+PASSWORD=7a0c5e9d13b8',
	/** The server does not accept this one. */
	wrongSecretAccessKey: 'pLant3d-but+wrong/0b6d1e77a4f25c93',
};

/** A real n8n with the packed package in it, and the server its workflows talk to. */
export interface Setting {
	tarball: string;
	/** Where n8n's installer put the package. */
	installed: string;
	/** N8N_USER_FOLDER */
	folder: string;
	host: Host;
	rest: Rest;
	s3: S3Sandbox;
	/** Content of a credential that the S3 server accepts. */
	credential: Record<string, unknown>;
	/** Id of a credential of that content in n8n, named "S3". */
	credentialId: string;
}

let current: Setting | undefined;
let restart: (how: 'kill' | 'stop') => Promise<void> = () =>
	Promise.reject(new Error('There is no setting.'));
const undo: Array<() => Promise<void> | void> = [];

/** The setting that all files share; `run.mjs` opens it before them. */
export function setting(): Setting {
	if (current === undefined) throw new Error('Run these tests with "node test/host/run.mjs".');
	return current;
}

/**
 * Opens a setting, in place of the one that was open.
 * @param environment further settings of n8n
 */
export async function openSetting(environment: NodeJS.ProcessEnv = {}): Promise<void> {
	const root = process.cwd();
	const job = { log: (line: string) => console.log(line) };
	try {
		const hostFolder = await installHost(root, job);
		const folder = mkdtempSync(path.join(os.tmpdir(), 'n8n-host-test-'));
		undo.push(() => rmSync(folder, { recursive: true, force: true }));
		const tarball = await packPackage(root, folder, job);
		const installed = await installPackage(tarball, folder, job);
		const { secretAccessKey, sessionToken, clientKeyPassphrase } = secrets;
		const account = { accessKeyId: 'AKIAHOSTTEST00000000', secretAccessKey, sessionToken };
		const s3 = await startS3Sandbox({ accounts: [account] });
		undo.push(() => s3.close());
		// The same for every start on this folder: n8n keeps it there, and refuses another one.
		const settings = { N8N_ENCRYPTION_KEY: randomBytes(24).toString('hex'), ...environment };
		const boot = async () => await bootHost(hostFolder, folder, job, settings);
		let host = await boot();
		undo.push(() => host.stop());
		restart = async (how) => {
			await host[how]();
			host = await boot();
			current = { ...setting(), host, rest: await signIn(host) };
		};
		const rest = await signIn(host);
		const { endpoint, region } = s3;
		const credential = { endpoint, region, ...account, clientKeyPassphrase, addressing: 'path' };
		const credentialId = await rest.createCredential('S3', 'resilientS3Api', credential);
		current = { tarball, installed, folder, host, rest, s3, credential, credentialId };
	} catch (error) {
		await closeSetting();
		throw error;
	}
}

/** Ends n8n, in order or by force, and starts it again on what it has left behind. */
export async function restartHost(how: 'kill' | 'stop'): Promise<void> {
	await restart(how);
}

export async function closeSetting(): Promise<void> {
	current = undefined;
	for (const close of undo.splice(0).reverse()) await close();
}
