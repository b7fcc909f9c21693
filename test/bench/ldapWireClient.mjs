// Searches of one client in a process of its own; prints what they cost as one line of JSON.
// node ldapWireClient.mjs '{"client": "ours" | "ldapts", "work": "stream" | "base", "pageSize", ...}'
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { bundled } from './engine.mjs';

const { client, work, pageSize, port, url, base, admin } = JSON.parse(process.argv[2]);
const BASE_SEARCHES = 1_000;

const ours = async () => {
	const { clientOf, signInAs } = await bundled('test/Ldap/clientOf.ts');
	const ldap = clientOf([{ host: '127.0.0.1', port }], {
		signIn: signInAs(admin.dn, admin.password),
	});
	const filter = { type: 'present', attribute: 'objectClass' };
	const read = async (search) => {
		let count = 0;
		for await (const group of ldap.search({ base, filter, ...search })) count += group.length;
		return count;
	};
	await read({ scope: 'base' });
	return {
		stream: async () => await read({ scope: 'subtree', pageSize }),
		base: async () => await read({ scope: 'base' }),
	};
};

const ldapts = async () => {
	const { Client } = createRequire(import.meta.url)('ldapts');
	const ldap = new Client({ url });
	await ldap.bind(admin.dn, admin.password);
	await ldap.search(base, { scope: 'base' });
	return {
		stream: async () => {
			let count = 0;
			const pages = ldap.searchPaginated(base, { scope: 'sub', paged: { pageSize } });
			for await (const { searchEntries } of pages) count += searchEntries.length;
			return count;
		},
		base: async () => (await ldap.search(base, { scope: 'base' })).searchEntries.length,
	};
};

const { stream, base: one } = await (client === 'ours' ? ours() : ldapts());
const cpu = process.cpuUsage();
const startedAt = performance.now();
let count = 0;
if (work === 'stream') count = await stream();
else for (let n = 0; n < BASE_SEARCHES; n++) count += await one();
const seconds = (performance.now() - startedAt) / 1_000;
const { user, system } = process.cpuUsage(cpu);
const status = await readFile('/proc/self/status', 'utf8');
const peakMb = Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024);
console.log(JSON.stringify({ seconds, cpu: (user + system) / 1e6, peakMb, count }));
process.exit(0);
