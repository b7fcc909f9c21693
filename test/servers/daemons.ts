import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/**
 * Daemons with a temporary folder of their own. All are killed, by their process id, and the folder
 * is removed when they are stopped and at the latest when this process ends: nothing in there is
 * worth an orderly end.
 */
export class Daemons {
	readonly folder: string;
	/** aborted when a daemon ends by itself, with an Error that says which, and when a start takes too long */
	signal: AbortSignal;
	private readonly timeoutMs: number;
	private readonly ended = new AbortController();
	private readonly running: ChildProcess[] = [];
	/** of all programs */
	readonly env: NodeJS.ProcessEnv;
	private readonly leave = () => {
		this.kill();
		this.remove();
	};

	/** @param timeoutMs for a start, and for another one after `end` */
	constructor(name: string, timeoutMs: number) {
		this.timeoutMs = timeoutMs;
		this.folder = fs.mkdtempSync(path.join(os.tmpdir(), `${name}-`));
		this.signal = this.startingSignal();
		// Debian keeps servers where only root looks for programs.
		this.env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
		process.once('exit', this.leave);
	}

	file(...names: string[]): string {
		return path.join(this.folder, ...names);
	}

	/** Runs a program to its end. @returns what it printed */
	async run(program: string, ...args: string[]): Promise<string> {
		const { env, signal } = this;
		return (await promisify(execFile)(program, args, { env, signal })).stdout;
	}

	/** Starts a program that does not go into the background; what it prints goes into "<name>.log". */
	start(program: string, ...args: string[]): ChildProcess {
		const log = fs.openSync(this.file(`${path.basename(program)}.log`), 'a');
		// The kernel ends it should this process be killed.
		const bound = ['--pdeathsig', 'KILL', program, ...args];
		const daemon = spawn('setpriv', bound, { env: this.env, stdio: ['ignore', log, log] });
		fs.closeSync(log);
		this.running.push(daemon);
		const fail = (why: unknown) => {
			if (this.running.includes(daemon))
				this.ended.abort(new Error(`${program} ended: ${String(why)}`));
		};
		daemon.once('error', fail).once('exit', (code, by) => fail(code ?? by));
		return daemon;
	}

	/**
	 * Asks until there is an answer.
	 * @throws what `signal` was aborted with
	 */
	async answers(ask: () => Promise<unknown>): Promise<void> {
		for (;;) {
			try {
				await ask();
				return;
			} catch {
				this.signal.throwIfAborted();
				await delay(50);
			}
		}
	}

	/** Ends one of them. */
	async end(daemon: ChildProcess, by: NodeJS.Signals = 'SIGKILL'): Promise<void> {
		this.running.splice(this.running.indexOf(daemon), 1);
		const exited = isRunning(daemon) && once(daemon, 'exit');
		daemon.kill(by);
		await exited;
		this.signal = this.startingSignal();
	}

	private startingSignal(): AbortSignal {
		return AbortSignal.any([this.ended.signal, AbortSignal.timeout(this.timeoutMs)]);
	}

	async stop(): Promise<void> {
		process.off('exit', this.leave);
		await Promise.all([...this.running].map(async (daemon) => await this.end(daemon)));
		this.remove();
	}

	/** The last lines of what they printed. */
	logs(): string {
		return fs
			.readdirSync(this.folder, { recursive: true, encoding: 'utf8' })
			.filter((name) => name.endsWith('.log'))
			.map((name) => {
				const lines = fs.readFileSync(this.file(name), 'utf8').trimEnd().split('\n');
				return `${name}:\n${lines.slice(-15).join('\n')}`;
			})
			.join('\n');
	}

	private kill(): void {
		for (const daemon of this.running) daemon.kill('SIGKILL');
	}

	private remove(): void {
		fs.rmSync(this.folder, { recursive: true, force: true });
	}
}

/**
 * Starts daemons; where that fails, none is left.
 * @throws Error with the end of the logs
 */
export async function launched<Server extends object>(
	daemons: Daemons,
	launch: (daemons: Daemons) => Promise<Server>,
): Promise<Server> {
	try {
		return await launch(daemons);
	} catch (error) {
		// An aborted program says only that it was aborted.
		const cause: unknown = daemons.signal.aborted ? daemons.signal.reason : error;
		const logs = daemons.logs();
		await daemons.stop();
		throw new Error(`${path.basename(daemons.folder)} did not start: ${String(cause)}\n${logs}`, {
			cause,
		});
	}
}

const isRunning = ({ pid, exitCode, signalCode }: ChildProcess) =>
	pid !== undefined && exitCode === null && signalCode === null;

export async function freePort(): Promise<number> {
	const server = net.createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	server.close();
	await once(server, 'close');
	if (address === null || typeof address === 'string') throw new Error('A TCP server has a port');
	return address.port;
}

/** Prints a server as one line of JSON and keeps it until a signal. */
export async function untilSignal({ stop, ...server }: { stop(): Promise<void> }): Promise<void> {
	console.log(JSON.stringify(server));
	await Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((name) => once(process, name)));
	await stop();
}
