import { readFileSync } from 'node:fs';
import path from 'node:path';
import { npmCommand, step } from './step.mjs';

function lockedPackages(file) {
	try {
		return JSON.parse(readFileSync(file, 'utf8')).packages;
	} catch {
		return undefined;
	}
}

/**
 * Installs what the package-lock.json of `root` says, with `npm ci`, unless exactly that is
 * installed already. npm keeps its own record of what it installed in node_modules and writes it
 * last, so a half installation has none.
 */
export async function ensureDependencies({ root, log = console.log }) {
	const wanted = lockedPackages(path.join(root, 'package-lock.json'));
	const installed = lockedPackages(path.join(root, 'node_modules', '.package-lock.json'));
	// Optional packages are mostly binaries for other platforms, which npm leaves out.
	const stale = Object.entries(wanted ?? {}).some(
		([where, { version, optional }]) =>
			where !== '' && !optional && installed?.[where]?.version !== version,
	);
	if (installed !== undefined && !stale) return;
	await step(
		'Installing the development dependencies (npm ci)',
		[...npmCommand(), 'ci', '--no-audit', '--no-fund'],
		{ log },
		{ cwd: root },
	);
}
