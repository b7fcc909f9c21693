// Whether the triggers that poll Salesforce lose or double anything, ours and that of n8n.
import { bundled, host } from './engine.mjs';

const { play } = await bundled('test/bench/salesforceTrigger.ts');
console.log(JSON.stringify(await play(host)));
process.exit(0);
