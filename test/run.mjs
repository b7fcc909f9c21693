// `npm test`: types, lint, format, build and the tests, from a bare checkout and any Node >= 20.
// `npm test -- <arguments of jest>` runs only jest. REQUIRE_ALL=1 forbids skipped tests.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDependencies } from '../sandbox/dependencies.mjs';
import { runWithNode24 } from '../sandbox/node24.mjs';
import { duration } from '../sandbox/step.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const jestArguments = process.argv.slice(2);

const tsc = 'typescript/bin/tsc';
const types = {
	name: 'types',
	commands: [
		[tsc, '--noEmit', '-p', 'tsconfig.json'],
		[tsc, '--noEmit', '-p', 'tsconfig.test.json'],
	],
};
const lint = { name: 'lint', commands: [['eslint/bin/eslint.js', '.', '--max-warnings', '0']] };
const format = {
	name: 'format',
	commands: [['prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.']],
};
const build = { name: 'build', commands: [['gulp/bin/gulp.js', 'build']] };

/** Runs one program of node_modules. Without `stdio` it resolves with what the program printed. */
function run([program, ...args], stdio = ['ignore', 'pipe', 'pipe']) {
	const file = path.join(root, 'node_modules', program);
	const child = spawn(process.execPath, [file, ...args], { cwd: root, stdio });
	let output = '';
	child.stdout?.on('data', (chunk) => (output += chunk));
	child.stderr?.on('data', (chunk) => (output += chunk));
	return new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('close', (code) => resolve({ ok: code === 0, output }));
	});
}

/** Runs the commands of a check up to the first that fails; prints the output of that one only. */
async function check({ name, commands }) {
	const started = Date.now();
	for (const command of commands) {
		const { ok, output } = await run(command);
		if (ok) continue;
		console.log(`FAILED ${name} (${duration(Date.now() - started)}): ${command.join(' ')}`);
		console.log(`${output.trimEnd()}\n`);
		return false;
	}
	console.log(`ok     ${name} (${duration(Date.now() - started)})`);
	return true;
}

/** Two at a time: each of them is one busy process. */
async function checkAll(checks) {
	console.log(`Checking ${checks.map(({ name }) => name).join(', ')} ...`);
	const waiting = [...checks];
	const results = {};
	const worker = async () => {
		for (let next = waiting.shift(); next; next = waiting.shift()) {
			results[next.name] = await check(next);
		}
	};
	await Promise.all([worker(), worker()]);
	return results;
}

/** Whether dist is missing or older than a source; some tests load the built package. */
function stale() {
	const newest = (folder) =>
		fs
			.readdirSync(path.join(root, folder), { recursive: true })
			.reduce((time, file) => Math.max(time, changed(path.join(folder, file))), changed(folder));
	const changed = (file) => fs.statSync(path.join(root, file)).mtimeMs;
	if (!fs.existsSync(path.join(root, 'dist', 'vendor'))) return true;
	const sources = ['credentials', 'nodes', 'vendor'];
	return Math.max(...sources.map(newest)) > changed('dist/vendor');
}

/** Runs jest, its output passed through, and counts from the report it writes. */
async function tests() {
	console.log('\nRunning the tests ...');
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'test-report-'));
	const file = path.join(folder, 'report.json');
	try {
		// Suites share processes: what one leaves open must not keep the run from
		// ending.
		const report = ['--forceExit', '--json', `--outputFile=${file}`];
		const { ok } = await run(['jest/bin/jest.js', ...report, ...jestArguments], 'inherit');
		if (!fs.existsSync(file)) return { ok, passed: 0, failed: ok ? 0 : 1, skipped: [] };
		const result = JSON.parse(fs.readFileSync(file, 'utf8'));
		const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
		return {
			passed: result.numPassedTests,
			// Jest also fails for what is no test: no test found, a threshold missed.
			failed: ok ? failed : Math.max(failed, 1),
			skipped: skippedSuites(result.testResults),
		};
	} finally {
		fs.rmSync(folder, { recursive: true, force: true });
	}
}

/** Lines "file: suite (why) - n tests" of what did not run. */
function skippedSuites(files) {
	// With -t everything else is skipped on demand.
	if (jestArguments.some((argument) => /^(-t|--testNamePattern)/.test(argument))) return [];
	const counts = new Map();
	for (const { name, assertionResults } of files) {
		for (const { status, ancestorTitles, title } of assertionResults) {
			if (!['pending', 'todo', 'disabled'].includes(status)) continue;
			const suite = `${path.relative(root, name)}: ${ancestorTitles[0] ?? title}`;
			counts.set(suite, (counts.get(suite) ?? 0) + 1);
		}
	}
	return [...counts].map(([suite, count]) => `${suite} - ${count} test${count > 1 ? 's' : ''}`);
}

async function main() {
	const started = Date.now();
	await runWithNode24();
	await ensureDependencies({ root });
	const onlyJest = jestArguments.length > 0;
	// What takes longest goes first.
	const wanted = onlyJest ? (stale() ? [build] : []) : [lint, types, format, build];
	const checks = wanted.length > 0 ? await checkAll(wanted) : {};
	const { passed, failed, skipped } = await tests();

	const broken = Object.keys(checks).filter((name) => !checks[name]);
	const forbidden = process.env.REQUIRE_ALL === '1' ? skipped.length : 0;
	if (skipped.length > 0) console.log(`\nSkipped:\n  ${skipped.join('\n  ')}`);
	if (forbidden > 0) console.log('REQUIRE_ALL=1: what is skipped counts as failed.');
	if (broken.length > 0) console.log(`\nFailed: ${broken.join(', ')} (see above)`);
	console.log(`\nDone in ${duration(Date.now() - started)}`);
	const good = passed + Object.keys(checks).length - broken.length;
	const bad = failed + broken.length + forbidden;
	console.log(`${good} passed, ${bad} failed`);
	process.exitCode = bad === 0 ? 0 : 1;
}

main().catch((error) => {
	console.error(error);
	console.log('0 passed, 1 failed');
	process.exitCode = 1;
});
