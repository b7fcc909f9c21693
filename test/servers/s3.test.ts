import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { bucket } from '../../nodes/S3/actions/bucket/bucket.resource';
import { object } from '../../nodes/S3/actions/object/object.resource';
import type { S3Client } from '../../nodes/S3/transport/client';
import type { Item } from '../../nodes/shared/node/defineOperation';
import { Failure } from '../../nodes/shared/resilience/failure';
import { clientOf, failureOf } from '../S3/clientOf';
import { needs } from '../needs';
import { oddKeys } from '../sandbox/s3/oddKeys.ts';
import { run } from '../sandbox/s3/program.ts';
import { succeeded } from '../sandbox/s3/toolbench.ts';
import { startRadosgw, type Radosgw } from './radosgw/start.ts';

const MIB = 1024 ** 2;
const KEYS = [...oddKeys, '%2E%2E/x', 'a/%2e%2e/../b'];
const md5 = (data: string | Buffer) => createHash('md5').update(data).digest('hex');

needs(
	'radosgw',
	'ceph-mon',
	'ceph-osd',
	'ceph',
)('all operations against Ceph', () => {
	let gateway: Radosgw;
	let s3: S3Client;
	/** the files that an operation gave to n8n, by the name of the file */
	const saved = new Map<string, Buffer>();

	beforeAll(async () => {
		gateway = await startRadosgw();
		s3 = clientOf(gateway, gateway);
		await act(bucket, 'create', { bucket: 'main' });
	}, 120_000);
	afterAll(async () => await gateway?.stop());

	/** An item whose only file is `file`. */
	const itemWith = (file: Buffer): Item => ({
		open: async () => ({ content: Readable.from([file]), size: file.length, mimeType: 'a/b' }),
		save: async (body, { fileName = '', mimeType = '' }) => {
			saved.set(fileName, await buffer(body));
			return { data: '', fileName, mimeType };
		},
	});

	async function act(
		resource: typeof bucket | typeof object,
		operation: string,
		input: Record<string, unknown>,
		file = Buffer.alloc(0),
	): Promise<unknown> {
		const { execute } = resource.operations.find(({ value }) => value === operation) ?? {};
		if (!execute) throw new Error(`There is no operation ${operation}`);
		return await execute(
			s3,
			{ ifExists: 'fail', returnAll: true, output: 'items', options: {}, ...input },
			itemWith(file),
		);
	}
	const text = async (key: string, content: string, options = {}) =>
		await act(object, 'upload', { bucket: 'main', key, source: 'text', text: content, options });
	const code = async (promise: Promise<unknown>) => (await failureOf(promise)).code;

	test('a bucket is made, found, listed and deleted', async () => {
		expect(await act(bucket, 'create', { bucket: 'short-lived' })).toEqual({
			bucket: 'short-lived',
			created: true,
		});
		expect(await act(bucket, 'head', { bucket: 'short-lived' })).toMatchObject({ exists: true });
		expect(await act(bucket, 'head', { bucket: 'never-was' })).toMatchObject({ exists: false });
		const names = (await act(bucket, 'getMany', {})) as Array<{
			bucket: string;
			createdAt: string;
		}>;
		expect(names.map(({ bucket: name }) => name)).toEqual(['main', 'short-lived']);
		expect(await act(bucket, 'delete', { bucket: 'short-lived' })).toMatchObject({ deleted: true });
		expect(await code(act(bucket, 'delete', { bucket: 'short-lived' }))).toBe('NoSuchBucket');
		await text('full', 'x');
		expect(await code(act(bucket, 'delete', { bucket: 'main' }))).toBe('BucketNotEmpty');
	});

	test.each([0, 1, 5 * MIB, 5 * MIB + 1, 17 * MIB])(
		'%i bytes go up and come down',
		async (size) => {
			const file = randomBytes(size);
			const input = { bucket: 'main', key: `sizes/${size}`, binaryPropertyName: 'data' };
			const stored = await act(
				object,
				'upload',
				{ ...input, source: 'binary', options: { partSize: 5 } },
				file,
			);
			expect(stored).toMatchObject({ size, parts: Math.max(1, Math.ceil(size / (5 * MIB))) });
			const head = await act(object, 'head', input);
			expect(head).toMatchObject({
				size,
				contentType: 'a/b',
				etag: (stored as { etag: string }).etag,
			});
			await act(object, 'download', input);
			expect(saved.get(String(size))?.equals(file)).toBe(true);
		},
	);

	test('only if new', async () => {
		await text('new', 'first', { onlyIfNew: true });
		expect(await code(text('new', 'second', { onlyIfNew: true }))).toBe('PreconditionFailed');
		const input = { bucket: 'main', key: 'new', binaryPropertyName: 'data' };
		await act(object, 'download', input);
		expect(saved.get('new')?.toString()).toBe('first');
	});

	test('a copy has the content and the type of its source', async () => {
		await text('source', 'copied', { contentType: 'text/csv' });
		const copied = await act(object, 'copy', {
			sourceBucket: 'main',
			sourceKey: 'source',
			bucket: 'main',
			key: 'target',
		});
		expect(copied).toMatchObject({ etag: md5('copied') });
		expect(await act(object, 'head', { bucket: 'main', key: 'target' })).toMatchObject({
			contentType: 'text/csv',
		});
	});

	test('lists all pages, folds folders, keeps to the limit', async () => {
		await act(bucket, 'create', { bucket: 'listed' });
		const put = (key: string) =>
			act(object, 'upload', { bucket: 'listed', key, source: 'text', text: key });
		await Promise.all(Array.from({ length: 1_100 }, (_, n) => put(`many/${n}`)));
		await Promise.all(['b/1', 'z'].map(put));
		const list = async (input: object) =>
			(await act(object, 'getMany', { bucket: 'listed', ...input })) as Array<{ key: string }>;
		expect(await list({})).toHaveLength(1_102);
		expect(await list({ returnAll: false, limit: 1_001 })).toHaveLength(1_001);
		const folded = await list({ delimiter: '/' });
		expect(folded.map(({ key }) => key)).toEqual(['b/', 'many/', 'z']);
		const paged = await list({ prefix: 'many/', delimiter: '/' });
		expect(new Set(paged.map(({ key }) => key)).size).toBe(1_100);
	}, 60_000);

	describe('odd keys', () => {
		beforeAll(async () => {
			await act(bucket, 'create', { bucket: 'odd' });
			await act(bucket, 'create', { bucket: 'moved' });
		});

		test.each(KEYS)('%j: put, head, get, copy, move', async (key) => {
			const input = { bucket: 'odd', key, binaryPropertyName: 'data' };
			await act(object, 'upload', { ...input, source: 'text', text: `text of ${key}` });
			expect(await act(object, 'head', input)).toMatchObject({ key, etag: md5(`text of ${key}`) });
			saved.clear();
			await act(object, 'download', input);
			expect([...saved.values()].map(String)).toEqual([`text of ${key}`]);
			const copy = { sourceBucket: 'odd', sourceKey: key, bucket: 'main', key };
			expect(await act(object, 'copy', copy)).toMatchObject({ etag: md5(`text of ${key}`) });
			const there = { sourceBucket: 'main', sourceKey: key, bucket: 'moved', key };
			await act(object, 'move', there);
			expect(await code(act(object, 'head', { bucket: 'main', key }))).toBe('NotFound');
			await act(object, 'move', { ...there, sourceBucket: 'moved', bucket: 'main' });
			expect(await act(object, 'head', { bucket: 'main', key })).toMatchObject({ key });
			expect(await code(act(object, 'head', { bucket: 'moved', key }))).toBe('NotFound');
		});

		test('all of them are listed, each found by its prefix', async () => {
			const listed = async (input: object) => {
				const rows = await act(object, 'getMany', { bucket: 'odd', ...input });
				return (rows as Array<{ key: string }>).map(({ key }) => key);
			};
			expect(new Set(await listed({}))).toEqual(new Set(KEYS));
			for (const prefix of KEYS) expect(await listed({ prefix })).toContain(prefix);
		});

		needs('aws')('aws-cli', () => {
			test('lists all of them as well', async () => {
				const listed = succeeded(
					await run(
						'aws',
						['--endpoint-url', gateway.endpoint, '--output', 'json'].concat(
							...['s3api', 'list-objects-v2', '--bucket', 'odd', '--query', 'Contents[].Key'],
						),
						{
							HOME: '/nonexistent',
							AWS_ACCESS_KEY_ID: gateway.accessKeyId,
							AWS_SECRET_ACCESS_KEY: gateway.secretAccessKey,
							AWS_DEFAULT_REGION: gateway.region,
							AWS_EC2_METADATA_DISABLED: 'true',
						},
					),
				);
				expect(new Set(JSON.parse(listed) as string[])).toEqual(new Set(KEYS));
			});
		});

		test('deletes them: one by one, and all in one batch', async () => {
			for (const key of KEYS) await act(object, 'delete', { bucket: 'main', key });
			const { executeAll } = object.operations.find(({ value }) => value === 'deleteMany') ?? {};
			const results = await executeAll?.(
				s3,
				KEYS.map((key) => ({ bucket: 'odd', key, options: {} })),
			);
			expect(results?.filter((result) => result instanceof Failure)).toEqual([]);
			expect(results).toHaveLength(KEYS.length);
			expect(await act(object, 'getMany', { bucket: 'odd' })).toEqual([]);
			const left = (await act(object, 'getMany', { bucket: 'main' })) as Array<{ key: string }>;
			expect(left.filter(({ key }) => KEYS.includes(key))).toEqual([]);
		});
	});

	test('errors are in the words of Ceph, or in words at all where it has none', async () => {
		const nope = { bucket: 'main', key: 'nope', binaryPropertyName: 'data' };
		expect(await code(act(object, 'download', nope))).toBe('NoSuchKey');
		expect(await code(act(object, 'head', nope))).toBe('NotFound');
		const stranger = clientOf(gateway, { ...gateway, secretAccessKey: 'wrong' });
		const head = object.operations.find(({ value }) => value === 'getMany');
		const failure = await failureOf(
			head?.execute?.(
				stranger,
				{ bucket: 'main', returnAll: true, output: 'items', options: {} },
				itemWith(Buffer.alloc(0)),
			) ?? Promise.resolve(),
		);
		expect(failure).toMatchObject({ code: 'SignatureDoesNotMatch', scope: 'credential' });
		expect(failure.message).toMatch(/^The server answered SignatureDoesNotMatch/);
	});
});
