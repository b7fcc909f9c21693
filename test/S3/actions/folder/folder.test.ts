import { create } from '../../../../nodes/S3/actions/folder/create.operation';
import { deleteOperation } from '../../../../nodes/S3/actions/folder/delete.operation';
import { getMany } from '../../../../nodes/S3/actions/folder/getMany.operation';
import { createBucket } from '../../../../nodes/S3/transport/buckets';
import type { S3Client } from '../../../../nodes/S3/transport/client';
import { putObject } from '../../../../nodes/S3/transport/objects';
import { startS3Sandbox, type S3Sandbox } from '../../../../sandbox/s3/server.ts';
import { oddKeys } from '../../../sandbox/s3/oddKeys.ts';
import { clientOf, failureOf, isA } from '../../clientOf';
import { stock } from '../../stock';
import { startScriptedServer } from '../../scriptedServer';
import { act } from '../acting';

let sandbox: S3Sandbox;
let s3: S3Client;

beforeEach(async () => {
	sandbox = await startS3Sandbox();
	s3 = clientOf(sandbox);
	await createBucket(s3, 'bin', { ifExists: 'fail' });
});
afterEach(async () => await sandbox.close());

const put = async (keys: string[]) => {
	for (const key of keys) await putObject(s3, 'bin', key, Buffer.from('text'), {});
	sandbox.requests.length = 0;
};
const left = () => [...(sandbox.buckets.get('bin')?.objects.keys() ?? [])].sort();
const numbered = (count: number, prefix = 'f/') =>
	Array.from({ length: count }, (_, n) => `${prefix}${String(n).padStart(6, '0')}`);
const requests = (operation: string) => sandbox.requests.filter(isA(operation)).length;

const remove = async (folder: string, options: object = {}, what = 'folder') =>
	await act(deleteOperation, s3, { bucket: 'bin', what, folder, options });

describe('Create', () => {
	test.each(['logs', 'logs/'])('%s is an object without content', async (folder) => {
		const { rows } = await act(create, s3, { bucket: 'bin', folder });
		expect(rows).toEqual([expect.objectContaining({ bucket: 'bin', key: 'logs/', created: true })]);
		expect(sandbox.read('bin', 'logs/')).toEqual(Buffer.alloc(0));
		expect(left()).toEqual(['logs/']);
	});
});

describe('Get Many', () => {
	const listed = async (folder: string, input: object = {}) => {
		const { rows } = await act(getMany, s3, { bucket: 'bin', folder, ...input });
		return rows.map(({ type, name }) => `${String(type)} ${String(name)}`);
	};

	beforeEach(async () => {
		await put([
			'logs/',
			'logs/a/1',
			'logs/a/2',
			'logs/b.txt',
			'logs/c/',
			'logs2/x',
			'top',
			'zero/',
		]);
	});

	test.each(['logs', 'logs/'])(
		'%s: folders and files of one level, without itself',
		async (folder) => {
			expect(await listed(folder)).toEqual(['folder a', 'file b.txt', 'folder c']);
		},
	);

	test('the top of the bucket', async () => {
		expect(await listed('')).toEqual(['folder logs', 'folder logs2', 'file top', 'folder zero']);
	});

	test('only files, only folders, and so many', async () => {
		expect(await listed('logs', { options: { show: 'object' } })).toEqual(['file b.txt']);
		expect(await listed('logs', { options: { show: 'prefix' } })).toEqual(['folder a', 'folder c']);
		const limited = { returnAll: false, limit: 2 };
		expect(await listed('logs', limited)).toEqual(['folder a', 'file b.txt']);
		expect(await listed('zero', limited)).toEqual([]);
	});

	test('a row says all that is known', async () => {
		const { rows } = await act(getMany, s3, { bucket: 'bin', folder: 'logs' });
		expect(rows[0]).toEqual({ type: 'folder', bucket: 'bin', key: 'logs/a/', name: 'a' });
		expect(rows[1]).toMatchObject({ key: 'logs/b.txt', size: 4, etag: expect.stringMatching(/./) });
	});
});

