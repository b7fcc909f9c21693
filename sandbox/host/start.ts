import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startArchiveDemo } from '../demo/archive.ts';
import { startLdapDemo } from '../demo/ldap.ts';
import { startS3Demo } from '../demo/s3.ts';
import { startSalesforceDemo } from '../demo/salesforce.ts';
import type { Job } from '../step.mjs';
import { bootHost } from './boot.ts';
import type { DemoResult, DemoSystem } from './demo.ts';
import { runDemo } from './demo.ts';
import { installHost } from './install.ts';
import { installPackage, packPackage } from './package.ts';
import { failedTable, resultTable } from './report.ts';
import { signIn } from './rest.ts';

const DEMOS: Record<string, (root: string) => Promise<DemoSystem>> = {
	s3: startS3Demo,
	archive: startArchiveDemo,
	ldap: startLdapDemo,
	salesforce: startSalesforceDemo,
};

export interface StartOptions {
	/** the root folder of this repository */
	root: string;
	/** end after the demo workflows instead of leaving the editor open */
	once: boolean;
}

/**
 * `npm start`: builds and packs the package, installs it into a real n8n next to the sandbox
 * servers, runs every demo workflow and prints what happened. Stops everything it started, and
 * removes its files, before it returns.
 *
 * @returns the exit code: 1 when a demo did not come to its expected result
 */
export async function start({ root, once: onlyOnce }: StartOptions): Promise<number> {
	const stopped = new AbortController();
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
		process.on(signal, () => stopped.abort(signal));
	}
	const undo: Array<() => Promise<void> | void> = [];
	const log = (line: string) => console.log(line);
	const job: Job = { log, signal: stopped.signal };
	try {
		const hostFolder = await installHost(root, job);
		const folder = mkdtempSync(path.join(os.tmpdir(), 'n8n-nodes-resilient-'));
		undo.push(() => rmSync(folder, { recursive: true, force: true }));
		await installPackage(await packPackage(root, folder, job), folder, job);

		log('Starting the sandbox servers ...');
		const systems = new Map<string, DemoSystem>();
		for (const [name, startSystem] of Object.entries(DEMOS)) {
			const system = await startSystem(root);
			undo.push(() => system.close());
			systems.set(name, system);
		}
		const host = await bootHost(hostFolder, folder, job);
		undo.push(() => host.stop());

		try {
			const rest = await signIn(host, stopped.signal);
			const results: DemoResult[] = [];
			for (const [name, system] of systems) {
				log(`Running the demo workflow of ${name} ...`);
				results.push(await runDemo(root, name, system, rest));
			}
			report(results, [...systems.values()], log);
			const good = results.every(({ problems }) => problems.length === 0);
			if (!good) log(`\nThe end of n8n's log:\n${host.logTail()}`);
			if (onlyOnce) return good ? 0 : 1;

			const shown = results.map(
				({ workflow }) => `  ${host.url}/workflow/${workflow.id}  ${workflow.name}`,
			);
			log(`\nThe n8n editor is open:\n${shown.join('\n')}`);
			log(`  e-mail ${host.email}, password ${host.password}\nCtrl-C stops everything.`);
			const end = await Promise.race([host.ended, once(stopped.signal, 'abort')]);
			if (typeof end === 'string' && !stopped.signal.aborted) throw new Error(`n8n ${end}.`);
			return good ? 0 : 1;
		} catch (error) {
			if (!stopped.signal.aborted) log(`\nThe end of n8n's log:\n${host.logTail()}`);
			throw error;
		}
	} catch (error) {
		if (!stopped.signal.aborted) throw error;
		return 128 + (os.constants.signals[stopped.signal.reason as NodeJS.Signals] ?? 0);
	} finally {
		if (undo.length > 0) log('\nStopping and cleaning up ...');
		for (const step of undo.reverse()) await step();
	}
}

function report(results: DemoResult[], systems: DemoSystem[], log: Job['log']): void {
	const print = (lines: string[]) => log(`\n${lines.join('\n')}`);
	print(resultTable(results.flatMap(({ nodes }) => nodes)));
	const failed = results.flatMap((result) => result.failed);
	if (failed.length > 0) print(failedTable(failed));
	print(systems.map((system) => system.story()));
	const problems = results.flatMap((result) => result.problems);
	print(
		problems.length === 0
			? ['Every demo workflow came to its expected result.']
			: ['NOT AS EXPECTED:', ...problems.map((problem) => `  ${problem}`)],
	);
}
