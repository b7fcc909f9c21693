import type { AxiosStatic } from 'axios';
import { scenarios } from '../servers/defects';
import { builtInS3, ourS3 } from '../servers/defects/subjects';
import { openWorld } from '../servers/defects/world';
import { engineOf, playScenarios } from './playScenarios';

/** The HTTP client of n8n's own nodes. */
const axiosOf = (host: string) => {
	const network = require.resolve('@n8n/backend-network', { paths: [host] });
	return require(require.resolve('axios', { paths: [network] })) as AxiosStatic;
};

/** Plays every scenario with our node and with those of n8n, on the same engine and servers. */
export async function play(host: string) {
	const engine = await engineOf(host, { binary: 'filesystem' });
	const { defaults } = axiosOf(host);
	const world = await openWorld(engine, (timeoutMs) => {
		const { timeout } = defaults;
		defaults.timeout = timeoutMs;
		return () => (defaults.timeout = timeout);
	});
	const subjects = [ourS3(engine), ...builtInS3(engine)];
	try {
		return await playScenarios(scenarios, subjects, async (play) => {
			world.sandbox.faults.clear();
			await play(world);
		});
	} finally {
		await world.close();
	}
}
