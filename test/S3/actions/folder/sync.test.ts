import { sync } from '../../../../nodes/S3/actions/folder/sync.operation';
import { createBucket } from '../../../../nodes/S3/transport/buckets';
import type { S3Client } from '../../../../nodes/S3/transport/client';
import { putObject } from '../../../../nodes/S3/transport/objects';
import { startS3Sandbox, type S3Sandbox } from '../../../../sandbox/s3/server.ts';
import { oddKeys } from '../../../sandbox/s3/oddKeys.ts';
import { clientOf, failureOf, isA } from '../../clientOf';
import { stock } from '../../stock';
import { act } from '../acting';

let sandbox: S3Sandbox;
let s3: S3Client;
/** Seconds by which the clock of the server is ahead. */
let ahead = 0;

beforeEach(async () => {
	ahead = 0;
	sandbox = await startS3Sandbox({ now: () => Date.now() + ahead * 1_000 });
	s3 = clientOf(sandbox);
	for (const bucket of ['from', 'onto']) await createBucket(s3, bucket, { ifExists: 'fail' });
});
afterEach(async () => await sandbox.close());

const put = async (bucket: string, objects: Record<string, string>) => {
	for (const [key, text] of Object.entries(objects)) {
		await putObject(s3, bucket, key, Buffer.from(text), {});
	}
	ahead += 5;
	sandbox.requests.length = 0;
};
const stored = (bucket: string) =>
	Object.fromEntries(
		[...(sandbox.buckets.get(bucket)?.objects.keys() ?? [])]
			.sort()
			.map((key) => [key, sandbox.read(bucket, key)?.toString()]),
	);
const run = async (options: object = {}, input: object = {}) =>
	await act(sync, s3, {
		sourceBucket: 'from',
		sourceFolder: 'a',
		bucket: 'onto',
		folder: 'b/c',
		output: 'summary',
		options,
		...input,
	});
const requests = (operation: string) => sandbox.requests.filter(isA(operation)).length;

test('copies what is new or changed, and leaves the rest', async () => {
	await put('onto', { 'b/c/changed': 'old1', 'b/c/extra': 'stays', 'b/cx': 'other' });
	await put('from', { 'a/': '', 'a/changed': 'new1', 'a/new/x': 'x', 'ab/no': 'no', a: 'no' });
	await put('onto', { 'b/c/same': 'same' });
	await put('from', { 'b/c/same': 'not in the folder' });
	const { rows } = await run();
	expect(stored('onto')).toEqual({
		'b/c/changed': 'new1',
		'b/c/extra': 'stays',
		'b/c/new/x': 'x',
		'b/c/same': 'same',
		'b/cx': 'other',
	});
	expect(rows).toEqual([
		{
			sourceBucket: 'from',
			sourceFolder: 'a/',
			bucket: 'onto',
			folder: 'b/c/',
			dryRun: false,
			inSource: 2,
			unchanged: 0,
			toCopy: 2,
			toCopyBytes: 5,
			copied: 2,
			copiedBytes: 5,
			toDelete: 0,
			deleted: 0,
			failed: 0,
		},
	]);
});

test('the second time there is nothing to do', async () => {
	await put('from', { 'a/1': '1', 'a/2': '2' });
	expect((await run()).rows[0]).toMatchObject({ copied: 2 });
	sandbox.requests.length = 0;
	expect((await run()).rows[0]).toMatchObject({ inSource: 2, unchanged: 2, copied: 0 });
	expect(requests('CopyObject')).toBe(0);
});

test.each([
	['size', ['longer']],
	['sizeAndEtag', ['longer', 'otherContent']],
	['sizeAndTime', ['longer', 'otherContent', 'rewritten']],
])('compared by %s, %j have changed', async (compareBy, changed) => {
	await put('onto', {
		'b/c/longer': '1',
		'b/c/otherContent': '1',
		'b/c/rewritten': '1',
	});
	await put('from', {
		'a/longer': '12',
		'a/otherContent': '2',
		'a/rewritten': '1',
		'a/older': '1',
	});
	await put('onto', { 'b/c/older': '1' });
	const { rows } = await run({ compareBy }, { output: 'items' });
	expect(rows.slice(1).map(({ key }) => String(key).slice(4))).toEqual(changed);
	expect(rows[1]).toEqual({
		type: 'copy',
		bucket: 'onto',
		key: 'b/c/longer',
		size: 2,
		done: true,
	});
});

