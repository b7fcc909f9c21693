import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';

export interface Outcome {
	code: number | null;
	stdout: string;
	/** Standard output and error output together. */
	output: string;
}

/**
 * Runs a program to its end. The Debian package's program is preferred to one that merely stands
 * first on the PATH.
 * @param environment the whole environment besides PATH and HOME
 */
export async function run(
	name: string,
	args: string[],
	environment: Record<string, string>,
	input = '',
): Promise<Outcome> {
	const program = existsSync(`/usr/bin/${name}`) ? `/usr/bin/${name}` : name;
	const child = spawn(program, args, {
		env: { PATH: process.env.PATH, ...environment },
		stdio: 'pipe',
	});
	// A program may end without reading its input.
	child.stdin.on('error', () => undefined).end(input);
	const ended = new Promise<number | null>((resolve, reject) => {
		child.once('error', reject).once('close', resolve);
	});
	const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
	return { code: await ended, stdout, output: stdout + stderr };
}
