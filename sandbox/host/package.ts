import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { npmCommand, step } from '../step.mjs';
import type { Job } from '../step.mjs';

/**
 * Builds the package in `root` and packs it the way it is published.
 *
 * @returns absolute path of the tarball, which lies in `into`
 */
export async function packPackage(root: string, into: string, job: Job): Promise<string> {
	const gulp = path.join(root, 'node_modules', 'gulp', 'bin', 'gulp.js');
	await step('Building the package', [process.execPath, gulp, 'build'], { ...job, cwd: root });
	const answer = await step(
		'Packing it',
		[...npmCommand(), 'pack', '--json', '--pack-destination', into],
		{ ...job, cwd: root },
	);
	const [packed]: Array<{ filename: string }> = JSON.parse(answer.slice(answer.indexOf('[')));
	if (packed === undefined) throw new Error('npm pack named no tarball.');
	return path.join(into, packed.filename);
}

/**
 * Installs a tarball into `userFolder` with the steps and npm flags of n8n's own installer
 * (`downloadPackage` in n8n/dist/modules/community-packages/community-packages.service.js): no
 * scripts, no lock file, and without dev, peer and optional dependencies.
 *
 * @param userFolder what n8n will get as N8N_USER_FOLDER
 * @returns the folder the package was installed into
 */
export async function installPackage(
	tarball: string,
	userFolder: string,
	job: Job,
): Promise<string> {
	const modules = path.join(userFolder, '.n8n', 'nodes', 'node_modules');
	const unpacked = path.join(modules, '.unpacked');
	mkdirSync(unpacked, { recursive: true });
	await step(
		'Unpacking it for n8n',
		['tar', '-xzf', tarball, '-C', unpacked, '--strip-components=1'],
		job,
	);
	const {
		devDependencies: _dev,
		peerDependencies: _peer,
		optionalDependencies: _optional,
		...manifest
	}: Record<string, unknown> = JSON.parse(
		readFileSync(path.join(unpacked, 'package.json'), 'utf8'),
	);
	writeFileSync(path.join(unpacked, 'package.json'), JSON.stringify(manifest, null, 2));
	const folder = path.join(modules, String(manifest.name));
	renameSync(unpacked, folder);
	await step(
		"Installing it with n8n's own installer flags",
		[
			...npmCommand(),
			'install',
			'--audit=false',
			'--fund=false',
			'--bin-links=false',
			'--install-strategy=shallow',
			'--ignore-scripts=true',
			'--package-lock=false',
		],
		{ ...job, cwd: folder },
	);
	return folder;
}
