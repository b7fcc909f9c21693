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
	const fits = ([where, { version, optional, peer }]) => {
		const there = installed[where];
		// Optional ones are mostly binaries for other platforms, which npm leaves out.
		return where === '' || (there ? there.version === version : optional || peer);
	};
	if (installed && Object.entries(wanted ?? {}).every(fits)) return;
	await step(
		'Installing the development dependencies (npm ci)',
		// The linter's plugins name one exact patch version of eslint as their peer.
		[...npmCommand(), 'ci', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund'],
		{ cwd: root, log },
	);
}
