import { spawn } from 'node:child_process';

const PROGRESS_EVERY_MS = 5_000;
const TAIL_LINES = 40;

// npm takes SIGTERM as an order to undo what it did, which can take minutes.
const KILLED_AFTER_MS = 3_000;

/**
 * The environment for a program started below `npm start` or `npm test`: without what npm adds for
 * the script it runs, which a second npm in another folder would take for its own settings.
 */
export function withoutNpmScript(env) {
	return Object.fromEntries(
		Object.entries(env).filter(
			([name]) =>
				!/^npm_(package|lifecycle)_/.test(name) &&
				!['npm_command', 'npm_config_local_prefix', 'INIT_CWD'].includes(name),
		),
	);
}

/**
 * File and leading arguments that start the npm this process was started by, else the one on the
 * PATH. Through `npm_execpath` it runs on the current Node and needs no shell on Windows.
 */
export function npmCommand(env = process.env) {
	return env.npm_execpath?.endsWith('npm-cli.js')
		? [process.execPath, env.npm_execpath]
		: [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
}

/** Milliseconds as "850 ms", "12 s" or "3 min 5 s". */
export function duration(ms) {
	if (ms < 1_000) return `${Math.round(ms)} ms`;
	const seconds = Math.round(ms / 1_000);
	return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/**
 * Runs one program to its end and says so: a line when it starts, one every five seconds while it
 * runs (`progress()` adds what is known by then), one when it is done. Its own output is kept back.
 *
 * @param title what is being done, for people
 * @param command file and arguments
 * @param options `log` takes each line; `signal` ends the program
 * @returns what the program wrote to its standard output
 * @throws Error with the last lines of its output when it ends with anything but 0; the reason of
 *   `signal` when that ended it
 */
export async function step(title, command, { log, signal, cwd, progress }) {
	signal?.throwIfAborted();
	const started = Date.now();
	log(`${title} ...`);
	const [file, ...args] = command;
	const child = spawn(file, args, {
		cwd,
		env: withoutNpmScript(process.env),
		stdio: ['ignore', 'pipe', 'pipe'],
		shell: file.endsWith('.cmd'),
	});
	let stdout = '';
	let all = '';
	child.stdout.on('data', (chunk) => {
		stdout += chunk;
		all += chunk;
	});
	child.stderr.on('data', (chunk) => {
		all += chunk;
	});
	const ticker = setInterval(() => {
		const more = progress?.();
		log(`  ${duration(Date.now() - started)}${more ? `, ${more}` : ''}`);
	}, PROGRESS_EVERY_MS);
	let force;
	const abort = () => {
		child.kill();
		force = setTimeout(() => child.kill('SIGKILL'), KILLED_AFTER_MS);
	};
	signal?.addEventListener('abort', abort, { once: true });
	try {
		const code = await new Promise((resolve, reject) => {
			child.once('error', reject);
			child.once('close', (exitCode, killedBy) => resolve(exitCode ?? killedBy));
		});
		signal?.throwIfAborted();
		if (code !== 0) {
			const tail = all.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
			throw new Error(`${title}: "${command.join(' ')}" ended with ${code}\n${tail}`);
		}
	} finally {
		signal?.removeEventListener('abort', abort);
		clearTimeout(force);
		clearInterval(ticker);
	}
	log(`  done in ${duration(Date.now() - started)}`);
	return stdout;
}
