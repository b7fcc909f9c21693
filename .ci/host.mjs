// Installs the n8n of the host tests ahead of them, so that this can happen beside something else.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runWithNode24 } from '../sandbox/node24.mjs';

await runWithNode24();
const { installHost } = await import('../sandbox/host/install.ts');
await installHost(path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..'), {
	log: console.log,
});
