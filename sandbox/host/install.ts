import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { npmCommand, step } from '../step.mjs';
import type { Job } from '../step.mjs';

const NPM_FLAGS = ['--no-audit', '--no-fund', '--loglevel=error'];

/**
 * Installs the n8n of `sandbox/host/package-lock.json` from npm, unless that very n8n is installed
 * already. A stamp written at the end says so; without it an earlier attempt stopped half way and
 * is thrown away.
 *
 * @param root the root folder of this repository
 * @returns the folder whose node_modules hold n8n
 * @throws Error with the end of npm's output
 */
export async function installHost(root: string, job: Job): Promise<string> {
	const folder = path.join(root, 'sandbox', 'host');
	const modules = path.join(folder, 'node_modules');
	const stamp = path.join(modules, '.installed');
	const version = fingerprint(folder);
	if (existsSync(stamp) && readFileSync(stamp, 'utf8') === version) return folder;

	if (existsSync(modules)) {
		job.log('Removing an n8n that is incomplete or of another version (up to 2 minutes) ...');
		await rm(modules, { recursive: true });
		job.signal?.throwIfAborted();
	}
	await step(
		`Installing n8n ${wantedVersion(folder)} from npm, once (2.6 GB on disk, 2 to 6 minutes)`,
		// Not `npm ci`: npm 10 and 11 disagree on which optional peers belong into the lock file,
		// and `ci` refuses the lock file of the other. Scripts are off because one of n8n's
		// dependencies downloads a binary in its own from outside npm.
		[...npmCommand(), 'install', '--ignore-scripts', '--no-save', ...NPM_FLAGS],
		{ ...job, cwd: folder, progress: packagesOnDisk(folder) },
	);
	await provideSqlite(root, folder, job);
	writeFileSync(stamp, version);
	return folder;
}

function wantedVersion(folder: string): string {
	const { dependencies }: { dependencies: { n8n: string } } = JSON.parse(
		readFileSync(path.join(folder, 'package.json'), 'utf8'),
	);
	return dependencies.n8n;
}

/** Changes with what is to be installed and with the machine its native parts are for. */
function fingerprint(folder: string): string {
	const hash = createHash('sha256').update(`${process.platform} ${process.arch} `);
	for (const file of ['package.json', 'package-lock.json']) {
		hash.update(readFileSync(path.join(folder, file)));
	}
	return hash.digest('hex');
}

function packagesOnDisk(folder: string): () => string {
	const lock: { packages: Record<string, unknown> } = JSON.parse(
		readFileSync(path.join(folder, 'package-lock.json'), 'utf8'),
	);
	const places = Object.keys(lock.packages).filter((place) => place !== '');
	return () => {
		const there = places.filter((place) => existsSync(path.join(folder, place, 'package.json')));
		if (there.length === 0) return 'npm works out what is needed';
		return `${there.length} of about ${places.length} packages on disk`;
	};
}

/**
 * n8n's database driver, its one native part without a binary in the npm package: downloaded or
 * compiled by its own install script, which takes minutes, so the result is kept in `.cache`.
 * It speaks Node-API, so the version of Node does not matter.
 */
async function provideSqlite(root: string, folder: string, job: Job): Promise<void> {
	const home = path.join(folder, 'node_modules', 'sqlite3');
	const { version }: { version: string } = JSON.parse(
		readFileSync(path.join(home, 'package.json'), 'utf8'),
	);
	const binary = path.join(home, 'build', 'Release', 'node_sqlite3.node');
	const kept = path.join(
		root,
		'.cache',
		`node_sqlite3-${version}-${process.platform}-${process.arch}.node`,
	);
	if (existsSync(kept)) {
		mkdirSync(path.dirname(binary), { recursive: true });
		copyFileSync(kept, binary);
		return;
	}
	await step(
		'Building sqlite3, the database of n8n, once (up to 3 minutes where it must be compiled)',
		[...npmCommand(), 'rebuild', 'sqlite3', ...NPM_FLAGS],
		{ ...job, cwd: folder },
	);
	mkdirSync(path.dirname(kept), { recursive: true });
	copyFileSync(binary, kept);
}
