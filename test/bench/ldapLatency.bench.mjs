// How soon the LDAP trigger starts a run after a change, at three servers.
import { bundled } from './engine.mjs';

const { measure } = await bundled('test/bench/ldapLatency.ts');
console.log(JSON.stringify(await measure()));
process.exit(0);
