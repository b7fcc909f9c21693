import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
export const host = path.join(root, 'sandbox', 'host');

/**
 * The engine of the tests, in plain Node: the versions of n8n-core and n8n-nodes-base are those of
 * the n8n that `npm start` installs, so that our node and the built-in one run on the same engine.
 */
export async function openEngine() {
	const outfile = path.join(root, '.cache', 'bench', 'engine.cjs');
	await build({
		entryPoints: [path.join(root, 'test', 'engine', 'engine.ts')],
		outfile,
		bundle: true,
		packages: 'external',
		platform: 'node',
		format: 'cjs',
		logLevel: 'error',
	});
	const { Engine } = createRequire(import.meta.url)(outfile);
	return await Engine.open({
		from: host,
		packages: [path.join(host, 'node_modules', 'n8n-nodes-base')],
		binary: 'filesystem',
	});
}
