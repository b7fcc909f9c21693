import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDependencies } from './dependencies.mjs';
import { runWithNode24 } from './node24.mjs';

// This file runs on the Node that is there (20 or later); what it imports last needs Node 24,
// which reads TypeScript as it is, and the development dependencies.
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

try {
	await runWithNode24();
	await ensureDependencies({ root });
	const { start } = await import('./host/start.ts');
	process.exit(await start({ root, once: process.argv.includes('--once') }));
} catch (error) {
	console.error(`\n${error instanceof Error ? error.message : error}`);
	process.exit(1);
}
