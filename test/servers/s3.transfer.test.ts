import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createBucket } from '../../nodes/S3/transport/buckets';
import type { S3Client } from '../../nodes/S3/transport/client';
import { copyObject } from '../../nodes/S3/transport/copy';
import { downloadInto } from '../../nodes/S3/transport/downloadInto';
import { moveObject } from '../../nodes/S3/transport/move';
import { headObject, putObject } from '../../nodes/S3/transport/objects';
import { upload } from '../../nodes/S3/transport/upload';
import { clientOf, failureOf } from '../S3/clientOf';
import { startWatchingProxy } from '../S3/watchingProxy';
import { needs } from '../needs';
import { startRadosgw, type Radosgw } from './radosgw/start.ts';

const MIB = 1024 ** 2;
const BYTES = randomBytes(21 * MIB + 1);
const FROM = { bucket: 'main', key: 'from' };

needs(
	'radosgw',
	'ceph-mon',
	'ceph-osd',
	'ceph',
)('copies, moves and downloads against Ceph', () => {
	let gateway: Radosgw;
	let s3: S3Client;
	beforeAll(async () => {
		gateway = await startRadosgw();
		s3 = clientOf(gateway, gateway);
		await createBucket(s3, 'main', { ifExists: 'fail' });
	}, 120_000);
	afterAll(async () => await gateway?.stop());
	beforeEach(async () => {
		const headers = {
			'content-type': 'image/png',
			'x-amz-meta-a': '1',
			'x-amz-tagging': 'k%26=v%3D1',
		};
		await putObject(s3, 'main', 'from', BYTES, headers);
	});
	const read = async (key: string, wanted: object = {}) =>
		await downloadInto(
			s3,
			{ bucket: 'main', key, ...wanted },
			async (_info, body) => await buffer(body),
		);
	const tagsOf = async (key: string) =>
		await s3.call(
			{
				operation: 'GetObjectTagging',
				method: 'GET',
				bucket: 'main',
				key,
				query: [['tagging', '']],
			},
			({ body }) => body.toString(),
		);

	test.each(['automatic', 'none'] as const)(
		'a file that is sent while it is read, in signed chunks: %s',
		async (integrity) => {
			const folder = mkdtempSync(path.join(tmpdir(), 'put-file-'));
			const source = { path: path.join(folder, 'file') };
			writeFileSync(source.path, BYTES);
			const headers = { 'content-type': 'image/png', 'content-encoding': 'gzip' };
			const wanted = { bucket: 'main', key: 'streamed', headers, integrity };
			const ceph = clientOf(gateway, { ...gateway, provider: 'ceph' });
			const stored = await upload(ceph, { ...wanted, source, partBytes: 64 * MIB, parallel: 4 });
			rmSync(folder, { recursive: true });
			expect(stored).toMatchObject({
				parts: 1,
				etag: createHash('md5').update(BYTES).digest('hex'),
			});
			expect((await read('streamed'))?.kept.equals(BYTES)).toBe(true);
			const head = await headObject(s3, 'main', 'streamed');
			expect(head).toMatchObject({ contentType: 'image/png', contentEncoding: 'gzip' });
		},
	);

	test('a bit that changes on the way to it in a signed chunk is noticed', async () => {
		const folder = mkdtempSync(path.join(tmpdir(), 'put-file-'));
		const source = { path: path.join(folder, 'file') };
		writeFileSync(source.path, BYTES);
		const proxy = await startWatchingProxy(gateway, 9 * MIB);
		const ceph = clientOf(proxy, { ...gateway, endpoint: proxy.endpoint, provider: 'ceph' });
		const wanted = {
			bucket: 'main',
			key: 'damaged',
			headers: {},
			partBytes: 64 * MIB,
			parallel: 4,
		};
		await upload(ceph, { ...wanted, source });
		await proxy.close();
		rmSync(folder, { recursive: true });
		expect(proxy.damaged).toBe(1);
		expect(proxy.requests).toHaveLength(2);
		expect((await read('damaged'))?.kept.equals(BYTES)).toBe(true);
	});

	test('a copy in parts has content, type, metadata and tags of its source', async () => {
		const to = { bucket: 'main', key: 'parts' };
		const options = { singleBytes: 5 * MIB, partBytes: 5 * MIB };
		const { parts, etag } = await copyObject(s3, FROM, to, options);
		expect(parts).toBe(5);
		const head = await headObject(s3, 'main', 'parts');
		expect(head).toMatchObject({ etag, contentType: 'image/png', metadata: { a: '1' } });
		expect((await read('parts'))?.kept.equals(BYTES)).toBe(true);
		expect(await tagsOf('parts')).toContain('<Key>k&amp;</Key><Value>v=1</Value>');
	});

	test('a large file has the tags that it was uploaded with', async () => {
		const headers = { 'x-amz-tagging': 'k%26=v%3D1&stage=test' };
		const transfer = { partBytes: 5 * MIB, parallel: 4 };
		const where = { bucket: 'main', key: 'tagged' };
		const { parts } = await upload(s3, { ...where, source: BYTES, headers, ...transfer });
		expect(parts).toBe(5);
		const tags = await tagsOf('tagged');
		expect(tags).toContain('<Key>k&amp;</Key><Value>v=1</Value>');
		expect(tags).toContain('<Key>stage</Key><Value>test</Value>');
	});

	test('an object of parts is moved, and a small one', async () => {
		await moveObject(s3, FROM, { bucket: 'main', key: 'moved' });
		expect((await read('moved'))?.kept.equals(BYTES)).toBe(true);
		expect(await failureOf(headObject(s3, 'main', 'from'))).toMatchObject({ status: 404 });
		await putObject(s3, 'main', 'small', Buffer.from('x'), {});
		await moveObject(s3, { bucket: 'main', key: 'small' }, { bucket: 'main', key: 'ä +%2F/..' });
		expect((await read('ä +%2F/..'))?.kept.toString()).toBe('x');
		expect(await failureOf(moveObject(s3, FROM, FROM))).toMatchObject({ kind: 'invalid' });
	});

	test('a copy onto itself says why it is refused', async () => {
		const failure = await failureOf(copyObject(s3, FROM, FROM));
		expect(failure).toMatchObject({ code: 'InvalidRequest', kind: 'invalid' });
		expect(failure.hint).toMatch(/must change something/);
	});

	test('a range, the end, and an object that has not changed', async () => {
		const range = async (wanted: object) => (await read('from', { range: wanted }))?.kept;
		expect((await range({ first: 5, last: 9 }))?.equals(BYTES.subarray(5, 10))).toBe(true);
		expect((await range({ lastBytes: 7 }))?.equals(BYTES.subarray(-7))).toBe(true);
		const most = await range({ first: MIB, last: 20 * MIB });
		expect(most?.equals(BYTES.subarray(MIB, 20 * MIB + 1))).toBe(true);
		expect(await failureOf(range({ first: BYTES.length }))).toMatchObject({ code: 'InvalidRange' });
		const { etag } = await headObject(s3, 'main', 'from');
		expect(await read('from', { ifNoneMatch: etag })).toBeUndefined();
		expect(await failureOf(read('from', { ifMatch: 'other' }))).toMatchObject({
			code: 'PreconditionFailed',
		});
	});

	test('content is verified by an ETag that is an MD5', async () => {
		await putObject(s3, 'main', 'md5', BYTES, {});
		const done = await read('md5', { verify: 'automatic' });
		expect(done?.verifiedBy).toBe('MD5');
		expect(done?.info.etag).toBe(createHash('md5').update(BYTES).digest('hex'));
	});
});
