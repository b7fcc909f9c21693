import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { object } from '../../nodes/S3/actions/object/object.resource';
import { createBucket } from '../../nodes/S3/transport/buckets';
import type { S3Client } from '../../nodes/S3/transport/client';
import { rewriteObject } from '../../nodes/S3/transport/rewrite';
import type { Item } from '../../nodes/shared/node/defineOperation';
import { Failure } from '../../nodes/shared/resilience/failure';
import { clientOf, failureOf } from '../S3/clientOf';
import { needs } from '../needs';
import { run } from '../sandbox/s3/program.ts';
import { succeeded } from '../sandbox/s3/toolbench.ts';
import { startRadosgw, type Radosgw } from './radosgw/start.ts';

jest.setTimeout(60_000);

const KEY = '0123456789abcdef0123456789abcdef';
const customerKey = { settings: { customerKey: KEY, withoutTls: true } };
const MIB = 1024 ** 2;

type Row = Record<string, unknown>;

needs(
	'radosgw',
	'ceph-mon',
	'ceph-osd',
	'ceph',
	'aws',
)('operations on single objects against Ceph', () => {
	let gateway: Radosgw;
	let s3: S3Client;

	beforeAll(async () => {
		gateway = await startRadosgw();
		s3 = clientOf(gateway, gateway);
		for (const bucket of ['main', 'versioned'])
			await createBucket(s3, bucket, { ifExists: 'fail' });
		await aws('create-bucket', '--bucket', 'locked', '--object-lock-enabled-for-bucket');
		await aws(
			...['put-bucket-versioning', '--bucket', 'versioned'],
			...['--versioning-configuration', 'Status=Enabled'],
		);
	}, 120_000);
	afterAll(async () => await gateway?.stop());

	/** What aws-cli says, which knows nothing of this package. */
	async function aws(...args: string[]): Promise<Row> {
		const environment = {
			HOME: '/nonexistent',
			AWS_ACCESS_KEY_ID: gateway.accessKeyId,
			AWS_SECRET_ACCESS_KEY: gateway.secretAccessKey,
			AWS_DEFAULT_REGION: gateway.region,
			AWS_EC2_METADATA_DISABLED: 'true',
		};
		const all = ['--endpoint-url', gateway.endpoint, '--output', 'json', 's3api', ...args];
		const said = succeeded(await run('aws', all, environment));
		return (said ? JSON.parse(said) : {}) as Row;
	}
	const at = (key: string, bucket = 'main') => ['--bucket', bucket, '--key', key];

	let downloaded: Buffer;
	const item: Item = {
		open: async () => {
			throw new Error('No file');
		},
		save: async (body) => {
			downloaded = await buffer(body);
			return { data: '', mimeType: '' };
		},
	};

	async function act(operation: string, input: Row, file?: Buffer): Promise<Row> {
		const { execute } = object.operations.find(({ value }) => value === operation) ?? {};
		if (!execute) throw new Error(`There is no operation ${operation}`);
		const open = async () => ({
			content: Readable.from([file ?? Buffer.alloc(0)]),
			size: file?.length,
			mimeType: '',
		});
		const all = { bucket: 'main', options: {}, tags: {}, ...input };
		return (await execute(s3, all, { ...item, ...(file && { open }) })) as Row;
	}
	const put = async (key: string, options: Row = {}, bucket = 'main', text = key) =>
		await act('upload', { bucket, key, source: 'text', text, options });
	const head = async (key: string, options: Row = {}, bucket = 'main') =>
		await act('head', { bucket, key, options });
	const code = async (promise: Promise<unknown>) => (await failureOf(promise)).code;

	test('what an object is stored with is what aws-cli reads', async () => {
		await put('all.json', {
			cacheControl: 'max-age=60',
			contentDisposition: 'attachment; filename="für.json"',
			contentEncoding: 'identity',
			contentLanguage: 'de',
			expires: '2031-01-02T03:04:05Z',
			metadata: { rows: [{ name: 'Colour', value: 'grün – 緑 🦊' }] },
			metadataJson: { count: 3, plain: 'a  b' },
			tags: { rows: [{ name: 'a b', value: 'c=d:e' }] },
			tagsJson: { 'x+y': 'z/ü' },
			encryption: { settings: { method: 'aws:kms', kmsKeyId: 'testkey-1' } },
		});
		const said = await aws('head-object', ...at('all.json'));
		expect(said).toMatchObject({
			ContentType: 'application/json',
			CacheControl: 'max-age=60',
			ContentDisposition: `attachment; filename="f_r.json"; filename*=UTF-8''f%C3%BCr.json`,
			ContentLanguage: 'de',
			ServerSideEncryption: 'aws:kms',
		});
		// Python takes the bytes of headers for latin1, as HTTP once had it.
		const { colour, ...rest } = said.Metadata as Record<string, string>;
		expect(Buffer.from(colour ?? '', 'latin1').toString()).toBe('grün – 緑 🦊');
		expect(rest).toEqual({ count: '3', plain: 'a  b' });
		const { TagSet } = await aws('get-object-tagging', ...at('all.json'));
		expect(TagSet).toEqual(
			expect.arrayContaining([
				{ Key: 'a b', Value: 'c=d:e' },
				{ Key: 'x+y', Value: 'z/ü' },
			]),
		);
		expect(await head('all.json')).toMatchObject({
			contentType: 'application/json',
			expires: '2031-01-02T03:04:05.000Z',
			encryption: { method: 'aws:kms', kmsKeyId: 'testkey-1' },
			metadata: { colour: 'grün – 緑 🦊', count: '3', plain: 'a  b' },
		});
	});

	test('what aws-cli stores is what we read', async () => {
		await aws(
			...[
				'put-object',
				...at('theirs'),
				'--content-type',
				'text/csv',
				'--cache-control',
				'no-store',
			],
			...['--metadata', 'who=them,why=test', '--tagging', 'a%26b=c%3Dd'],
		);
		expect(await head('theirs')).toMatchObject({
			size: 0,
			contentType: 'text/csv',
			cacheControl: 'no-store',
			metadata: { who: 'them', why: 'test' },
		});
		expect(await act('getTags', { key: 'theirs' })).toMatchObject({ tags: { 'a&b': 'c=d' } });
	});

	test('exists, and what does not', async () => {
		await put('there');
		expect(await act('exists', { key: 'there' })).toMatchObject({ exists: true, size: 5 });
		expect(await act('exists', { key: 'not-there' })).toEqual({
			bucket: 'main',
			key: 'not-there',
			exists: false,
		});
		expect(await code(act('exists', { bucket: 'no-bucket', key: 'k' }))).toBe('NoSuchBucket');
	});

	test('conditions of a look at an object', async () => {
		const { etag } = await put('conditions');
		expect(await head('conditions', { ifMatch: etag })).toMatchObject({ etag });
		expect(await code(head('conditions', { ifMatch: 'other' }))).toBe('PreconditionFailed');
		expect(await code(head('conditions', { ifNoneMatch: `"${String(etag)}"` }))).toBe(
			'NotModified',
		);
		const future = new Date(Date.now() + 3_600_000).toISOString();
		expect(await head('conditions', { ifUnmodifiedSince: future })).toMatchObject({ etag });
	});

	test('tags are merged, replaced and taken away', async () => {
		await put('tagged');
		const tags = (rows: Row) => ({ key: 'tagged', tagsJson: rows });
		await act('setTags', { mode: 'replace', ...tags({ a: '1', b: '2', 'ü &<>"': "'" }) });
		expect(await act('setTags', { mode: 'merge', ...tags({ b: '3' }) })).toMatchObject({
			tags: { a: '1', b: '3', 'ü &<>"': "'" },
		});
		const { TagSet } = await aws('get-object-tagging', ...at('tagged'));
		expect(TagSet).toHaveLength(3);
		expect(await act('deleteTags', { key: 'tagged', tagKeys: 'a, ü &<>"' })).toMatchObject({
			tags: { b: '3' },
		});
		expect(await act('getTags', { key: 'tagged' })).toMatchObject({ tags: { b: '3' } });
		await act('deleteTags', { key: 'tagged', tagKeys: '' });
		expect(await act('getTags', { key: 'tagged' })).toMatchObject({ tags: {} });
		expect(await code(act('getTags', { key: 'no-such' }))).toBe('NoSuchKey');
	});

	test('ACLs are set and read', async () => {
		await put('shared', { acl: 'public-read' });
		const world = {
			permission: 'READ',
			granteeType: 'uri',
			grantee: 'http://acs.amazonaws.com/groups/global/AllUsers',
		};
		const acl = await act('getAcl', { key: 'shared' });
		expect(acl).toMatchObject({ owner: { id: 'test' } });
		expect(acl.grants).toEqual(expect.arrayContaining([world]));
		await act('setAcl', { key: 'shared', acl: 'private' });
		expect((await act('getAcl', { key: 'shared' })).grants).toHaveLength(1);
		await act('setAcl', { key: 'shared', grants: { rows: [world] } });
		const { Grants } = await aws('get-object-acl', ...at('shared'));
		expect(JSON.stringify(Grants)).toContain('AllUsers');
		expect(await code(act('setAcl', { key: 'shared' }))).toBe('INVALID_PARAMETER');
	});

	test('metadata is changed, and all else stays', async () => {
		await put('kept.txt', {
			cacheControl: 'max-age=60',
			contentLanguage: 'de',
			acl: 'public-read',
			metadataJson: { a: 'grün', b: '2', c: '3' },
			tagsJson: { t: '1' },
		});
		const changed = await act('updateMetadata', {
			key: 'kept.txt',
			mode: 'merge',
			changes: {
				contentType: 'text/x-new',
				contentLanguage: '',
				metadataJson: { b: 'zwei 🦊' },
				removeMetadata: 'c',
			},
		});
		expect(changed).toMatchObject({ metadata: { a: 'grün', b: 'zwei 🦊' } });
		const now = await head('kept.txt');
		expect(now).toMatchObject({
			size: 8,
			contentType: 'text/x-new',
			cacheControl: 'max-age=60',
		});
		expect(now.metadata).toEqual({ a: 'grün', b: 'zwei 🦊' });
		expect(now).not.toHaveProperty('contentLanguage');
		expect(await act('getTags', { key: 'kept.txt' })).toMatchObject({ tags: { t: '1' } });
		expect(JSON.stringify((await act('getAcl', { key: 'kept.txt' })).grants)).toContain('AllUsers');
		await act('updateMetadata', {
			key: 'kept.txt',
			mode: 'replace',
			changes: { metadataJson: { z: '9' } },
		});
		expect((await head('kept.txt')).metadata).toEqual({ z: '9' });
		await act('download', { key: 'kept.txt', binaryPropertyName: 'data' });
		expect(downloaded.toString()).toBe('kept.txt');
	});

	test('metadata of an object that somebody replaced meanwhile: Ceph changes it, and we say so', async () => {
		await put('raced');
		const racing: S3Client = {
			...s3,
			call: async (request, read) => {
				if (request.operation === 'CopyObject') await put('raced', {}, 'main', 'theirs');
				return await s3.call(request, read);
			},
		};
		const place = { bucket: 'main', key: 'raced' };
		const failure = await failureOf(rewriteObject(racing, place, { set: { 'x-amz-meta-a': '1' } }));
		expect(failure).toMatchObject({ code: 'OBJECT_CHANGED', kind: 'conflict', phase: 'maybeDone' });
	});

	test('the storage class is set', async () => {
		await put('classy', { metadataJson: { a: 'ü' } });
		const row = await act('setStorageClass', { key: 'classy', storageClass: 'STANDARD' });
		expect(row).toMatchObject({ storageClass: 'STANDARD', metadata: { a: 'ü' } });
		expect(await head('classy')).toMatchObject({ metadata: { a: 'ü' } });
	});

	describe('under a key of the customer', () => {
		test.each([
			['one request', Buffer.from('small')],
			['parts', Buffer.alloc(11 * MIB, 'x')],
		])(
			'in %s: stored and looked at, not without the key, and not changed by Ceph',
			async (_how, file) => {
				const key = `sse-c-${file.length}`;
				const encryption = {
					settings: { method: 'customer', customerKey: KEY, withoutTls: true },
				};
				const options = { encryption, partSize: 5 };
				await act('upload', { key, source: 'binary', binaryPropertyName: 'data', options }, file);
				expect(await head(key, { customerKey })).toMatchObject({
					size: file.length,
					encryption: { method: 'customer' },
				});
				expect((await failureOf(head(key))).status).toBe(400);
				const other = { settings: { customerKey: 'f'.repeat(32), withoutTls: true } };
				const refused = await failureOf(head(key, { customerKey: other }));
				expect([400, 403]).toContain(refused.status);
				const change = { key, mode: 'merge', changes: { metadataJson: { a: '1' } } };
				const failure = await failureOf(
					act('updateMetadata', { ...change, options: { customerKey } }),
				);
				expect(failure).toMatchObject({ code: 'NotImplemented', phase: 'rejected' });
				expect(failure.hint).toMatch(/none that is encrypted/);
				expect(
					await aws(
						...['head-object', ...at(key), '--sse-customer-algorithm', 'AES256'],
						...['--sse-customer-key', KEY],
					),
				).toMatchObject({ ContentLength: file.length });
			},
		);

		test('not in the clear unless somebody says so', async () => {
			const encryption = { settings: { method: 'customer', customerKey: KEY } };
			const failure = await failureOf(put('clear', { encryption }));
			expect(failure).toMatchObject({ phase: 'notSent', code: 'INVALID_PARAMETER' });
			expect(failure.message).toMatch(/in the clear/);
		});
	});

	describe('versions', () => {
		test('are looked at and deleted one by one', async () => {
			const first = await put('v', {}, 'versioned', 'one');
			const second = await put('v', {}, 'versioned', 'second');
			expect(first.versionId).not.toBe(second.versionId);
			const old = { versionId: first.versionId };
			expect(await head('v', old, 'versioned')).toMatchObject({ size: 3, ...old });
			const marked = await act('delete', { bucket: 'versioned', key: 'v' });
			expect(marked).toMatchObject({ deleted: true, deleteMarker: true });
			expect(await act('exists', { bucket: 'versioned', key: 'v' })).toMatchObject({
				exists: false,
			});
			// Taking the marker away brings the object back.
			const unmarked = { versionId: marked.versionId };
			await act('delete', { bucket: 'versioned', key: 'v', options: unmarked });
			expect(await act('exists', { bucket: 'versioned', key: 'v' })).toMatchObject({ size: 6 });
			await act('setTags', {
				...{ bucket: 'versioned', key: 'v', mode: 'replace', tagsJson: { of: 'old' } },
				options: old,
			});
			expect(await act('getTags', { bucket: 'versioned', key: 'v' })).toMatchObject({ tags: {} });
			await act('delete', { bucket: 'versioned', key: 'v', options: old });
			expect((await failureOf(head('v', old, 'versioned'))).status).toBe(404);
		});

		test('are deleted many at once', async () => {
			const versions = [];
			for (const text of ['1', '2', '3']) versions.push(await put('many', {}, 'versioned', text));
			const targets = versions.map(({ versionId }) => ({
				bucket: 'versioned',
				key: 'many',
				options: { versionId },
			}));
			const { executeAll } = object.operations.find(({ value }) => value === 'deleteMany') ?? {};
			const results = await executeAll?.(s3, [
				...targets.slice(0, 2),
				{ bucket: 'versioned', key: 'many', options: {} },
			]);
			expect(results?.filter((result) => result instanceof Failure)).toEqual([]);
			expect(results?.[2]).toMatchObject({ deleted: true, deleteMarker: true });
			const { Versions } = await aws(
				...['list-object-versions', '--bucket', 'versioned', '--prefix', 'many'],
			);
			expect((Versions as Row[]).map(({ VersionId }) => VersionId)).toEqual([
				versions[2]?.versionId,
			]);
		});
	});

	describe('conditions of writes', () => {
		test.each(['main', 'versioned'])('only if new, in the bucket "%s"', async (bucket) => {
			await put('new', { onlyIfNew: true }, bucket, 'first');
			const failure = await failureOf(put('new', { onlyIfNew: true }, bucket, 'second'));
			expect(failure).toMatchObject({ code: 'PreconditionFailed', phase: 'rejected' });
			expect(failure.message).toMatch(/exists already/);
			expect(await head('new', {}, bucket)).toMatchObject({ size: 5 });
		});

		test('only if the ETag matches', async () => {
			const { etag } = await put('match', {}, 'main', 'first');
			const second = await put('match', { ifMatch: etag }, 'main', 'second');
			expect(second).not.toHaveProperty('conditionIgnored');
			const failure = await failureOf(put('match', { ifMatch: etag }, 'main', 'third'));
			expect(failure).toMatchObject({ code: 'PreconditionFailed', phase: 'rejected' });
			expect(await code(put('never', { ifMatch: etag }))).toBe('PreconditionFailed');
			const stale = { key: 'match', options: { ifMatch: etag } };
			expect(await code(act('delete', stale))).toBe('PreconditionFailed');
			await act('delete', { key: 'match', options: { ifMatch: second.etag } });
			expect(await act('exists', { key: 'match' })).toMatchObject({ exists: false });
		});

		test('only if the ETag matches: in a versioned bucket Ceph refuses, and we say so', async () => {
			const { etag } = await put('match', {}, 'versioned', 'first');
			const failure = await failureOf(put('match', { ifMatch: etag }, 'versioned', 'second'));
			expect(failure).toMatchObject({ code: 'PreconditionFailed', phase: 'rejected' });
			expect(failure.hint).toMatch(/versioned buckets/);
			expect(await head('match', {}, 'versioned')).toMatchObject({ size: 5 });
		});

		test('a condition that Ceph ignored in a versioned bucket is told', async () => {
			let theirs: Row = {};
			const racing: S3Client = {
				...s3,
				call: async (request, read) => {
					if (request.operation === 'PutObject') theirs = await put('race', {}, 'versioned', 'a');
					return await s3.call(request, read);
				},
			};
			const upload = object.operations.find(({ value }) => value === 'upload');
			const input = { bucket: 'versioned', key: 'race', source: 'text', text: 'b' };
			const row = await upload?.execute?.(racing, { ...input, options: { onlyIfNew: true } }, item);
			expect(row).toMatchObject({ conditionIgnored: true, replacedVersionId: theirs.versionId });
		});
	});

	describe('object lock', () => {
		const soon = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+/, '.000');

		test('protects a version until somebody may take it away', async () => {
			const lock = { settings: { mode: 'GOVERNANCE', retainUntil: soon, legalHold: false } };
			const { versionId } = await put('kept', { lock }, 'locked');
			const input = { bucket: 'locked', key: 'kept' };
			expect(await head('kept', {}, 'locked')).toMatchObject({
				lock: { mode: 'GOVERNANCE', retainUntil: soon },
			});
			expect(await act('getRetention', input)).toMatchObject({
				retained: true,
				mode: 'GOVERNANCE',
				retainUntil: soon,
			});
			expect(await aws('get-object-retention', ...at('kept', 'locked'))).toMatchObject({
				Retention: { Mode: 'GOVERNANCE' },
			});
			expect(await code(act('delete', { ...input, options: { versionId } }))).toBe('AccessDenied');
			await act('delete', { ...input, options: { versionId, bypassGovernance: true } });
			expect((await failureOf(head('kept', { versionId }, 'locked'))).status).toBe(404);
		});

		test('legal hold and retention are set, read and taken away', async () => {
			await put('held', {}, 'locked');
			const input = { bucket: 'locked', key: 'held' };
			expect(await act('getRetention', input)).toMatchObject({ retained: false });
			expect(await act('getLegalHold', input)).toMatchObject({ legalHold: false });
			await act('setLegalHold', { ...input, legalHold: true });
			expect(await act('getLegalHold', input)).toMatchObject({ legalHold: true });
			expect(await aws('get-object-legal-hold', ...at('held', 'locked'))).toMatchObject({
				LegalHold: { Status: 'ON' },
			});
			await act('setLegalHold', { ...input, legalHold: false });
			await act('setRetention', { ...input, mode: 'GOVERNANCE', retainUntil: soon });
			expect(await act('getRetention', input)).toMatchObject({ retainUntil: soon });
			const earlier = new Date(Date.now() + 60_000).toISOString();
			const shorter = { ...input, mode: 'GOVERNANCE', retainUntil: earlier };
			expect(await code(act('setRetention', shorter))).toBe('AccessDenied');
			await act('setRetention', { ...shorter, options: { bypassGovernance: true } });
		});

		test('the lock survives a change of metadata, which makes a new version', async () => {
			const lock = { settings: { mode: 'GOVERNANCE', retainUntil: soon } };
			await put('locked-meta', { lock }, 'locked');
			await act('updateMetadata', {
				...{ bucket: 'locked', key: 'locked-meta', mode: 'merge' },
				changes: { metadataJson: { a: '1' } },
			});
			expect(await head('locked-meta', {}, 'locked')).toMatchObject({
				lock: { mode: 'GOVERNANCE', retainUntil: soon },
				metadata: { a: '1' },
			});
		});

		test('a bucket without it says so', async () => {
			await put('unlockable');
			const failure = await failureOf(act('setLegalHold', { key: 'unlockable', legalHold: true }));
			expect(failure.hint).toMatch(/made with Object Lock/);
		});
	});

	test('a server without archives says so', async () => {
		await put('warm');
		const failure = await failureOf(act('restore', { key: 'warm', days: 1, tier: 'Standard' }));
		expect(failure.kind).toBe('invalid');
	});
});
