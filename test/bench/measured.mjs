import { readFile, writeFile } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 10;

/**
 * What a piece of work costs this process: seconds, processor time, the peak of the resident memory and
 * what it was before, and the longest time that the event loop was held up.
 */
export async function measured(work) {
	global.gc?.();
	await new Promise((resolve) => setTimeout(resolve, 300));
	const idleMb = Math.round(process.memoryUsage().rss / 2 ** 20);
	// From here on the peak counts, not that of loading n8n.
	await writeFile('/proc/self/clear_refs', '5');
	const loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
	loop.enable();
	const cpu = process.cpuUsage();
	const startedAt = performance.now();
	const result = await work();
	const seconds = (performance.now() - startedAt) / 1_000;
	const { user, system } = process.cpuUsage(cpu);
	loop.disable();
	const status = await readFile('/proc/self/status', 'utf8');
	const peakMb = Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024);
	const loopMs = Math.max(0, Math.round(loop.max / 1e6 - RESOLUTION_MS));
	return { seconds, cpu: (user + system) / 1e6, idleMb, peakMb, loopMs, result };
}
