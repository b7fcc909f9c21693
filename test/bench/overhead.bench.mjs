// What all policies together cost a call that succeeds: the same loop with and without them, in one
// process. Settings as S3 uses them: a signal of the run, a deadline, a time-out for the attempt, a
// limit of concurrency. Prints JSON. Needs a build.
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const RUNS = 7;
const CALLS = 200_000;
const GOAL_US = 5;

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const require = createRequire(import.meta.url);
const floors = path.join(root, 'dist', 'nodes', 'shared', 'resilience');
const { resilient } = require(path.join(floors, 'index.js'));
const { Registry } = require(path.join(floors, 'registry.js'));

const send = resilient({
	maxAttempts: 5,
	deadlineMs: 900_000,
	onOutage: 'wait',
	limits: { concurrency: 50, perSecond: 0 },
	registry: new Registry(),
});
const about = {
	system: 's3',
	operation: 'PutObject',
	scope: 'credential at host',
	repeatable: true,
	attemptTimeoutMs: 60_000,
	signal: new AbortController().signal,
};

let attempts = 0;
const attempt = async () => ++attempts;

/** Processor time, garbage collection included: other programs on the machine do not count. */
async function usPerCall(call) {
	const start = process.cpuUsage();
	for (let n = 0; n < CALLS; n++) await call();
	const { user, system } = process.cpuUsage(start);
	return (user + system) / CALLS;
}

const ours = [];
const floor = [];
for (let run = 0; run < RUNS; run++) {
	floor.push(await usPerCall(attempt));
	ours.push(await usPerCall(async () => await send(about, attempt)));
}
if (attempts !== 2 * RUNS * CALLS) throw new Error(`${attempts} attempts were made`);

const median = (numbers) => numbers.sort((a, b) => a - b)[(numbers.length - 1) / 2];
const rounded = (us) => Number(us.toFixed(3));
const overhead = median(ours) - median(floor);
console.log(
	JSON.stringify({
		name: 'policies around one successful call',
		unit: 'us',
		runs: RUNS,
		calls: CALLS,
		ours: rounded(median(ours)),
		floor: rounded(median(floor)),
		overhead: rounded(overhead),
	}),
);
if (overhead > GOAL_US) process.exitCode = 1;
