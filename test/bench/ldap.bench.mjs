// 100,000 entries of 12 values read, and single operations, against one slapd: our node and the built-in one
// in n8n's engine, ldapts, ldapsearch. Each in a process of its own; rounds are interleaved, medians are shown.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { startSlapd } from '../servers/slapd/start.ts';
import { root } from './engine.mjs';

const run = promisify(execFile);
const ENTRIES = Number(process.env.BENCH_ENTRIES ?? 100_000);
const OPERATIONS = 1_000;
const RUNS = 200;
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const folder = await mkdtemp(path.join(os.tmpdir(), 'bench-ldap-'));

const ATTRIBUTES = [
	...['cn', 'sn', 'givenName', 'uid', 'mail', 'telephoneNumber', 'employeeNumber'],
	...['departmentNumber', 'title', 'description', 'l'],
];

/** 11 attributes with 12 values besides the object class. */
function* entries(base) {
	yield `dn: ou=many,${base}\nobjectClass: organizationalUnit\nou: many\n\n`;
	for (let n = 0; n < ENTRIES; n++) {
		const uid = `user${n}`;
		yield `dn: uid=${uid},ou=many,${base}\nobjectClass: inetOrgPerson\ncn: User Number ${n}\nsn: Number ${n}\ngivenName: User\nuid: ${uid}\nmail: ${uid}@example.org\nmail: user.${n}@mail.example.org\ntelephoneNumber: +49 30 ${1_000_000 + n}\nemployeeNumber: ${n}\ndepartmentNumber: ${n % 100}\ntitle: Engineer of Things\ndescription: One of very many people in this directory\nl: Berlin\n\n`;
	}
}

const slapd = await startSlapd({ ldif: entries('dc=example,dc=org') });
const base = `ou=many,${slapd.base}`;
const filter = '(objectClass=inetOrgPerson)';
const setting = {
	port: slapd.port,
	tlsPort: slapd.tlsPort,
	ca: slapd.ca,
	base,
	...slapd.admin,
	filter,
	attributes: ATTRIBUTES,
	file: path.join(folder, 'out'),
	single: { dn: `uid=user7,${base}`, uid: 'user7' },
};

const inNode = (contender, count) => async () => {
	const child = spawn(
		process.execPath,
		[
			'--expose-gc',
			path.join(root, 'test/bench/ldapClient.mjs'),
			contender,
			JSON.stringify({ ...setting, count }),
		],
		{
			stdio: ['ignore', 'pipe', 'inherit'],
			env: { ...process.env, N8N_USER_FOLDER: path.join(folder, contender) },
		},
	);
	let out = '';
	child.stdout.on('data', (chunk) => (out += chunk));
	const [code] = await once(child, 'close');
	await rm(path.join(folder, contender), { recursive: true, force: true });
	if (code !== 0) throw new Error(`${contender} ended with ${code}`);
	return JSON.parse(out.trim().split('\n').at(-1));
};

const ldapsearch = (paged) => async () => {
	const command = `exec ldapsearch -x -H ${slapd.url} -D '${slapd.admin.dn}' -w '${slapd.admin.password}' -b '${base}' -LLL ${paged ? '-E pr=1000/noprompt' : ''} '${filter}' ${ATTRIBUTES.join(' ')} > ${setting.file}`;
	const startedAt = performance.now();
	const { stderr } = await run('/usr/bin/time', ['-f', '%U %S %M', 'sh', '-c', command]);
	const [user, system, kib] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
	return {
		seconds: (performance.now() - startedAt) / 1000,
		cpu: user + system,
		peakMb: Math.round(kib / 1024),
	};
};

const contenders = {
	many: [
		['n8n-nodes-resilient, into NDJSON', inNode('oursNdjson', ENTRIES)],
		['n8n-nodes-resilient, into LDIF', inNode('oursLdif', ENTRIES)],
		['n8n-nodes-resilient, as items', inNode('oursItems', ENTRIES)],
		['n8n-nodes-base Ldap, as items', inNode('builtInItems', ENTRIES)],
		['ldapts, pages into NDJSON', inNode('ldapts', ENTRIES)],
		['ldapsearch, pages of 1000', ldapsearch(true)],
		['ldapsearch, unpaged', ldapsearch(false)],
	],
	runs: [
		['n8n-nodes-resilient', inNode('oursRuns', RUNS)],
		['n8n-nodes-base Ldap', inNode('builtInRuns', RUNS)],
	],
	operations: [
		['n8n-nodes-resilient, its client', inNode('oursOneByOne', OPERATIONS)],
		['ldapts', inNode('ldaptsOneByOne', OPERATIONS)],
	],
};

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

try {
	const results = new Map();
	for (let round = 0; round < rounds; round++)
		for (const [part, list] of Object.entries(contenders))
			for (const [name, act] of list) {
				const cost = await act();
				console.error(`${round + 1}. ${part}: ${name}: ${cost.seconds.toFixed(2)} s`);
				const key = `${part} ${name}`;
				results.set(key, [...(results.get(key) ?? []), cost]);
			}
	const rows = (part) =>
		contenders[part].map(([name]) => {
			const costs = results.get(`${part} ${name}`);
			const fields = Object.keys(costs[0]);
			const medians = fields.map((field) => [field, median(costs.map((cost) => cost[field]))]);
			return { name, ...Object.fromEntries(medians) };
		});
	console.log(
		JSON.stringify({
			entries: ENTRIES,
			rounds,
			many: rows('many'),
			runs: { count: RUNS, rows: rows('runs') },
			operations: { count: OPERATIONS, rows: rows('operations') },
		}),
	);
} finally {
	await slapd.stop();
	await rm(folder, { recursive: true, force: true });
}
