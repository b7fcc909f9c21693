import { createHash, randomBytes } from 'node:crypto';
import { createBucket } from '../../../nodes/S3/transport/buckets';
import type { S3Client } from '../../../nodes/S3/transport/client';
import { copyObject } from '../../../nodes/S3/transport/copy';
import { putObject } from '../../../nodes/S3/transport/objects';
import { UNKNOWN_SERVER } from '../../../nodes/S3/transport/quirks';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { clientOf, failureOf, isA } from '../clientOf';
import { errorXml, startScriptedServer } from '../scriptedServer';

const MIB = 1024 * 1024;
const BYTES = randomBytes(11 * MIB);
const FROM = { bucket: 'main', key: 'from' };
const TO = { bucket: 'main', key: 'to' };
const IN_PARTS = { singleBytes: 5 * MIB, partBytes: 5 * MIB };

let sandbox: S3Sandbox;
let s3: S3Client;

beforeEach(async () => {
	sandbox = await startS3Sandbox();
	s3 = clientOf(sandbox);
	await createBucket(s3, 'main', { ifExists: 'fail' });
	await putObject(s3, 'main', 'from', BYTES, {
		'content-type': 'image/png',
		'cache-control': 'max-age=60',
		'x-amz-meta-who': Buffer.from('Zoë').toString('latin1'),
	});
	sandbox.requests.length = 0;
});
afterEach(async () => await sandbox.close());

const sent = () => sandbox.requests.map(({ operation }) => operation);
const copied = () => sandbox.buckets.get('main')?.objects.get('to');
const writes = (key: string) => sandbox.effects.get(`main/${key}`)?.writes ?? 0;

test('an ordinary copy is one request', async () => {
	const { etag, parts } = await copyObject(s3, FROM, TO);
	expect(etag).toBe(createHash('md5').update(BYTES).digest('hex'));
	expect(parts).toBeUndefined();
	expect(sent()).toEqual(['CopyObject']);
});

describe('in parts', () => {
	test('all bytes, in order, of the object that was looked at', async () => {
		const { etag, parts } = await copyObject(s3, FROM, TO, IN_PARTS);
		expect(parts).toBe(3);
		expect(etag).toBe(copied()?.etag);
		expect(sandbox.read('main', 'to')?.equals(BYTES)).toBe(true);
		expect(copied()?.parts?.map(({ size }) => size)).toEqual([5 * MIB, 5 * MIB, MIB]);
		const source = sandbox.buckets.get('main')?.objects.get('from')?.etag;
		const conditions = sandbox.requests
			.filter(isA('UploadPartCopy'))
			.map(({ headers }) => headers['x-amz-copy-source-if-match']);
		expect(conditions).toEqual(Array(3).fill(`"${source}"`));
		expect(sandbox.openUploads()).toEqual([]);
	});

	test('what CopyObject carries over is carried over', async () => {
		await copyObject(s3, FROM, TO, IN_PARTS);
		const source = sandbox.buckets.get('main')?.objects.get('from')?.metadata;
		expect(copied()?.metadata).toEqual(source);
	});

	test('what is to be replaced is not', async () => {
		const headers = { 'content-type': 'text/csv', 'x-amz-meta-new': '1' };
		await copyObject(s3, FROM, TO, { ...IN_PARTS, headers, replaceMetadata: true });
		expect(copied()?.metadata).toMatchObject({
			system: { 'content-type': 'text/csv' },
			user: { new: '1' },
		});
		expect(copied()?.metadata.system).not.toHaveProperty('cache-control');
	});

	test('a small object is copied in one piece', async () => {
		const { parts } = await copyObject(s3, FROM, TO, { ...IN_PARTS, singleBytes: 11 * MIB });
		expect(parts).toBeUndefined();
		expect(sent()).toEqual(['HeadObject', 'CopyObject']);
	});

	test('errors inside a 200, lost answers and 503 are survived, and nothing is doubled', async () => {
		const match = isA('UploadPartCopy');
		sandbox.faults.add({ kind: 'errorInside200', times: 1, match });
		sandbox.faults.add({ kind: 'resetAfter', times: 1, match });
		sandbox.faults.add({ kind: 'status', status: 503, times: 1, match });
		sandbox.faults.add({ kind: 'resetAfter', times: 1, match: isA('CompleteMultipartUpload') });
		await copyObject(s3, FROM, TO, IN_PARTS);
		expect(sandbox.read('main', 'to')?.equals(BYTES)).toBe(true);
		expect(writes('to')).toBe(1);
		expect(sandbox.openUploads()).toEqual([]);
	});

	test('a source that is replaced meanwhile fails the copy, and leaves nothing behind', async () => {
		const late = sandbox.faults.add({
			kind: 'delay',
			ms: 200,
			match: (request) => isA('UploadPartCopy')(request) && request.query.partNumber === '3',
		});
		const copying = failureOf(copyObject(s3, FROM, TO, { ...IN_PARTS, parallel: 1 }));
		while (late.hits === 0) await new Promise(setImmediate);
		await putObject(s3, 'main', 'from', Buffer.from('another'), {});
		expect(await copying).toMatchObject({ code: 'PreconditionFailed', kind: 'conflict' });
		expect(writes('to')).toBe(0);
		expect(sandbox.openUploads()).toEqual([]);
	});

	test('a part that fails for good stops the others', async () => {
		sandbox.faults.add({ kind: 'status', status: 403, match: isA('UploadPartCopy') });
		const failure = await failureOf(copyObject(s3, FROM, TO, { ...IN_PARTS, parallel: 1 }));
		expect(failure).toMatchObject({ code: 'AccessDenied' });
		expect(sandbox.requests.filter(isA('UploadPartCopy'))).toHaveLength(1);
		expect(sandbox.openUploads()).toEqual([]);
	});

	test('a server that cannot do it is not asked to', async () => {
		const cannot = { ...s3, quirks: { ...UNKNOWN_SERVER, copyParts: false } };
		const failure = await failureOf(copyObject(cannot, FROM, TO, IN_PARTS));
		expect(failure).toMatchObject({ code: 'COPY_TOO_LARGE', kind: 'invalid', phase: 'notSent' });
		expect(sent()).toEqual(['HeadObject']);
	});

	test('a condition on the source holds before anything is begun', async () => {
		const sourceHeaders = { 'x-amz-copy-source-if-match': '"another"' };
		const failure = await failureOf(copyObject(s3, FROM, TO, { ...IN_PARTS, sourceHeaders }));
		expect(failure).toMatchObject({ code: 'PreconditionFailed' });
		const etag = sandbox.buckets.get('main')?.objects.get('from')?.etag;
		const seen = { 'x-amz-copy-source-if-none-match': `"${etag}"` };
		const unchanged = copyObject(s3, FROM, TO, { ...IN_PARTS, sourceHeaders: seen });
		expect(await failureOf(unchanged)).toMatchObject({ code: 'PreconditionFailed' });
		expect(sent()).toEqual(['HeadObject', 'HeadObject']);
	});
});

