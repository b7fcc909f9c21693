import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
export const host = path.join(root, 'sandbox', 'host');

/** What a TypeScript file of the tests exports, in plain Node. */
export async function bundled(file) {
	const outfile = path.join(root, '.cache', 'bench', `${path.basename(file, '.ts')}.cjs`);
	await build({
		entryPoints: [path.join(root, file)],
		outfile,
		bundle: true,
		packages: 'external',
		platform: 'node',
		format: 'cjs',
		logLevel: 'error',
	});
	return createRequire(import.meta.url)(outfile);
}

/**
 * The engine of the tests: the versions of n8n-core and n8n-nodes-base are those of the n8n that
 * `npm start` installs, so that our node and the built-in one run on the same engine.
 */
export async function openEngine({ builtIn = true } = {}) {
	const { Engine } = await bundled('test/engine/engine.ts');
	return await Engine.open({
		from: host,
		packages: builtIn ? [path.join(host, 'node_modules', 'n8n-nodes-base')] : [],
		binary: 'filesystem',
	});
}
