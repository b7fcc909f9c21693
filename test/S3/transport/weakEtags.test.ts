import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createBucket } from '../../../nodes/S3/transport/buckets';
import type { S3Client } from '../../../nodes/S3/transport/client';
import { copyObject } from '../../../nodes/S3/transport/copy';
import { download } from '../../../nodes/S3/transport/download';
import { headObject, putObject } from '../../../nodes/S3/transport/objects';
import { upload } from '../../../nodes/S3/transport/upload';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { clientOf, isA } from '../clientOf';
import { streamOf } from './uploadBench';

// nginx and Cloudflare mark the ETags of what they might compress as weak, and a weak one meets no
// condition of S3: neither If-Match nor x-amz-copy-source-if-match.
const MIB = 1024 * 1024;
const BYTES = randomBytes(11 * MIB);
let sandbox: S3Sandbox;
let proxy: Server;
let s3: S3Client;

beforeAll(async () => {
	sandbox = await startS3Sandbox();
	proxy = createServer((incoming, outgoing) => {
		const { method, url: path, headers } = incoming;
		const through = request(
			{ host: '127.0.0.1', port: sandbox.port, method, path, headers },
			(answer) => {
				const { etag } = answer.headers;
				const weak = etag && { etag: etag.replace(/^"/, 'W/"') };
				outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...weak });
				answer.on('error', () => outgoing.destroy()).pipe(outgoing);
			},
		);
		through.on('error', () => outgoing.destroy());
		incoming.pipe(through);
	}).listen(0, '127.0.0.1');
	await once(proxy, 'listening');
	const { port } = proxy.address() as AddressInfo;
	s3 = clientOf({ endpoint: `http://127.0.0.1:${port}` });
	await createBucket(s3, 'main', { ifExists: 'fail' });
});
afterAll(async () => {
	proxy.closeAllConnections();
	proxy.close();
	await sandbox.close();
});

test('an upload in parts, and the ETag is the one of the server', async () => {
	const about = { bucket: 'main', key: 'k', headers: {}, partBytes: 5 * MIB, parallel: 2 };
	const stored = await upload(s3, { ...about, source: streamOf(BYTES) });
	const etag = sandbox.buckets.get('main')?.objects.get('k')?.etag;
	expect(stored.etag).toBe(etag);
	expect(await headObject(s3, 'main', 'k')).toMatchObject({ etag });
	expect(await headObject(s3, 'main', 'k', { ifMatch: `W/"${etag}"` })).toMatchObject({ etag });
});

test('a copy in parts of the object that was looked at', async () => {
	const from = { bucket: 'main', key: 'k' };
	await copyObject(s3, from, { ...from, key: 'to' }, { singleBytes: 5 * MIB, partBytes: 5 * MIB });
	expect(sandbox.read('main', 'to')?.equals(BYTES)).toBe(true);
});

test('a download that breaks off goes on where it was', async () => {
	sandbox.faults.add({ kind: 'truncate', times: 1, match: isA('GetObject') });
	const { body } = await download(s3, { bucket: 'main', key: 'k' });
	expect((await buffer(body)).equals(BYTES)).toBe(true);
	expect(sandbox.requests.filter(isA('GetObject'))).toHaveLength(2);
});

test('only if the ETag matches', async () => {
	const { etag } = await headObject(s3, 'main', 'k');
	const stored = await putObject(s3, 'main', 'k', Buffer.from('new'), { 'if-match': `"${etag}"` });
	expect(sandbox.read('main', 'k')?.toString()).toBe('new');
	expect(stored.etag).toBe('22af645d1859cb5ca6da0c484f1f37ea');
});
