// What Salesforce nodes are known to get wrong, played with ours and with that of n8n.
import { bundled, host } from './engine.mjs';

const { play } = await bundled('test/bench/salesforceDefects.ts');
console.log(JSON.stringify(await play(host)));
process.exit(0);