describe('Delete', () => {
	test.each(['logs', 'logs/'])('%s: never what only begins alike', async (folder) => {
		await put(['logs/', 'logs/a', 'logs/b/c', 'logs2/b', 'logs-old.txt', 'logs', 'x/logs/y']);
		const { rows } = await remove(folder);
		expect(left()).toEqual(['logs', 'logs-old.txt', 'logs2/b', 'x/logs/y']);
		expect(rows).toEqual([
			{
				bucket: 'bin',
				folder: 'logs/',
				dryRun: false,
				found: 3,
				foundBytes: 12,
				deleted: 3,
				deletedBytes: 12,
				failed: 0,
			},
		]);
	});

	test('a whole bucket only where that was said', async () => {
		await put(['a', 'b/c']);
		const failure = await failureOf(remove(''));
		expect(failure).toMatchObject({
			kind: 'invalid',
			phase: 'notSent',
			message: '"Folder" is empty',
		});
		expect(sandbox.requests).toEqual([]);
		expect(left()).toEqual(['a', 'b/c']);
		await remove('', {}, 'bucket');
		expect(left()).toEqual([]);
	});

	test('a dry run counts and deletes nothing', async () => {
		await put(['f/a', 'f/b', 'g']);
		const { rows } = await remove('f', { dryRun: true });
		expect(rows).toEqual([
			expect.objectContaining({ dryRun: true, found: 2, foundBytes: 8, deleted: 0, failed: 0 }),
		]);
		expect(left()).toEqual(['f/a', 'f/b', 'g']);
		expect(requests('DeleteObjects')).toBe(0);
	});

	test('1,000 in a request, whatever their number', async () => {
		await stock(sandbox, s3, 'bin', [...numbered(3_500), 'stays']);
		sandbox.requests.length = 0;
		const { rows } = await remove('f');
		expect(rows[0]).toMatchObject({ found: 3_500, deleted: 3_500, failed: 0 });
		expect(left()).toEqual(['stays']);
		expect(requests('ListObjectsV2')).toBe(4);
		expect(sandbox.requests).toHaveLength(8);
	});

	test('odd keys, those that XML cannot carry one by one', async () => {
		const odd = oddKeys.map((key) => `f/${key}`).filter((key) => Buffer.byteLength(key) <= 1_024);
		await put([...odd, 'stays']);
		expect((await remove('f')).rows[0]).toMatchObject({ deleted: odd.length, failed: 0 });
		expect(left()).toEqual(['stays']);
		expect(requests('DeleteObjects')).toBe(1);
	});

	test('what cannot be deleted fails the item, with counts and names', async () => {
		await put(['f/a', 'f/b', 'f/c']);
		sandbox.denyDelete.add('bin/f/b');
		const failure = await failureOf(remove('f'));
		expect(failure).toMatchObject({ kind: 'auth', phase: 'rejected', code: 'PARTIAL_FAILURE' });
		expect(failure.message).toMatch(
			/^2 objects in "f\/" of bucket "bin" were deleted, 1 could not be: "f\/b" \(AccessDenied/,
		);
		expect(left()).toEqual(['f/b']);
	});

	test('goes one by one where the server has no DeleteObjects, the failures with their names', async () => {
		await put(['f/a', 'f/b', 'f/c', 'other']);
		sandbox.denyDelete.add('bin/f/b');
		const match = isA('DeleteObjects');
		sandbox.faults.add({ kind: 'status', status: 501, code: 'NotImplemented', match });
		const { rows } = await remove('f', { ifSomeFail: 'report' });
		expect(rows[0]).toMatchObject({ found: 3, deleted: 2, failed: 1 });
		expect(rows[0]?.failures).toMatchObject([{ key: 'f/b', code: 'AccessDenied' }]);
		expect(left()).toEqual(['f/b', 'other']);
		expect(requests('DeleteObjects')).toBe(1);
	});

	test('or is reported: how many, the first of them, and all in a file', async () => {
		const keys = numbered(1_500);
		await stock(sandbox, s3, 'bin', [...keys, 'f/z']);
		for (const key of keys) sandbox.denyDelete.add(`bin/${key}`);
		const { rows, files } = await remove('f', { ifSomeFail: 'report' });
		expect(rows[0]).toMatchObject({ found: 1_501, deleted: 1, failed: 1_500 });
		expect(rows[0]?.failures).toHaveLength(100);
		const lines = files.get('failures.ndjson')?.trimEnd().split('\n') ?? [];
		expect(lines.map((line) => (JSON.parse(line) as { key: string }).key)).toEqual(keys);
		expect(JSON.parse(lines[0] ?? '')).toEqual({
			key: 'f/000000',
			code: 'AccessDenied',
			message: expect.stringMatching(/./),
		});
	});

	test('without failures a report has no file', async () => {
		await put(['f/a']);
		const { rows, files } = await remove('f', { ifSomeFail: 'report' });
		expect(rows[0]).toMatchObject({ deleted: 1, failed: 0, failures: [] });
		expect(files.size).toBe(0);
	});

	test('a listing that breaks off says what was deleted before', async () => {
		await stock(sandbox, s3, 'bin', numbered(2_500));
		sandbox.faults.add({
			kind: 'status',
			status: 403,
			code: 'AccessDenied',
			match: (request) => 'continuation-token' in request.query,
		});
		const failure = await failureOf(remove('f'));
		expect(failure.code).toBe('AccessDenied');
		expect(failure.message).toMatch(
			/Before that: 1000 objects in "f\/" of bucket "bin" were deleted/,
		);
		expect(left()).toHaveLength(1_500);
	});

	test('a server that refuses every request is not asked 250 times', async () => {
		await stock(sandbox, s3, 'bin', numbered(12_000));
		sandbox.requests.length = 0;
		sandbox.faults.add({
			kind: 'status',
			status: 403,
			code: 'AccessDenied',
			match: isA('DeleteObjects'),
		});
		const failure = await failureOf(remove('f'));
		expect(failure.code).toBe('AccessDenied');
		expect(failure.message).toMatch(/Before that: 0 objects .* 4000 could not be/);
		expect(requests('DeleteObjects')).toBe(4);
	});

	test('answers that were lost and passing failures are no failures', async () => {
		await stock(sandbox, s3, 'bin', numbered(2_000));
		sandbox.faults.add({ kind: 'resetAfter', times: 2, match: isA('DeleteObjects') });
		sandbox.faults.add({ kind: 'status', status: 503, code: 'SlowDown', times: 1 });
		expect((await remove('f')).rows[0]).toMatchObject({ deleted: 2_000, failed: 0 });
		expect(left()).toEqual([]);
	});

	test('versions and delete markers go only where that was said', async () => {
		const bucket = sandbox.buckets.get('bin');
		if (bucket) bucket.versioning = 'Enabled';
		await put(['f/a', 'f/a', 'f/b', 'g/a']);
		const plain = await remove('f');
		expect(plain.rows[0]).toMatchObject({ found: 2, deleted: 2 });
		expect(left()).toEqual(['g/a']);
		expect([...(bucket?.keys.from(() => true) ?? [])]).toContain('f/a');
		const all = await remove('f', { includeVersions: true });
		// Two of f/a, one of f/b, and two delete markers.
		expect(all.rows[0]).toMatchObject({ found: 5, deleted: 5, failed: 0 });
		expect((await remove('f', { includeVersions: true, dryRun: true })).rows[0]).toMatchObject({
			found: 0,
		});
		expect(left()).toEqual(['g/a']);
	});
});

test.each([
	['ListBucketResult', 'Contents', {}],
	['ListVersionsResult', 'Version', { includeVersions: true }],
])('a server that overlooks the prefix (%s) loses nothing', async (root, row, options) => {
	const server = await startScriptedServer();
	try {
		const rows = ['logs/a', 'other/b'].map(
			(key) => `<${row}><Key>${key}</Key><VersionId>1</VersionId><Size>1</Size></${row}>`,
		);
		server.answer({ status: 200, body: `<${root}>${rows.join('')}</${root}>` });
		const input = { bucket: 'bin', what: 'folder', folder: 'logs', options };
		const failure = await failureOf(act(deleteOperation, clientOf(server), input));
		expect(failure).toMatchObject({ code: 'PREFIX_IGNORED' });
		expect(failure.message).toContain('"other/b"');
		expect(server.requests.map(({ method }) => method)).toEqual(['GET']);
	} finally {
		await server.close();
	}
});

test('a deletion that is cancelled is no success, also where failures are reported', async () => {
	await put(['f/1']);
	const cancel = new AbortController();
	s3 = clientOf(sandbox, {}, { signal: cancel.signal });
	sandbox.faults.add({
		kind: 'hang',
		match: ({ operation }) => {
			if (operation === 'DeleteObjects') setTimeout(() => cancel.abort(), 50);
			return operation === 'DeleteObjects';
		},
	});
	expect(await failureOf(remove('f', { ifSomeFail: 'report' }))).toMatchObject({
		code: 'CANCELLED',
	});
});