describe('a copy that the server refuses in one piece', () => {
	const GIB = 1024 ** 3;
	const refusal = errorXml(
		'InvalidRequest',
		'The specified copy source is larger than ... 5368709120',
	);

	test('goes by parts when the source is larger than 5 GiB', async () => {
		const server = await startScriptedServer();
		try {
			const result = (name: string, content: string) => `<${name}>${content}</${name}>`;
			const part = {
				status: 200,
				body: result('CopyPartResult', '<ETag>0123456789abcdef0123456789abcdef</ETag>'),
			};
			server.answer(
				{ status: 400, body: refusal },
				{ status: 200, headers: { 'content-length': String(6 * GIB), etag: '"big-7"' } },
				{
					status: 200,
					body: result('Tagging', '<TagSet><Tag><Key>a b</Key><Value>1+1</Value></Tag></TagSet>'),
				},
				{ status: 200, body: result('InitiateMultipartUploadResult', '<UploadId>u</UploadId>') },
				part,
				part,
				part,
				{ status: 200, body: result('CompleteMultipartUploadResult', '<ETag>"new-3"</ETag>') },
				// Ceph forgets the tags that a multipart upload was begun with.
				{ status: 200, body: result('Tagging', '<TagSet></TagSet>') },
				{ status: 204 },
			);
			const partBytes = 2 * GIB;
			const { etag, parts } = await copyObject(clientOf(server), FROM, TO, { partBytes });
			expect([etag, parts]).toEqual(['new-3', 3]);
			const ranges = server.requests.map(({ headers }) => headers['x-amz-copy-source-range']);
			expect(ranges.filter(Boolean)).toEqual([
				`bytes=0-${2 * GIB - 1}`,
				`bytes=${2 * GIB}-${4 * GIB - 1}`,
				`bytes=${4 * GIB}-${6 * GIB - 1}`,
			]);
			expect(server.requests[3]?.headers['x-amz-tagging']).toBe('a%20b=1%2B1');
			expect(server.requests.at(-1)?.body).toContain('<Key>a b</Key><Value>1+1</Value>');
			// Ceph's ETags of parts have no quotes.
			expect(server.requests.at(-3)?.body).toContain(
				'<ETag>0123456789abcdef0123456789abcdef</ETag>',
			);
		} finally {
			await server.close();
		}
	});

	test('stays refused when it is not', async () => {
		sandbox.faults.add({ kind: 'status', status: 400, code: 'InvalidArgument' });
		expect(await failureOf(copyObject(s3, FROM, TO))).toMatchObject({ code: 'InvalidArgument' });
	});

	test('because nothing would change says what could', async () => {
		const failure = await failureOf(copyObject(s3, FROM, FROM));
		expect(failure).toMatchObject({ code: 'InvalidRequest', attempts: 1 });
		expect(failure.hint).toMatch(/replace its metadata/);
	});
});

test('only if new: a copy does not overwrite, and a lost answer is in doubt', async () => {
	const headers = { 'if-none-match': '*' };
	await copyObject(s3, FROM, TO, { headers });
	expect(await failureOf(copyObject(s3, FROM, TO, { headers }))).toMatchObject({
		code: 'PreconditionFailed',
		phase: 'rejected',
	});
	sandbox.faults.add({ kind: 'resetAfter', times: 1, match: isA('CopyObject') });
	const lost = copyObject(s3, FROM, { bucket: 'main', key: 'new' }, { headers });
	expect(await failureOf(lost)).toMatchObject({ phase: 'maybeDone' });
	expect(writes('new')).toBe(1);
});
