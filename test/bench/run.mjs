// `npm run bench`: all benchmarks one after the other, or those that are named; writes RESULTS.md.
// Needs a build, the n8n of `npm start`, and Debian's radosgw, slapd, aws-cli, rclone, ldap-utils and curl.
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { runWithNode24 } from '../../sandbox/node24.mjs';
import { host, root } from './engine.mjs';

await runWithNode24();
const given = process.argv.slice(2);
const size = given.includes('--size') ? given.splice(given.indexOf('--size'), 2)[1] : undefined;
const [, amount, unit] = /^(\d+)([MG])iB$/.exec(size ?? '1GiB') ?? [];
if (!amount) throw new Error(`--size is written like 512MiB or 20GiB, not ${size}`);
process.env.BENCH_MIB ??= String(Number(amount) * (unit === 'G' ? 1024 : 1));
if (size !== undefined) process.env.BENCH_LARGE_MIB ??= process.env.BENCH_MIB;
const only = given;

const table = (head, rows) =>
	[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const inCell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ').slice(0, 160);

const rounded = (value, digits = 2) => (value === undefined ? '' : value.toFixed(digits));

const costCells = (cost) => [
	rounded(cost.seconds),
	rounded(cost.cpu),
	String(cost.peakMb),
	cost.idleMb === undefined ? '' : String(cost.peakMb - cost.idleMb),
	cost.loopMs === undefined ? '' : `${cost.loopMs} (${cost.busyMs})`,
];
const costs = (rows, direction) =>
	table(
		['', 's', 'CPU, s', 'peak, MB', 'over idle, MB', 'loop, ms'],
		rows.filter((row) => row[direction]).map((row) => [row.name, ...costCells(row[direction])]),
	);

const sections = {
	transfer: ({ mib, rounds, large, rows }) => `## One file of ${mib} MiB, up and down

Against one Ceph gateway (${large ? 'on disk, a sparse file' : 'in memory'}) on the same machine, medians of ${rounds} interleaved
rounds, every transfer in a process of its own; nodes run in n8n-core, with files in n8n's file-system mode.
"Peak" is that of the resident memory of the whole process, "over idle" that above the same process before
the transfer (n8n-core alone takes 170 to 220 MB of it). "Loop" is the
longest that the event loop was held up, by the clock and (in brackets) by what the thread itself computed:
on a machine of two processors that also runs the server, the rest is waiting for a processor.

### Up

${costs(rows, 'up')}

### Down

${costs(rows, 'down')}`,
	large: ({ rows }) => `## Large files, with their content read back

Our node alone (the built-in ones end at 2 and 4.39 GiB, see below), once, against a Ceph gateway on the same
disk; columns as above. The content is random. What was stored is read by curl, what came down from n8n's file: the
SHA-256 of both is that of what was sent, else there would be no numbers here. The time is mostly that of the disk.

${table(
	['', 's', 'CPU, s', 'peak, MB', 'over idle, MB', 'loop, ms'],
	rows.flatMap(({ mib, up, down }) => [
		[`${mib / 1024} GiB up`, ...costCells(up)],
		[`${mib / 1024} GiB down`, ...costCells(down)],
	]),
)}`,
	small: ({ rounds, small, rows }) => `## ${small} objects of 1 KiB, up

Against one Ceph gateway in memory, 50 requests at a time, medians of ${rounds} interleaved rounds, each in a new
bucket; columns as above. The built-in nodes work on one item after the other: for them the time of a tenth of the
objects, once, ten times.

${costs(rows, 'small')}`,
	defects: ({ subjects, rows }) => `## What S3 nodes get wrong

Each scenario played with our node and with those of n8n in the same engine, against Ceph and our strict
server. Empty: as it should be.

${table(
	['', ...subjects],
	rows.map(({ title, verdicts }) => [title, ...verdicts].map(inCell)),
)}`,
	overhead: ({ runs, calls, ours, floor, overhead }) =>
		`## Cost of the policies

Processor time of all policies around a call that succeeds at once, per call; medians of ${runs} runs of ${calls} calls.

${table(
	['', 'us'],
	[
		['with all policies', rounded(ours)],
		['the same loop without', rounded(floor)],
		['**difference** (goal: 5)', `**${rounded(overhead)}**`],
	],
)}`,
	listing: ({ rows }) =>
		`## Many objects listed and deleted

Our node in n8n's engine, files in n8n's file-system mode, and two command-line clients; each in a process
of its own, against our S3 server for tests. "Over idle" is the peak of the resident memory minus that of
the same process before, "kept" what is still on the heap when all is done. Goal: memory that does not grow
with the number (V8 collects late, so that some of it is garbage), 250,000 objects deleted with 250 requests and
the pages of the listing.

${table(
	[
		'',
		'objects',
		'requests',
		's',
		'CPU, s',
		'peak, MB',
		'over idle, MB',
		'kept, MB',
		'longest block, ms',
	],
	rows.map(({ name, count, requests, seconds, cpu, idleMb, peakMb, keptMb, longestMs }) => [
		name,
		count.toLocaleString('en'),
		String(requests),
		rounded(seconds, 1),
		rounded(cpu, 1),
		String(peakMb),
		idleMb === undefined ? '' : String(peakMb - idleMb),
		rounded(keptMb, 1),
		longestMs === undefined ? '' : rounded(longestMs, 0),
	]),
)}`,
	ldap: ({ entries, rounds, many, runs, operations }) => {
		const cells = ({ name, seconds, cpu, peakMb, idleMb, loopMs }) => [
			name,
			rounded(seconds),
			rounded(cpu),
			String(peakMb),
			idleMb === undefined ? '' : String(peakMb - idleMb),
			loopMs === undefined ? '' : String(loopMs),
		];
		const each = ({ count, rows }) =>
			rows.map(({ name, seconds, cpu }) => [
				name,
				rounded((1_000 * seconds) / count),
				rounded((1_000 * cpu) / count),
			]);
		return `## LDAP: ${entries.toLocaleString('en')} entries, and single operations

Against one slapd on the same machine, medians of ${rounds} interleaved rounds, each in a process of its own; nodes run
in n8n-core, with files in n8n's file-system mode. Entries of 12 values, in pages of 1,000, without TLS. "Over
idle" is the peak of the resident memory minus that of the same process before; n8n-core alone takes 150 to 220 MB.

${table(['', 's', 'CPU, s', 'peak, MB', 'over idle, MB', 'loop, ms'], many.map(cells))}

### One item in each run of the node, over LDAPS

A compare in each of ${runs.count} runs, as in a workflow that is started for each event. Ours keeps the connection,
the built-in node makes a new one each time.

${table(['', 'ms', 'CPU, ms'], each(runs))}

### One operation after the other on a connection that is kept, over LDAPS

${table(['', 'ms (goal: 0.5)', 'CPU, ms'], each(operations))}`;
	},
	ldapLatency: ({ rounds, changes, rows }) => `## LDAP: from a change to the run of the workflow

The trigger in n8n-core, the mechanism that it chooses by itself; ${rounds} rounds of ${changes} changes, medians. From the
moment the change is asked for: until the server has answered, and until the run is asked for. n8n has no
trigger for LDAP.

${table(
	['', 'mechanism', 'answered, ms', 'run begins, ms (goal: OpenLDAP 20, Samba 100)'],
	rows.map(({ name, mechanism, answeredMs, begunMs }) => [
		name,
		mechanism,
		rounded(answeredMs, 1),
		rounded(begunMs, 1),
	]),
)}`,
	ldapDefects: ({ subjects, rows }) => `## What LDAP nodes get wrong

Each scenario played with our node and with that of n8n in the same engine, against slapd. Empty: as it should
be.

${table(
	['', ...subjects],
	rows.map(({ title, verdicts }) => [title, ...verdicts].map(inCell)),
)}`,
	salesforce: ({ rounds, latencyMs, parts }) => {
		const { creates, tenThousand, hundredThousand, ingest, export: out } = parts;
		const cells = ({
			name,
			calls,
			polls,
			failed,
			seconds,
			cpu,
			peakMb,
			idleMb,
			loopMs,
			estimated,
		}) =>
			failed > 0 && seconds === undefined
				? [name, String(calls), String(polls), '**fails**', '', '', '', '']
				: [
						name,
						String(calls),
						String(polls),
						`${estimated ? '≈ ' : ''}${rounded(seconds)}`,
						rounded(cpu),
						String(peakMb),
						String(peakMb - idleMb),
						String(loopMs),
					];
		const part = ({ rows }) =>
			table(
				['', 'calls', 'polls', 's', 'CPU, s', 'peak, MB', 'over idle, MB', 'loop, ms'],
				rows.map(cells),
			);
		const thousands = ({ count }) => count.toLocaleString('en');
		return `## Salesforce: many records

Against our org for tests on the same machine, medians of ${rounds} interleaved rounds, each in a process of its own;
nodes run in n8n-core, with files in n8n's file-system mode. "Over idle" is the peak of the resident memory minus
that of the same process before. ≈: the time of a tenth of the records, ten times.

### ${thousands(creates)} accounts created, one request takes ${latencyMs} ms

${part(creates)}

### ${thousands(tenThousand)} accounts created

${part(tenThousand)}

### ${thousands(hundredThousand)} accounts created

${part(hundredThousand)}

### ${thousands(ingest)} accounts of 8 fields in

${part(ingest)}

### ${thousands(out)} accounts of 9 fields out

${part(out)}`;
	},
	salesforceDefects: ({ subjects, rows }) => `## What Salesforce nodes get wrong

Each scenario played with our node and with that of n8n in the same engine, against our org for tests. Empty: as
it should be.

${table(
	['', ...subjects],
	rows.map(({ title, verdicts }) => [title, ...verdicts].map(inCell)),
)}`,
	salesforceTrigger: ({ subjects, rows }) => `## Salesforce: polling for changes

Each case played with our trigger and with that of n8n in the same engine and by the same clock, which is moved
by hand, against our org for tests. Lost: records that never started the workflow. Doubled: items beyond one for each
record that was to.

${table(
	['', 'expected', ...subjects.map((name) => `${name}: lost / doubled`)],
	rows.map(({ title, expected, results }) => [
		title,
		expected.toLocaleString('en'),
		...results.map(({ lost, doubled, failure }) =>
			[
				`${lost.toLocaleString('en')} / ${doubled.toLocaleString('en')}`,
				...(failure === undefined ? [] : [inCell(failure)]),
			].join(': '),
		),
	]),
)}`,
	require: ({ runs, package: ours, code, emptyFiles, withLibraries }) =>
		`## Requiring the package

All files that n8n loads at start, with one node of each class as n8n makes it, in a fresh process in which
n8n-workflow is loaded already; medians of ${runs} runs.

${table(
	['', 'ms (goal: 30)', 'heap, MB (goal: 5)', 'modules'],
	Object.entries({
		'n8n-nodes-resilient': ours,
		'its code, which is loaded when a node is used first': code,
		'all of it, libraries as well': withLibraries,
		'as many empty files': emptyFiles,
	}).map(([name, { ms, heapMb, modules }]) => [
		name,
		rounded(ms, 1),
		rounded(heapMb),
		String(modules),
	]),
)}`,
	isolation: ({ p95AloneMs, p95BesideMs, ratio, runs }) =>
		`## A credential that is down beside one that is not

95th percentile of the time per call of credential B, in one process, alone and while credential A resets
every connection and waits at its closed gate; medians of ${runs.alone.length} rounds in turns.

${table(
	['', 'ms'],
	[
		['B alone', rounded(p95AloneMs)],
		['B beside A', rounded(p95BesideMs)],
		['**ratio** (goal: 1.05)', `**${rounded(ratio)}**`],
	],
)}`,
};

const version = (program, args, pattern = /[\d.]+/) => {
	try {
		return pattern.exec(execFileSync(program, args, { encoding: 'utf8' }))?.[0] ?? '?';
	} catch {
		return 'missing';
	}
};
const ofPackage = (folder, name) =>
	JSON.parse(readFileSync(path.join(folder, 'node_modules', name, 'package.json'), 'utf8')).version;

const file = path.join(root, 'test', 'bench', 'RESULTS.md');
const today = new Date().toISOString().slice(0, 10);
const introduction = `# Results

Written by \`npm run bench\`: the numbers of a section are those of one run, on the day that stands below them.

${os.cpus().length} × ${os.cpus()[0]?.model ?? '?'}, ${Math.round(os.totalmem() / 2 ** 30)} GB, ${version('uname', ['-sr'], /.+/)};
Node ${process.versions.node}; n8n ${ofPackage(host, 'n8n')} (n8n-core ${ofPackage(host, 'n8n-core')}, n8n-nodes-base ${ofPackage(host, 'n8n-nodes-base')});
Ceph ${version('radosgw', ['--version'])}; slapd ${version('dpkg-query', ['-W', '-f', '${Version}', 'slapd'], /[\d.]+/)}; ldapts ${ofPackage(root, 'ldapts')}; @aws-sdk/client-s3 ${ofPackage(root, '@aws-sdk/client-s3')}; jsforce ${ofPackage(root, 'jsforce')};
aws-cli ${version('/usr/bin/aws', ['--version'])}; rclone ${version('/usr/bin/rclone', ['version'])}; curl ${version('/usr/bin/curl', ['--version'])}.`;

// A section that is measured anew takes the place of the one with its marker.
const marker = (name) => `<!-- ${name} -->`;
const kept = new Map(
	readFileSync(file, 'utf8')
		.split(/^(?=<!-- \w+ -->$)/m)
		.slice(1)
		.map((text) => [/^<!-- (\w+) -->/.exec(text)[1], text.trim()]),
);
const SCRIPTS = { small: 'transfer' };
for (const [name, render] of Object.entries(sections)) {
	if (only.length > 0 && !only.includes(name)) continue;
	console.error(`\n=== ${name}`);
	const script = path.join(root, 'test', 'bench', `${SCRIPTS[name] ?? name}.bench.mjs`);
	const running = promisify(execFile)(process.execPath, ['--no-warnings', '--expose-gc', script], {
		maxBuffer: 2 ** 26,
		env: { ...process.env, ...(name === 'small' && { BENCH_PART: 'small' }) },
	});
	running.child.stderr.pipe(process.stderr);
	const { stdout } = await running;
	const text = render(JSON.parse(stdout.slice(stdout.search(/^\{/m))));
	kept.set(name, `${marker(name)}\n\n${text}\n\n_${today}_`);
	// After each section: what was measured stays when a later one fails. A size of one's own is no result.
	const all = Object.keys(sections).flatMap((one) => kept.get(one) ?? []);
	if (size === undefined) writeFileSync(file, `${[introduction, ...all].join('\n\n')}\n`);
	else console.log(text);
}
