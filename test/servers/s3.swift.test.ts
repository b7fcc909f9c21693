import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { resources } from '../../nodes/S3/actions/resources';
import type { S3Client } from '../../nodes/S3/transport/client';
import type { PresignedUrl } from '../../nodes/S3/transport/presigned';
import { Watch } from '../../nodes/S3/triggers/watch';
import type { Item } from '../../nodes/shared/node/defineOperation';
import { clientOf, failureOf } from '../S3/clientOf';
import { needs } from '../needs';
import { oddKeys } from '../sandbox/s3/oddKeys.ts';
import { nativeSwift } from './swift/native.ts';
import { startSwift, type Swift } from './swift/start.ts';

jest.setTimeout(120_000);

const MIB = 1024 ** 2;
const KEY = '0123456789abcdef0123456789abcdef';
const md5 = (data: string | Buffer) => createHash('md5').update(data).digest('hex');

type Row = Record<string, unknown>;
interface Sent {
	file?: Buffer;
	/** the length of the file is not told */
	unknown?: boolean;
}

needs(
	'swift-proxy-server',
	'swift-account-server',
	'swift-container-server',
	'swift-object-server',
	'memcached',
)('operations against OpenStack Swift with its S3 API', () => {
	let swift: Swift;
	let native: Awaited<ReturnType<typeof nativeSwift>>;
	let s3: S3Client;
	let downloaded: Buffer;

	beforeAll(async () => {
		swift = await startSwift();
		native = await nativeSwift(swift);
		s3 = clientOf(swift, swift, { deadlineMs: 100_000 });
		for (const bucket of ['main', 'odd', 'versions'])
			await act('bucket', 'create', { bucket, ifExists: 'fail' });
	});
	afterAll(async () => await swift?.stop());

	const operationOf = (resource: string, operation: string) => {
		const { operations = [] } = resources.find(({ value }) => value === resource) ?? {};
		const found = operations.find(({ value }) => value === operation);
		if (!found) throw new Error(`There is no operation ${operation}`);
		return found;
	};

	async function rows(resource: string, operation: string, input: Row, sent: Sent = {}) {
		const { file, unknown } = sent;
		const item: Item = {
			open: async () => ({
				content: Readable.from([file ?? Buffer.alloc(0)]),
				size: unknown ? undefined : file?.length,
				mimeType: 'a/b',
			}),
			save: async (body) => {
				downloaded = await buffer(body);
				return { data: '', mimeType: '' };
			},
		};
		const usual = { bucket: 'main', prefix: '', delimiter: '', options: {}, expiresIn: 60 };
		const given = { ...usual, returnAll: true, output: 'items', tags: {}, ...input };
		return [await operationOf(resource, operation).execute?.(s3, given, item)].flat() as Row[];
	}
	const act = async (resource: string, operation: string, input: Row, sent?: Sent) =>
		(await rows(resource, operation, input, sent))[0] ?? {};
	const on = async (operation: string, input: Row, sent?: Sent) =>
		await act('object', operation, input, sent);
	const put = async (key: string, text: string, options: Row = {}, bucket = 'main') =>
		await on('upload', { bucket, key, source: 'text', text, options });
	const upload = async (key: string, file: Buffer, options: Row = {}, unknown = false) =>
		await on(
			'upload',
			{ key, source: 'binary', binaryPropertyName: 'data', options: { partSize: 5, ...options } },
			{ file, unknown },
		);
	const content = async (key: string, options: Row = {}, bucket = 'main') => {
		await on('download', { bucket, key, binaryPropertyName: 'data', options });
		return downloaded;
	};
	const keys = async (resource: string, operation: string, input: Row) =>
		(await rows(resource, operation, input)).map(({ key }) => key);
	const code = async (promise: Promise<unknown>) => (await failureOf(promise)).code;

	test.each([0, 1, 5 * MIB + 1, 12 * MIB])('%i bytes go up and come down', async (size) => {
		const file = randomBytes(size);
		const stored = await upload(`sizes/${size}`, file);
		expect(stored).toMatchObject({ size, parts: Math.max(1, Math.ceil(size / (5 * MIB))) });
		expect(await on('head', { key: `sizes/${size}` })).toMatchObject({
			...{ size, contentType: 'a/b', etag: stored.etag },
		});
		expect((await content(`sizes/${size}`, { parallelRanges: 3 })).equals(file)).toBe(true);
		expect((await native.read('main', `sizes/${size}`)).equals(file)).toBe(true);
	});

	test('a file of unknown length goes up in parts, an empty one in one piece', async () => {
		const file = randomBytes(11 * MIB);
		expect(await upload('stream', file, {}, true)).toMatchObject({ size: 11 * MIB, parts: 3 });
		expect(md5(await native.read('main', 'stream'))).toBe(md5(file));
		expect(await upload('none', Buffer.alloc(0), {}, true)).toMatchObject({ size: 0, parts: 1 });
		expect((await native.list('main')).none).toEqual({ bytes: 0, hash: md5('') });
	});

	test.each(['crc32', 'md5', 'none', 'sha256'])('with the check "%s"', async (integrity) => {
		const file = randomBytes(6 * MIB);
		await upload('checked', file, { integrity });
		expect(md5(await native.read('main', 'checked'))).toBe(md5(file));
	});

	test('metadata is stored, changed and copied', async () => {
		const metadataJson = { colour: 'grün – 緑 🦊', under_score: '1', 'dot.ted': '2' };
		await put('meta.csv', 'a,b', {
			cacheControl: 'max-age=60',
			contentLanguage: 'de',
			metadataJson,
		});
		const changes = { metadataJson: { colour: 'rot' }, contentLanguage: '' };
		await on('updateMetadata', { key: 'meta.csv', mode: 'merge', changes });
		await on('copy', { sourceBucket: 'main', sourceKey: 'meta.csv', key: 'copy.csv' });
		const head = await on('head', { key: 'copy.csv' });
		expect(head).toMatchObject({
			contentType: 'text/csv; charset=utf-8',
			cacheControl: 'max-age=60',
		});
		expect(head.metadata).toEqual({ ...metadataJson, colour: 'rot' });
		expect(head).not.toHaveProperty('contentLanguage');
	});

	test('conditions of reading, and of what is deleted', async () => {
		const { etag } = await put('conditions', 'x');
		expect(await on('head', { key: 'conditions', options: { ifMatch: etag } })).toMatchObject({
			etag,
		});
		const read = async (options: Row) => await on('head', { key: 'conditions', options });
		expect(await code(read({ ifMatch: 'other' }))).toBe('PreconditionFailed');
		expect(await code(read({ ifNoneMatch: etag }))).toBe('NotModified');
		const remove = async (ifMatch: unknown) =>
			await on('delete', { key: 'conditions', options: { ifMatch } });
		expect(await code(remove('other'))).toBe('PreconditionFailed');
		await remove(etag);
		expect(await native.list('main')).not.toHaveProperty('conditions');
	});

	test.each([
		['an object of one piece', Buffer.from('small')],
		// Swift compares another ETag in conditions than the one that it tells of these.
		['an object in parts', randomBytes(11 * MIB)],
	])('%s is copied, changed and moved', async (_what, file) => {
		await upload('from', file, { metadataJson: { a: '1' } });
		const from = { sourceBucket: 'main', sourceKey: 'from' };
		await on('copy', { ...from, key: 'copied', options: { partsAbove: 5 } });
		expect(md5(await native.read('main', 'copied'))).toBe(md5(file));
		const changes = { metadataJson: { b: '2' } };
		await on('updateMetadata', { key: 'from', mode: 'merge', changes });
		await on('move', { ...from, key: 'moved' });
		expect(await on('head', { key: 'moved' })).toMatchObject({ metadata: { a: '1', b: '2' } });
		expect(md5(await native.read('main', 'moved'))).toBe(md5(file));
		expect(await native.list('main')).not.toHaveProperty('from');
	});

	describe('odd keys', () => {
		test.each(oddKeys)('%j: put, get, copy, move, prefix', async (key) => {
			await put(key, `text of ${key}`, {}, 'odd');
			expect(String(await content(key, {}, 'odd'))).toBe(`text of ${key}`);
			await on('copy', { sourceBucket: 'odd', sourceKey: key, bucket: 'main', key });
			const moved = `moved/${md5(key)}`;
			await on('move', { sourceBucket: 'main', sourceKey: key, bucket: 'main', key: moved });
			expect(String(await content(moved))).toBe(`text of ${key}`);
			expect(await keys('object', 'getMany', { bucket: 'odd', prefix: key })).toContain(key);
		});

		test('are all there, and are deleted in one request', async () => {
			expect(new Set(Object.keys(await native.list('odd')))).toEqual(new Set(oddKeys));
			expect(new Set(await keys('object', 'getMany', { bucket: 'odd' }))).toEqual(new Set(oddKeys));
			const targets = oddKeys.map((key) => ({ bucket: 'odd', key, options: {} }));
			await operationOf('object', 'deleteMany').executeAll?.(s3, targets);
			expect(await native.list('odd')).toEqual({});
		});
	});

	test('lists in pages, folds folders, keeps to the limit, with both versions of the request', async () => {
		const bucket = 'listed';
		await act('bucket', 'create', { bucket, ifExists: 'fail' });
		const many = Array.from({ length: 230 }, (_, n) => `many/${String(n).padStart(3, '0')}`);
		await Promise.all([...many, 'b/1', 'many2', 'z'].map((key) => put(key, key, {}, bucket)));
		const listing = operationOf('object', 'getMany').execute;
		for (const listVersion of [1, 2] as const) {
			const client = { ...s3, quirks: { ...s3.quirks, listVersion } };
			const list = async (input: Row) => {
				const given = { prefix: '', delimiter: '', options: {}, returnAll: true, output: 'items' };
				const found = await listing?.(client, { bucket, ...given, ...input }, {} as Item);
				return (found as Row[]).map(({ key }) => key);
			};
			expect(await list({})).toEqual(['b/1', ...many, 'many2', 'z']);
			expect(await list({ returnAll: false, limit: 202 })).toHaveLength(202);
			expect(await list({ delimiter: '/' })).toEqual(['b/', 'many/', 'many2', 'z']);
			const startAfter = { options: { startAfter: 'many/228' } };
			expect(await list(startAfter)).toEqual(['many/229', 'many2', 'z']);
		}
		await act('folder', 'delete', { bucket, what: 'folder', folder: 'many' });
		expect(Object.keys(await native.list(bucket))).toEqual(['b/1', 'many2', 'z']);
	});

	test('versions are kept, listed, read, copied and deleted', async () => {
		const bucket = 'versions';
		const at = { bucket, key: 'v' };
		await act('bucket', 'setConfiguration', {
			...{ bucket, kind: 'versioning', status: 'Enabled', configuration: {} },
		});
		const { versionId } = await put('v', 'first', {}, bucket);
		await put('v', 'second', {}, bucket);
		expect(String(await content('v', { versionId }, bucket))).toBe('first');
		await on('delete', at);
		expect(await on('exists', at)).toMatchObject({ exists: false });
		const found = await rows('object', 'getManyVersions', { bucket });
		expect(found.map(({ type }) => type)).toEqual(['deleteMarker', 'version', 'version']);
		const restore = {
			sourceBucket: bucket,
			sourceKey: 'v',
			options: { sourceVersionId: versionId },
		};
		await on('copy', { ...at, ...restore });
		expect(String(await native.read(bucket, 'v'))).toBe('first');
		await act('folder', 'delete', {
			...{ bucket, what: 'bucket', folder: '', options: { includeVersions: true } },
		});
		expect(await rows('object', 'getManyVersions', { bucket })).toEqual([]);
	});

	test('multipart uploads are listed, completed from URLs for their parts, and aborted', async () => {
		const key = 'parts of ü+';
		const { uploadId } = await act('multipartUpload', 'create', { key });
		const urls = await rows('presignedUrl', 'createPartUrl', {
			...{ key, uploadId, firstPart: 1, parts: 2 },
		});
		const part = randomBytes(5 * MIB);
		for (const { url } of urls as unknown as PresignedUrl[]) {
			expect((await fetch(url, { method: 'PUT', body: part })).status).toBe(200);
		}
		const open = await rows('multipartUpload', 'getMany', { options: { includeSize: true } });
		expect(open).toEqual([expect.objectContaining({ key, uploadId, parts: 2, size: 10 * MIB })]);
		await act('multipartUpload', 'complete', { key, uploadId, parts: 'stored' });
		expect(md5(await native.read('main', key))).toBe(md5(Buffer.concat([part, part])));
		const left = await act('multipartUpload', 'create', { key });
		await act('multipartUpload', 'delete', { key, uploadId: left.uploadId });
		expect(await rows('multipartUpload', 'getMany', {})).toEqual([]);
	});

	test('presigned URLs store and read, and nothing else', async () => {
		const key = 'pre signed/ü+?.txt';
		const make = async (operation: string, options: Row) =>
			(await act('presignedUrl', operation, { key, options })) as unknown as PresignedUrl;
		const up = await make('createUploadUrl', { contentType: 'text/csv' });
		await fetch(up.url, { method: 'PUT', headers: up.headers, body: 'via URL' });
		expect(String(await native.read('main', key))).toBe('via URL');
		const { url } = await make('createDownloadUrl', { downloadAs: 'x.csv' });
		const answer = await fetch(url);
		expect(answer.headers.get('content-disposition')).toBe('attachment; filename="x.csv"');
		expect(await answer.text()).toBe('via URL');
		expect((await fetch(url.replace('ü', 'o').replace(/%3F/, 'x'))).status).toBe(403);
	});

	test('folders are synchronised: what is equal is not copied again', async () => {
		await act('bucket', 'create', { bucket: 'synced', ifExists: 'fail' });
		for (const name of ['a', 'b/c']) await put(`sync/${name}`, name);
		const sync = async () =>
			await act('folder', 'sync', {
				...{ sourceBucket: 'main', sourceFolder: 'sync', bucket: 'synced', folder: 'to' },
				...{ output: 'summary', options: { compareBy: 'sizeAndEtag' } },
			});
		expect(await sync()).toMatchObject({ copied: 2 });
		expect(await sync()).toMatchObject({ copied: 0, unchanged: 2 });
		expect(Object.keys(await native.list('synced'))).toEqual(['to/a', 'to/b/c']);
	});

	test('polling finds what is new, changed and deleted', async () => {
		await act('bucket', 'create', { bucket: 'polled', ifExists: 'fail' });
		const watch = new Watch({
			...{ bucket: 'polled', prefix: '', include: '', exclude: '', doneFile: '' },
			...{ events: ['created', 'changed', 'deleted'], stableForMs: 0, changeIs: 'overwrite' },
		});
		const known = new Map<string, ReturnType<typeof watch.lookOf>>();
		const poll = async () => {
			const events = watch.findings(await watch.list(s3), known, 0);
			for (const event of events) {
				if (event.event === 'deleted') known.delete(String(event.key));
				else known.set(String(event.key), watch.lookOf(event));
			}
			return events.map(({ event, key }) => `${String(event)} ${String(key)}`);
		};
		await put('a', '1', {}, 'polled');
		await put('b', '1', {}, 'polled');
		expect(await poll()).toEqual(['created a', 'created b']);
		expect(await poll()).toEqual([]);
		await put('a', '22', {}, 'polled');
		await on('delete', { bucket: 'polled', key: 'b' });
		expect((await poll()).sort()).toEqual(['changed a', 'deleted b']);
	});

	describe('what Swift does not have is refused, and nothing is damaged', () => {
		const soon = new Date(Date.now() + 3_600_000).toISOString();
		const customer = { settings: { method: 'customer', customerKey: KEY, withoutTls: true } };
		const key = 'precious';
		beforeEach(async () => void (await put(key, 'content')));
		afterEach(async () => expect(String(await native.read('main', key))).toBe('content'));

		test.each<[string, string, Row]>([
			['an ACL', 'setAcl', { acl: 'private' }],
			['a condition of a write', 'upload', { options: { ifMatch: md5('content') } }],
			['a legal hold', 'setLegalHold', { legalHold: true }],
			['a lock', 'upload', { options: { lock: { settings: { legalHold: true } } } }],
			['a restore', 'restore', { days: 1, tier: 'Standard' }],
			['a retention', 'setRetention', { mode: 'GOVERNANCE', retainUntil: soon }],
			['encryption', 'upload', { options: { encryption: { settings: { method: 'AES256' } } } }],
			['no tags', 'deleteTags', { tagKeys: '' }],
			['tags', 'setTags', { mode: 'replace', tagsJson: { a: 'b' } }],
			['tags of a new object', 'upload', { options: { tagsJson: { a: 'b' } } }],
		])('%s', async (_what, operation, input) => {
			const failure = await failureOf(
				on(operation, { key, source: 'text', text: 'other', ...input }),
			);
			expect(failure).toMatchObject({ code: 'NotImplemented', kind: 'invalid' });
			expect(failure.hint).toMatch(/server/);
		});

		test('a key of the customer: the object is there in the clear, and that is said', async () => {
			const failure = await failureOf(put('in the clear', 'x', { encryption: customer }));
			expect(failure).toMatchObject({ code: 'ENCRYPTION_IGNORED', phase: 'maybeDone' });
		});

		test('a bucket with locks', async () => {
			const wanted = { bucket: 'lockable', ifExists: 'fail', options: { objectLock: true } };
			expect(await code(act('bucket', 'create', wanted))).toBe('OBJECT_LOCK_IGNORED');
		});

		test.each([
			'cors',
			'encryption',
			'lifecycle',
			'notification',
			'policy',
			'replication',
			'website',
		])('the configuration "%s", and deleting it deletes nothing', async (kind) => {
			expect(await code(act('bucket', 'getConfiguration', { kind }))).toBe('NotImplemented');
			expect(await code(act('bucket', 'deleteConfiguration', { kind }))).toBe('NotImplemented');
			expect(await act('bucket', 'head', {})).toMatchObject({ exists: true });
		});
	});

	test('errors are in the words of Swift', async () => {
		const nope = { key: 'nope', binaryPropertyName: 'data' };
		expect(await code(on('download', nope))).toBe('NoSuchKey');
		expect(await code(on('download', { ...nope, bucket: 'never-was' }))).toBe('NoSuchBucket');
		expect(await code(act('bucket', 'delete', { bucket: 'main' }))).toBe('BucketNotEmpty');
		const stranger = clientOf(swift, { ...swift, secretAccessKey: 'wrong' });
		const getMany = operationOf('bucket', 'getMany').execute;
		const failure = await failureOf(
			Promise.resolve(getMany?.(stranger, { returnAll: true }, {} as Item)),
		);
		expect(failure).toMatchObject({ code: 'SignatureDoesNotMatch', scope: 'credential' });
	});

	test('a region that is not that of the server is learned', async () => {
		const before = s3;
		s3 = clientOf(swift, { ...swift, region: 'eu-west-1' });
		try {
			expect(await on('exists', { key: 'nope' })).toMatchObject({ exists: false });
		} finally {
			s3 = before;
		}
	});
});
