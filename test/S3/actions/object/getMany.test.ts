import { getMany } from '../../../../nodes/S3/actions/object/getMany.operation';
import { getManyVersions } from '../../../../nodes/S3/actions/object/getManyVersions.operation';
import { search } from '../../../../nodes/S3/actions/object/search.operation';
import { createBucket } from '../../../../nodes/S3/transport/buckets';
import type { S3Client } from '../../../../nodes/S3/transport/client';
import { putObject } from '../../../../nodes/S3/transport/objects';
import { glob } from '../../../../nodes/shared/ground/glob';
import { startS3Sandbox, type S3Sandbox } from '../../../../sandbox/s3/server.ts';
import { oddKeys } from '../../../sandbox/s3/oddKeys.ts';
import { clientOf, failureOf, isA } from '../../clientOf';
import { stock } from '../../stock';
import { act } from '../acting';

let sandbox: S3Sandbox;
let s3: S3Client;
let now = Date.parse('2026-01-01T00:00:00Z');

const put = async (bucket: string, keys: string[], size?: number) => {
	const body = (key: string) => (size === undefined ? Buffer.from(key) : Buffer.alloc(size));
	await Promise.all(keys.map((key) => putObject(s3, bucket, key, body(key), {})));
};
const padded = (n: number) => String(n).padStart(4, '0');

beforeAll(async () => {
	sandbox = await startS3Sandbox({ now: () => now });
	s3 = clientOf(sandbox);
	for (const bucket of ['many', 'odd', 'mixed', 'tree']) {
		await createBucket(s3, bucket, { ifExists: 'fail' });
	}
	await stock(
		sandbox,
		s3,
		'many',
		Array.from({ length: 2_500 }, (_, n) => `k${padded(n)}`),
	);
	await put('odd', oddKeys);
	await put('mixed', ['a/1', 'a/2', 'b', 'c/'], 0);
	now = Date.parse('2026-06-01T00:00:00Z');
	await put('mixed', ['a/big', 'z'], 5_000);
	await stock(sandbox, s3, 'tree', [
		...Array.from({ length: 3_000 }, (_, n) => `logs/a/2025/${padded(n)}.csv`),
		...Array.from({ length: 10 }, (_, n) => `logs/a/2026/${padded(n)}.csv`),
		...Array.from({ length: 3_000 }, (_, n) => `logs/b/2025/${padded(n)}.gz`),
		...Array.from({ length: 10 }, (_, n) => `logs/b/2026/${padded(n)}.gz`),
		...Array.from({ length: 1_500 }, (_, n) => `other/${padded(n)}`),
		'logs/top.csv',
	]);
});
afterAll(async () => await sandbox.close());
beforeEach(() => {
	sandbox.faults.clear();
	sandbox.requests.length = 0;
});

const keysOf = ({ rows }: { rows: Array<Record<string, unknown>> }) => rows.map(({ key }) => key);

describe('Get Many', () => {
	const listed = async (input: object) =>
		await act(getMany, s3, { prefix: '', delimiter: '', ...input });

	test('shows objects without content, and folders in their place', async () => {
		const { rows } = await listed({ bucket: 'mixed', delimiter: '/' });
		expect(rows.map(({ type, key }) => `${String(type)} ${String(key)}`)).toEqual([
			'prefix a/',
			'object b',
			'prefix c/',
			'object z',
		]);
		expect(keysOf(await listed({ bucket: 'mixed' }))).toEqual([
			'a/1',
			'a/2',
			'a/big',
			'b',
			'c/',
			'z',
		]);
		const options = { includeFolders: false };
		expect(keysOf(await listed({ bucket: 'mixed', delimiter: '/', options }))).toEqual(['b', 'z']);
	});

	test('nothing found is no row', async () => {
		expect((await listed({ bucket: 'mixed', prefix: 'nothing' })).rows).toEqual([]);
	});

	test.each([
		[{ modifiedAfter: '2026-03-01T00:00:00Z' }, ['a/big', 'z']],
		[{ modifiedBefore: '2026-03-01T00:00:00Z' }, ['a/1', 'a/2', 'b', 'c/']],
		[{ minSize: 1 }, ['a/big', 'z']],
		[{ maxSize: 4_999 }, ['a/1', 'a/2', 'b', 'c/']],
		[{ minSize: 5_000, maxSize: 5_000 }, ['a/big', 'z']],
		[{ storageClasses: 'standard' }, ['a/1', 'a/2', 'a/big', 'b', 'c/', 'z']],
		[{ storageClasses: 'GLACIER, DEEP_ARCHIVE' }, []],
		[{ startAfter: 'a/2' }, ['a/big', 'b', 'c/', 'z']],
	])('with the options %j', async (options, keys) => {
		expect(keysOf(await listed({ bucket: 'mixed', options }))).toEqual(keys);
	});

	test('a time that is none is refused by the name of its field', async () => {
		const options = { modifiedAfter: 'yesterday' };
		const failure = await failureOf(listed({ bucket: 'mixed', options }));
		expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent' });
		expect(failure.message).toBe('"Modified After" is not a time: "yesterday"');
	});

	test('the limit counts what is kept, over pages; without a filter no page is larger than it', async () => {
		const options = { startAfter: 'k0009', minSize: 5, maxSize: 5 };
		const limited = { bucket: 'many', returnAll: false, limit: 1_200 };
		expect(keysOf(await listed({ ...limited, options }))).toEqual(
			Array.from({ length: 1_200 }, (_, n) => `k${padded(n + 10)}`),
		);
		sandbox.requests.length = 0;
		expect((await listed({ ...limited, limit: 7 })).rows).toHaveLength(7);
		expect(sandbox.requests.map(({ query }) => query['max-keys'])).toEqual(['7']);
	});

	test('a file has all rows, a line for each', async () => {
		const csv = await listed({ bucket: 'many', output: 'csv', binaryPropertyName: 'list' });
		expect(csv.rows).toEqual([{ bucket: 'many', count: 2_500, fileName: 'objects.csv' }]);
		const lines = csv.files.get('objects.csv')?.split('\r\n') ?? [];
		expect(lines).toHaveLength(2_502);
		expect(lines[0]).toBe('type,bucket,key,size,etag,lastModified,storageClass,ownerId,ownerName');
		expect(lines[1]).toMatch(
			/^object,many,k0000,5,[0-9a-f]{32},2026-01-01T00:00:00.000Z,STANDARD,,$/,
		);
	});

	test('odd keys come through a file of JSON', async () => {
		const { files } = await listed({ bucket: 'odd', output: 'ndjson' });
		const lines = (files.get('objects.ndjson') ?? '').trimEnd().split('\n');
		const keys = lines.map((line) => (JSON.parse(line) as { key: string }).key);
		expect(new Set(keys)).toEqual(new Set(oddKeys));
	});

	test('a listing that fails in the middle gives no file', async () => {
		sandbox.faults.add({
			kind: 'status',
			status: 403,
			code: 'AccessDenied',
			match: (request) => 'continuation-token' in request.query,
		});
		expect(await failureOf(listed({ bucket: 'many', output: 'csv' }))).toMatchObject({
			code: 'AccessDenied',
		});
	});

	test('owners', async () => {
		const { rows } = await listed({ bucket: 'mixed', options: { includeOwner: true } });
		expect(rows[0]).toMatchObject({ ownerId: expect.stringMatching(/./) });
	});
});

