// `node test/host/run.mjs`: the packed package in a real n8n. Ends with "N passed, N failed".
// REQUIRE_ALL=1 forbids skipped tests.
import path from 'node:path';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ensureDependencies } from '../../sandbox/dependencies.mjs';
import { runWithNode24 } from '../../sandbox/node24.mjs';
import { duration } from '../../sandbox/step.mjs';

const folder = path.dirname(fileURLToPath(import.meta.url));
const FILES = ['package.host.ts', 'credential.host.ts', 'workflow.host.ts', 'editor.host.ts'];

async function main() {
	await runWithNode24();
	// The files take the root of the repository from here.
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
	console.log('');
	let passed = 0;
	let failed = 0;
	const report = ({ name, details, skip, nesting }, good) => {
		if (details.type === 'suite') {
			if (!good && details.error?.failureType !== 'subtestsFailed') failed++;
			return;
		}
		if (typeof skip === 'string') {
			console.log(`skipped ${name} (${skip})`);
			return;
		}
		if (good) passed++;
		else failed++;
		console.log(`${good ? 'ok     ' : 'FAILED '} ${name} (${duration(details.duration_ms)})`);
		if (!good) console.log(details.error?.cause?.stack ?? details.error?.message, nesting);
	};
	const files = FILES.map((file) => path.join(folder, file));
	const events = run({ files, isolation: 'none', concurrency: false });
	events.on('test:pass', (event) => report(event, true));
	events.on('test:fail', (event) => report(event, false));
	events.on('test:diagnostic', ({ message, level }) => {
		if (level === 'warn' || level === 'error') console.log(message);
	});
	events.resume();
	await new Promise((resolve) => events.once('end', resolve));
	await closeSetting();
	if (passed === 0) failed = Math.max(failed, 1);
	console.log(`\n${passed} passed, ${failed} failed`);
	process.exit(failed === 0 ? 0 : 1);
}

main().catch((error) => {
	console.error(error instanceof Error ? error.message : error);
	console.log('\n0 passed, 1 failed');
	process.exit(1);
});
