// One operation of our node on many objects, in n8n's engine in a process of its own; prints what it
// cost as one line of JSON. node listingClient.mjs '{"credential", "parameters", "count"}'
import { readFile, writeFile } from 'node:fs/promises';
import { bundled } from './engine.mjs';

const { credential, parameters, count } = JSON.parse(process.argv[2]);
const { Engine } = await bundled('test/engine/engine.ts');
const engine = await Engine.open({ binary: 'filesystem' });
engine.credentials.resilientS3Api = credential;
const node = {
	type: 'n8n-nodes-resilient.s3',
	parameters,
	credentials: { resilientS3Api: { id: 'c', name: 'c' } },
};
const run = async (more = {}) => {
	const given = { ...node, parameters: { ...parameters, ...more } };
	const ended = await engine.run(given, { items: [{ json: {} }] });
	if (ended.run.status !== 'success') throw ended.errorOf('E') ?? new Error(ended.run.status);
	return ended.outputs('E')[0] ?? [];
};

// Loads everything that is loaded at the first call.
await run({ operation: 'getMany', resource: 'object', prefix: 'nothing', output: 'items' });
const heapMb = () => {
	global.gc?.();
	return process.memoryUsage().heapUsed / 2 ** 20;
};
const heapBeforeMb = heapMb();
await new Promise((resolve) => setTimeout(resolve, 300));
const idleMb = Math.round(process.memoryUsage().rss / 2 ** 20);
// From here on the peak counts, not that of loading n8n.
await writeFile('/proc/self/clear_refs', '5');
let longestMs = 0;
let before = performance.now();
setInterval(() => {
	longestMs = Math.max(longestMs, performance.now() - before - 5);
	before = performance.now();
}, 5);
const cpu = process.cpuUsage();
const startedAt = performance.now();
before = startedAt;
const [{ json }] = await run();
const seconds = (performance.now() - startedAt) / 1_000;
const { user, system } = process.cpuUsage(cpu);
const done = json.count ?? json.deleted;
if (done !== count) throw new Error(`${done} of ${count} objects: ${JSON.stringify(json)}`);
const status = await readFile('/proc/self/status', 'utf8');
const peakMb = Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024);
const keptMb = heapMb() - heapBeforeMb;
console.log(
	JSON.stringify({ seconds, cpu: (user + system) / 1e6, idleMb, peakMb, keptMb, longestMs }),
);
process.exit(0);
