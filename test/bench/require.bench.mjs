// What n8n pays for the package in each of its processes before anything is executed: all node and
// credential files are required at start, and one of each class is made. A process per run, in which
// n8n-workflow is there already as in n8n. Prints JSON. Needs a build.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const RUNS = 7;
const GOAL = { ms: 30, mb: 5 };

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const { n8n } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
const files = [...n8n.nodes, ...n8n.credentials];

function measure(folder, required) {
	const code = `
		require('n8n-workflow');
		const path = require('node:path');
		const files = ${JSON.stringify(required)}.map((file) => path.resolve(file));
		const memory = () => {
			gc();
			const { heapUsed, external } = process.memoryUsage();
			return { heap: heapUsed + external, rss: process.memoryUsage.rss() };
		};
		const before = memory();
		const start = process.hrtime.bigint();
		for (const file of files) {
			const exported = require(file);
			if (/\\.(node|credentials)\\.js$/.test(file)) new exported[path.basename(file).split('.')[0]]();
		}
		const ms = Number(process.hrtime.bigint() - start) / 1e6;
		const after = memory();
		console.log(JSON.stringify({
			ms,
			heapMb: (after.heap - before.heap) / 1e6,
			rssMb: (after.rss - before.rss) / 1e6,
			modules: Object.keys(require.cache).filter((file) => file.startsWith(process.cwd())).length,
		}));
	`;
	const env = { ...process.env, NODE_PATH: path.join(folder, 'host') };
	return JSON.parse(
		execFileSync(process.execPath, ['--expose-gc', '-e', code], {
			cwd: path.join(folder, 'package'),
			env,
			encoding: 'utf8',
		}),
	);
}

function medians(folder, required) {
	measure(folder, required); // Fills the disk cache.
	const runs = Array.from({ length: RUNS }, () => measure(folder, required));
	const median = (name) => {
		const sorted = runs.map((run) => run[name]).sort((a, b) => a - b);
		return Number(sorted[Math.floor(RUNS / 2)].toFixed(2));
	};
	return Object.fromEntries(Object.keys(runs[0]).map((name) => [name, median(name)]));
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'require-bench-'));
try {
	fs.cpSync(path.join(root, 'dist'), path.join(folder, 'package', 'dist'), { recursive: true });
	// The floor: as many files, empty.
	const empty = files.map((_, index) => `empty/${index}.js`);
	fs.mkdirSync(path.join(folder, 'package', 'empty'));
	for (const file of empty) fs.writeFileSync(path.join(folder, 'package', file), '');
	fs.mkdirSync(path.join(folder, 'host'));
	fs.symlinkSync(
		path.join(root, 'node_modules', 'n8n-workflow'),
		path.join(folder, 'host', 'n8n-workflow'),
		'junction',
	);
	const code = ['dist/nodes/bundle.js'];
	const libraries = fs.readdirSync(path.join(root, 'dist/vendor'));
	const all = libraries.map((file) => `dist/vendor/${file}`);
	const result = {
		benchmark: 'require',
		node: process.version,
		runs: RUNS,
		goal: GOAL,
		package: medians(folder, files),
		emptyFiles: medians(folder, empty),
		// Once, when the first node is run or the editor first asks one something.
		code: medians(folder, code),
		// What it would cost if nothing waited until it is used.
		withLibraries: medians(folder, [...files, ...code, ...all]),
	};
	result.met = result.package.ms <= GOAL.ms && result.package.heapMb <= GOAL.mb;
	console.log(JSON.stringify(result, null, '\t'));
} finally {
	fs.rmSync(folder, { recursive: true, force: true });
}
