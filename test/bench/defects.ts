import type { AxiosStatic } from 'axios';
import path from 'node:path';
import { scenarios } from '../servers/defects';
import { builtInS3, ourS3 } from '../servers/defects/subjects';
import { openWorld } from '../servers/defects/world';
import { Engine } from '../engine/engine';

/** The HTTP client of n8n's own nodes. */
const axiosOf = (host: string) => {
	const network = require.resolve('@n8n/backend-network', { paths: [host] });
	return require(require.resolve('axios', { paths: [network] })) as AxiosStatic;
};

/** Plays every scenario with our node and with those of n8n, on the same engine and servers. */
export async function play(host: string) {
	const engine = await Engine.open({
		from: host,
		packages: [path.join(host, 'node_modules', 'n8n-nodes-base')],
		binary: 'filesystem',
	});
	const { defaults } = axiosOf(host);
	const world = await openWorld(engine, (timeoutMs) => {
		const { timeout } = defaults;
		defaults.timeout = timeoutMs;
		return () => (defaults.timeout = timeout);
	});
	const subjects = [ourS3(engine), ...builtInS3(engine)];
	const rows = [];
	try {
		for (const { title, play: playWith } of scenarios) {
			const verdicts = [];
			for (const subject of subjects) {
				console.error(`${title}: ${subject.name}`);
				world.sandbox.faults.clear();
				const wrong = await playWith(subject, world).catch(
					(error: unknown) => `cannot be played: ${String(error)}`,
				);
				verdicts.push(wrong ?? '');
			}
			rows.push({ title, verdicts });
		}
	} finally {
		await world.close();
	}
	return { subjects: subjects.map(({ name }) => name), rows };
}
