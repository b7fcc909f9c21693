// 100,000 entries of 12 values (BENCH_ENTRIES) read from slapd, and 1,000 searches for one entry: our
// client, ldapts, and ldapsearch. Prints JSON. Needs slapd and ldap-utils.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import path from 'node:path';
import { startSlapd } from '../servers/slapd/start.ts';
import { root } from './engine.mjs';

const run = promisify(execFile);
const entries = Number(process.env.BENCH_ENTRIES ?? 100_000);

function* people() {
	for (let n = 0; n < entries; n++) {
		const name = `person${String(n).padStart(6, '0')}`;
		yield `dn: uid=${name},ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: ${name}
cn: Person ${n}
sn: Name ${n}
givenName: Given ${n}
mail: ${name}@example.org
telephoneNumber: +49 30 ${n}
title: Title of ${n}
departmentNumber: ${n % 100}
employeeNumber: ${n}
l: Berlin
description: What there is to say about number ${n}, which is not much
`;
	}
}

const slapd = await startSlapd({ ldif: people() });
const { port, url, base, admin } = slapd;
const script = path.join(root, 'test', 'bench', 'ldapWireClient.mjs');

const client = (setting) => async () => {
	const given = { port, url, base: `ou=people,${base}`, admin, pageSize: 1_000, ...setting };
	const { stdout } = await run(process.execPath, ['--no-warnings', script, JSON.stringify(given)]);
	return JSON.parse(stdout.trim().split('\n').at(-1));
};

const ldapsearch = (paging) => async () => {
	const args = ['-x', '-LLL', '-H', url, '-D', admin.dn, '-w', admin.password];
	const startedAt = performance.now();
	const { stderr } = await run('/usr/bin/time', [
		...['-f', '%U %S %M', 'sh', '-c', 'exec ldapsearch "$@" >/dev/null', 'sh'],
		...[...args, ...paging, '-b', `ou=people,${base}`],
	]);
	const [user, system, kib] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
	const seconds = (performance.now() - startedAt) / 1_000;
	return { seconds, cpu: user + system, peakMb: Math.round(kib / 1024) };
};

const subjects = {
	'stream, ours, pages of 1,000': client({ client: 'ours', work: 'stream' }),
	'stream, ours, unpaged': client({ client: 'ours', work: 'stream', pageSize: 0 }),
	'stream, ldapts, pages of 1,000': client({ client: 'ldapts', work: 'stream' }),
	'stream, ldapsearch, pages of 1,000': ldapsearch(['-E', 'pr=1000/noprompt']),
	'stream, ldapsearch, unpaged': ldapsearch([]),
	'1,000 base searches, ours': client({ client: 'ours', work: 'base' }),
	'1,000 base searches, ldapts': client({ client: 'ldapts', work: 'base' }),
};
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const results = {};
for (let round = 0; round < rounds; round++)
	for (const [name, measure] of Object.entries(subjects)) {
		const { seconds, cpu, peakMb } = await measure();
		const best = results[name];
		if (!best || seconds < best.seconds) results[name] = { seconds, cpu, peakMb };
	}
await slapd.stop();
console.log(JSON.stringify(results, null, '\t'));