test('what was written in the second of its copy counts as changed', async () => {
	await put('from', { 'a/1': '1' });
	await run();
	const copy = sandbox.buckets.get('onto')?.objects.get('b/c/1');
	const source = sandbox.buckets.get('from')?.objects.get('a/1');
	if (copy && source) copy.lastModified = source.lastModified;
	expect((await run()).rows[0]).toMatchObject({ copied: 1 });
});

describe('Delete', () => {
	test('takes what the source does not have, and nothing beside the folder', async () => {
		await put('onto', { 'b/c/extra': '1', 'b/c/x/y': '1', 'b/cx': '1', 'b/c': '1', z: '1' });
		await put('from', { 'a/1': '1' });
		const { rows } = await run({ deleteExtra: true });
		expect(stored('onto')).toEqual({ 'b/c': '1', 'b/c/1': '1', 'b/cx': '1', z: '1' });
		expect(rows[0]).toMatchObject({ copied: 1, toDelete: 2, deleted: 2, failed: 0 });
	});

	test('not what is excluded', async () => {
		await put('onto', { 'b/c/keep.txt': '1', 'b/c/gone.csv': '1' });
		await put('from', { 'a/1.csv': '1', 'a/2.txt': '1' });
		await run({ deleteExtra: true, exclude: '*.txt' });
		expect(Object.keys(stored('onto'))).toEqual(['b/c/1.csv', 'b/c/keep.txt']);
	});

	test('nothing if the source is empty, unless that was said', async () => {
		await put('onto', { 'b/c/1': '1' });
		expect(await failureOf(run({ deleteExtra: true }))).toMatchObject({ code: 'EMPTY_SOURCE' });
		expect(stored('onto')).toEqual({ 'b/c/1': '1' });
		await run({ deleteExtra: true, allowEmptySource: true });
		expect(stored('onto')).toEqual({});
	});

	test('nothing if a copy failed', async () => {
		await put('onto', { 'b/c/extra': '1' });
		await put('from', { 'a/1': '1', 'a/2': '2' });
		sandbox.faults.add({
			kind: 'errorInside200',
			code: 'AccessDenied',
			message: 'No',
			match: ({ key }) => key === 'b/c/1',
		});
		const failure = await failureOf(run({ deleteExtra: true }));
		expect(failure).toMatchObject({ code: 'PARTIAL_FAILURE', kind: 'auth' });
		expect(failure.message).toMatch(
			/^1 of 2 objects were copied, 0 of 1 deleted; 1 failed: "b\/c\/1" \(AccessDenied/,
		);
		expect(Object.keys(stored('onto'))).toEqual(['b/c/2', 'b/c/extra']);
	});

	test('nothing if the listing of the source breaks off', async () => {
		await stock(
			sandbox,
			s3,
			'from',
			Array.from({ length: 1_500 }, (_, n) => `a/${1_000 + n}`),
		);
		await put('onto', { 'b/c/0': '1', 'b/c/9': '1' });
		sandbox.faults.add({
			kind: 'status',
			status: 403,
			code: 'AccessDenied',
			match: ({ bucket, query }) => bucket === 'from' && 'continuation-token' in query,
		});
		const failure = await failureOf(run({ deleteExtra: true, parallelCopies: 50 }));
		expect(failure.code).toBe('AccessDenied');
		expect(failure.message).toMatch(
			/Before that: 1000 of 1000 objects were copied, 0 of 1 deleted/,
		);
		expect(Object.keys(stored('onto'))).toEqual(expect.arrayContaining(['b/c/0', 'b/c/9']));
		expect(requests('DeleteObjects')).toBe(0);
	});

	test('not in a whole bucket, unless that was said', async () => {
		await put('onto', { extra: '1' });
		await put('from', { 'a/1': '1' });
		const whole = { folder: '' };
		const failure = await failureOf(run({ deleteExtra: true }, whole));
		expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent' });
		expect(sandbox.requests).toEqual([]);
		await run({ deleteExtra: true, allowWholeBucket: true }, whole);
		expect(stored('onto')).toEqual({ '1': '1' });
	});
});

test.each([
	['from', 'a', 'from', 'a'],
	['from', 'a', 'from', 'a/b'],
	['from', 'a/b/', 'from', 'a'],
	['from', '', 'from', 'a'],
])(
	'%s/%s onto %s/%s overlap and are refused',
	async (sourceBucket, sourceFolder, bucket, folder) => {
		const failure = await failureOf(run({}, { sourceBucket, sourceFolder, bucket, folder }));
		expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent' });
		expect(failure.message).toMatch(/overlap/);
	},
);

test('folders that only begin alike do not overlap', async () => {
	await put('from', { 'a/1': '1' });
	await run({}, { bucket: 'from', folder: 'ab' });
	expect(stored('from')).toEqual({ 'a/1': '1', 'ab/1': '1' });
});

test('a dry run counts and changes nothing', async () => {
	await put('onto', { 'b/c/extra': '1' });
	await put('from', { 'a/1': '12', 'a/2': '1' });
	const { rows, files } = await run({ dryRun: true, deleteExtra: true }, { output: 'csv' });
	expect(rows).toEqual([
		expect.objectContaining({
			dryRun: true,
			toCopy: 2,
			toCopyBytes: 3,
			copied: 0,
			toDelete: 1,
			deleted: 0,
		}),
	]);
	expect(files.get('changes.csv')?.split('\r\n')).toEqual([
		'type,bucket,key,size,done,code,message',
		'copy,onto,b/c/1,2,false,,',
		'copy,onto,b/c/2,1,false,,',
		'delete,onto,b/c/extra,1,false,,',
		'',
	]);
	expect(stored('onto')).toEqual({ 'b/c/extra': '1' });
});

test('only what is included, and not what is excluded', async () => {
	await put('from', { 'a/1.csv': '1', 'a/x/2.csv': '2', 'a/x/tmp/3.csv': '3', 'a/4.txt': '4' });
	await run({ include: '**/*.csv', exclude: '**/tmp/**' });
	expect(Object.keys(stored('onto'))).toEqual(['b/c/1.csv', 'b/c/x/2.csv']);
});

test('odd keys, in both directions of the order', async () => {
	const odd = oddKeys.filter((key) => Buffer.byteLength(key) < 1_000);
	await put('from', Object.fromEntries(odd.map((key) => [`a/${key}`, key])));
	expect((await run({ deleteExtra: true })).rows[0]).toMatchObject({
		copied: odd.length,
		failed: 0,
	});
	expect(Object.values(stored('onto')).sort()).toEqual([...odd].sort());
	expect((await run({ deleteExtra: true })).rows[0]).toMatchObject({ copied: 0, deleted: 0 });
});

test('failures can be reported instead, each in a line', async () => {
	await put('from', { 'a/1': '1', 'a/2': '2' });
	sandbox.faults.add({
		kind: 'errorInside200',
		code: 'AccessDenied',
		match: ({ key }) => key === 'b/c/1',
	});
	const { rows, files } = await run({ ifSomeFail: 'report' });
	expect(rows[0]).toMatchObject({ copied: 1, failed: 1, failures: [{ key: 'b/c/1' }] });
	expect(files.get('failures.ndjson')).toMatch(/^\{"key":"b\/c\/1","code":"AccessDenied".*\}\n$/);
});

test.each(['fail', 'report'])(
	'a server that refuses every copy is not asked for all of them, and the item fails: %s',
	async (ifSomeFail) => {
		await stock(
			sandbox,
			s3,
			'from',
			Array.from({ length: 1_000 }, (_, n) => `a/${n}`),
		);
		sandbox.faults.add({ kind: 'errorInside200', code: 'AccessDenied' });
		const failure = await failureOf(run({ ifSomeFail }));
		expect(failure.message).toMatch(/given up after so many failures in a row/);
		expect(requests('CopyObject')).toBeLessThan(130);
	},
);

test('a run that is cancelled is no success, also where failures are reported', async () => {
	await put('from', { 'a/1': '1' });
	const cancel = new AbortController();
	s3 = clientOf(sandbox, {}, { signal: cancel.signal });
	sandbox.faults.add({
		kind: 'hang',
		match: ({ operation }) => {
			if (operation === 'CopyObject') setTimeout(() => cancel.abort(), 50);
			return operation === 'CopyObject';
		},
	});
	expect(await failureOf(run({ ifSomeFail: 'report' }))).toMatchObject({ code: 'CANCELLED' });
});