describe('Get Many Versions', () => {
	test('those of a bucket that has no versions are called "null"', async () => {
		const { rows } = await act(getManyVersions, s3, { bucket: 'mixed', prefix: 'a/' });
		expect(rows).toHaveLength(3);
		expect(rows[0]).toMatchObject({
			type: 'version',
			key: 'a/1',
			versionId: 'null',
			isLatest: true,
		});
	});
});

describe('Search', () => {
	const found = async (pattern: string, input: object = {}) =>
		await act(search, s3, { bucket: 'tree', pattern, ...input });

	test('lists only what begins as the pattern does', async () => {
		expect(keysOf(await found('other/00*7'))).toEqual(
			[0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `other/00${n}7`),
		);
		expect(sandbox.requests.map(({ query }) => query.prefix)).toEqual(['other/00']);
	});

	test('one level only, where the pattern goes no deeper', async () => {
		expect(keysOf(await found('logs/*.csv'))).toEqual(['logs/top.csv']);
		expect(sandbox.requests).toHaveLength(1);
		expect(sandbox.requests[0]?.query).toMatchObject({ prefix: 'logs/', delimiter: '/' });
	});

	test('skips folders that cannot match', async () => {
		const keys = keysOf(await found('logs/*/2026/*.{csv,gz}'));
		expect(keys).toHaveLength(20);
		expect(keys).toContain('logs/b/2026/0009.gz');
		// 6,021 keys are 7 pages.
		expect(sandbox.requests.length).toBeLessThanOrEqual(4);
	});

	test('without what is excluded, and the limit counts what is left', async () => {
		const options = { exclude: 'logs/b/**\n**/*[1-9].csv', maxSize: 1_000 };
		expect(keysOf(await found('logs/**/2026/*', { options }))).toEqual(['logs/a/2026/0000.csv']);
		const limited = { returnAll: false, limit: 1_200 };
		expect((await found('logs/**/*.gz', limited)).rows).toHaveLength(1_200);
		expect((await found('logs/**/*.gz', { options: { exclude: '**' } })).rows).toEqual([]);
	});

	test('alternatives are places of their own, each object once and in order', async () => {
		const keys = keysOf(await found('{other/000{1,2},logs/a/2026/000[12].csv,other/000*}'));
		expect(keys.slice(0, 4)).toEqual([
			'logs/a/2026/0001.csv',
			'logs/a/2026/0002.csv',
			'other/0000',
			'other/0001',
		]);
		expect(keys).toHaveLength(12);
	});

	test.each(oddKeys)('%j is found as it is', async (key) => {
		const pattern = key.replace(/[\\*?[\]{}]/g, '\\$&');
		expect(keysOf(await found(pattern, { bucket: 'odd' }))).toEqual([key]);
	});

	test('all keys, whatever they are, are found by **', async () => {
		expect(new Set(keysOf(await found('**', { bucket: 'odd' })))).toEqual(new Set(oddKeys));
	});

	test('finds the same as a listing that is looked through, whatever the pattern', async () => {
		const all = keysOf(await act(getMany, s3, { bucket: 'tree', prefix: '', delimiter: '' }));
		for (const pattern of ['**/2026/**', '*/*/202[56]/00?9.*', 'logs/**/0[0-2]*', '**/*7', 'l*']) {
			expect(keysOf(await found(pattern))).toEqual(
				all.filter((key) => glob(pattern).matches(String(key))),
			);
		}
	});

	test('a pattern with too many alternatives is refused before anything is sent', async () => {
		expect(await failureOf(found('{1..5000}'))).toMatchObject({
			kind: 'invalid',
			phase: 'notSent',
			message: expect.stringContaining('more than 1000 alternatives'),
		});
		expect(sandbox.requests.filter(isA('ListObjectsV2'))).toEqual([]);
	});
});
