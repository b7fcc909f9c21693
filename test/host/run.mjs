// `node test/host/run.mjs`: the packed package in a real n8n. Ends with "N passed, N failed".
// With names ("s3Trigger"): only these files.
// REQUIRE_ALL=1 forbids skipped tests.
import path from 'node:path';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ensureDependencies } from '../../sandbox/dependencies.mjs';
import { runWithNode24 } from '../../sandbox/node24.mjs';
import { duration } from '../../sandbox/step.mjs';

const chosen = process.argv.slice(2);
const folder = path.dirname(fileURLToPath(import.meta.url));
// Each has one suite, and they build on each other: workflow.host.ts makes the bucket, secrets.host.ts
// looks for secrets in what the others left behind, and database.host.ts opens another n8n.
const FILES = [
	'package.host.ts',
	'credential.host.ts',
	'ldap.host.ts',
	'ldapEditor.host.ts',
	'salesforceCredential.host.ts',
	'salesforceEditor.host.ts',
	'workflow.host.ts',
	'failing.host.ts',
	'editor.host.ts',
	'secrets.host.ts',
	'database.host.ts',
	's3EventTrigger.host.ts',
	's3Trigger.host.ts',
	'ldapTrigger.host.ts',
	'salesforceTrigger.host.ts',
]
	.filter((file) => chosen.length === 0 || chosen.some((name) => file.startsWith(name)))
	.map((file) => path.join(folder, file));
if (FILES.length === 0) throw new Error(`There is no test file named like ${chosen.join(', ')}`);

/** Runs the files one after the other in this process; resolves with the numbers of tests. */
async function runTests() {
	const counts = { passed: 0, failed: 0, skipped: 0 };
	// The stream of events does not end while n8n and the servers are open, so the suites are counted.
	let suites = 0;
	await new Promise((resolve, reject) => {
		const report = ({ name, skip, nesting, details }, good) => {
			const { error, type, duration_ms: ms } = details;
			// A suite fails by itself when a hook fails; when a test does, that one was reported.
			const isTest = type === 'test' || (!good && error?.failureType !== 'subtestsFailed');
			if (skip !== undefined) {
				counts.skipped++;
				console.log(`skipped ${name} (${skip})`);
			} else if (isTest) {
				counts[good ? 'passed' : 'failed']++;
				console.log(`${good ? 'ok     ' : 'FAILED '} ${name} (${duration(ms)})`);
				if (!good) console.log(error?.cause?.stack ?? error?.stack ?? error);
			}
			if (nesting === 0 && ++suites === FILES.length) resolve();
		};
		const events = run({ files: FILES, isolation: 'none' });
		events.on('test:pass', (event) => report(event, true));
		events.on('test:fail', (event) => report(event, false));
		events.on('test:diagnostic', ({ message, nesting }) => {
			if (nesting > 0) console.log(`        ${message}`);
		});
		events.on('error', reject);
	});
	return counts;
}

async function main() {
	await runWithNode24();
	// The tests take the root of the repository from here.
	process.chdir(path.resolve(folder, '..', '..'));
	await ensureDependencies({ root: process.cwd() });
	const { openSetting, closeSetting } = await import('./setting.ts');
	for (const signal of ['SIGINT', 'SIGTERM']) {
		process.once(signal, async () => {
			await closeSetting();
			process.exit(1);
		});
	}
	await openSetting();
	try {
		console.log('');
		return await runTests();
	} finally {
		await closeSetting();
	}
}

try {
	const { passed, failed, skipped } = await main();
	const forbidden = process.env.REQUIRE_ALL === '1' ? skipped : 0;
	if (forbidden > 0) console.log('REQUIRE_ALL=1: what is skipped counts as failed.');
	console.log(`\n${passed} passed, ${failed + forbidden} failed`);
	process.exit(failed + forbidden === 0 && passed > 0 ? 0 : 1);
} catch (error) {
	console.error(error);
	console.log('\n0 passed, 1 failed');
	process.exit(1);
}
