import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { duration, withoutNpmScript } from '../step.mjs';
import type { Job } from '../step.mjs';

const READY_WITHIN_MS = 180_000;
const STOPPED_WITHIN_MS = 15_000;
const LOG_TAIL_LINES = 30;

/** A running n8n and how to get into it. */
export interface Host {
	url: string;
	email: string;
	password: string;
	/** Loads a package of n8n's own tree, such as the library it writes executions with. */
	require: NodeJS.Require;
	/** Path of the file with everything n8n wrote so far. */
	logFile: string;
	/** The last lines of that file. */
	logTail(): string;
	/** Settles when n8n has ended, with how. */
	ended: Promise<string>;
	/** Ends n8n, by force after 15 seconds. May be called again. */
	stop(): Promise<void>;
	/** Ends n8n as a crash would: it writes nothing any more. */
	kill(): Promise<void>;
}

/**
 * Starts n8n on free ports of 127.0.0.1 and waits until it answers.
 *
 * @param hostFolder the folder whose node_modules hold n8n
 * @param userFolder holds its database, settings, community packages and log
 * @param environment variables besides those that every host gets
 * @throws Error with the end of n8n's log when it ends or is not ready within three minutes; the reason
 *   of `job.signal` when that stops it
 */
export async function bootHost(
	hostFolder: string,
	userFolder: string,
	job: Job,
	environment: NodeJS.ProcessEnv = {},
): Promise<Host> {
	const started = Date.now();
	const [port, brokerPort] = await freePorts();
	const url = `http://127.0.0.1:${port}`;
	const email = 'owner@example.com';
	// n8n wants a capital letter and a digit.
	const password = `N8n-${randomBytes(6).toString('hex')}`;
	const logFile = path.join(userFolder, 'n8n.log');
	const logTail = () =>
		readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');

	const require = createRequire(path.join(hostFolder, 'package.json'));
	job.log(`Starting n8n on ${url} ...`);
	const output = createWriteStream(logFile);
	const child = spawn(
		process.execPath,
		[path.join(hostFolder, 'node_modules', 'n8n', 'bin', 'n8n'), 'start'],
		{
			env: {
				...inherited(process.env),
				...settings(userFolder, port, brokerPort),
				...environment,
				N8N_INSTANCE_OWNER_EMAIL: email,
				N8N_INSTANCE_OWNER_PASSWORD_HASH: hashed(require, password),
			},
			stdio: ['ignore', 'pipe', 'pipe'],
		},
	);
	child.stdout.pipe(output, { end: false });
	child.stderr.pipe(output, { end: false });
	const ended = new Promise<string>((resolve) => {
		child.once('error', (error) => resolve(error.message));
		child.once('close', (code, signal) => resolve(`ended with ${code ?? signal}`));
	});
	let how: string | undefined;
	void ended.then((end) => (how = end));

	const stop = async () => {
		if (how === undefined) {
			child.kill('SIGTERM');
			const force = setTimeout(() => child.kill('SIGKILL'), STOPPED_WITHIN_MS);
			await ended;
			clearTimeout(force);
		}
		output.end();
	};

	const kill = async () => {
		child.kill('SIGKILL');
		await ended;
		output.end();
	};

	let said = started;
	while (!(await answers(url))) {
		if (job.signal?.aborted) {
			await stop();
			job.signal.throwIfAborted();
		}
		if (how !== undefined || Date.now() - started > READY_WITHIN_MS) {
			const why = how ?? `was not ready within ${duration(READY_WITHIN_MS)}`;
			await stop();
			throw new Error(`n8n ${why}. The end of its log:\n${logTail()}`);
		}
		if (Date.now() - said > 5_000) {
			said = Date.now();
			job.log(`  ${duration(said - started)}`);
		}
		await wait(250);
	}
	job.log(`  ready after ${duration(Date.now() - started)}`);
	return { url, email, password, require, logFile, logTail, ended, stop, kill };
}

/** Whether n8n has its database and its routes: it serves a placeholder on every path before. */
async function answers(url: string): Promise<boolean> {
	try {
		const [ready, settingsAnswer] = await Promise.all([
			fetch(`${url}/healthz/readiness`),
			fetch(`${url}/rest/settings`),
		]);
		await Promise.all([ready.text(), settingsAnswer.text()]);
		const type = settingsAnswer.headers.get('content-type') ?? '';
		return ready.ok && settingsAnswer.ok && type.startsWith('application/json');
	} catch {
		return false;
	}
}

/** What n8n keeps of our environment: nothing that would configure it or send it to a proxy. */
function inherited(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	const foreign = /^(N8N_|DB_|EXECUTIONS_|QUEUE_|NODE_ENV$|NODE_OPTIONS$|.*_proxy$)/i;
	return Object.fromEntries(
		Object.entries(withoutNpmScript(env)).filter(([name]) => !foreign.test(name)),
	);
}

function settings(userFolder: string, port: number, brokerPort: number): NodeJS.ProcessEnv {
	const callsHome = [
		'DIAGNOSTICS',
		'DYNAMIC_BANNERS',
		'HIRING_BANNER',
		'LICENSE_AUTO_RENEW',
		'PERSONALIZATION',
		'TEMPLATES',
		'VERIFIED_PACKAGES',
		'VERSION_NOTIFICATIONS',
		'VERSION_NOTIFICATIONS_WHATS_NEW',
	];
	return {
		...Object.fromEntries(callsHome.map((name) => [`N8N_${name}_ENABLED`, 'false'])),
		// These modules call api.n8n.io at startup.
		N8N_DISABLED_MODULES: 'mcp-registry,instance-ai,chat-hub,insights,agents',
		N8N_USER_FOLDER: userFolder,
		N8N_PORT: String(port),
		N8N_HOST: '127.0.0.1',
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
		N8N_ENCRYPTION_KEY: randomBytes(24).toString('hex'),
		// The sign-in cookie must work over plain http.
		N8N_SECURE_COOKIE: 'false',
		N8N_INSTANCE_OWNER_MANAGED_BY_ENV: 'true',
		N8N_INSTANCE_OWNER_FIRST_NAME: 'Sandbox',
		N8N_INSTANCE_OWNER_LAST_NAME: 'Owner',
	};
}

/** The password as n8n stores it, by the library n8n uses. */
function hashed(require: NodeJS.Require, password: string): string {
	const bcrypt: { hashSync(text: string, rounds: number): string } = require('bcryptjs');
	return bcrypt.hashSync(password, 10);
}

/** Two ports nobody listens on; both are held until both are known, so they differ. */
async function freePorts(): Promise<[number, number]> {
	const servers: [net.Server, net.Server] = [net.createServer(), net.createServer()];
	const [port, other] = await Promise.all([heldPort(servers[0]), heldPort(servers[1])]);
	for (const server of servers) server.close();
	return [port, other];
}

async function heldPort(server: net.Server): Promise<number> {
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('no port');
	return address.port;
}
