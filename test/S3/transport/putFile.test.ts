import { createHash, randomBytes } from 'node:crypto';
import {
	appendFileSync,
	mkdtempSync,
	readdirSync,
	readlinkSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { S3Credential } from '../../../nodes/S3/transport/connect';
import type { Upload } from '../../../nodes/S3/transport/upload';
import { clientOf, failureOf, isA } from '../clientOf';
import { startWatchingProxy } from '../watchingProxy';
import { MIB, UploadBench } from './uploadBench';

// Larger than what is held in memory, and no whole number of chunks.
const CONTENT = randomBytes(17 * MIB + 12_345);
const folder = mkdtempSync(path.join(tmpdir(), 'put-file-'));
const file = path.join(folder, 'file');
let bench: UploadBench;

beforeEach(async () => {
	bench = await UploadBench.open();
	writeFileSync(file, CONTENT);
});
afterEach(async () => {
	await bench.sandbox.close();
	// Whatever became of the request; a read that is going on ends first.
	for (let wait = 0; wait < 100 && openFiles().includes(file); wait++) await setTimeout(50);
	expect(openFiles()).not.toContain(file);
});
afterAll(() => rmSync(folder, { recursive: true }));

const openFiles = () =>
	readdirSync('/proc/self/fd').map((name) => {
		try {
			return readlinkSync(`/proc/self/fd/${name}`);
		} catch {
			return '';
		}
	});
const client = (provider: S3Credential['provider'], server: { endpoint: string } = bench.sandbox) =>
	clientOf(server, { provider });
const send = async (s3 = client('ceph'), options: Partial<Upload> = {}) =>
	await bench.send({ source: { path: file }, partBytes: 64 * MIB, ...options }, s3);
const puts = () => bench.sandbox.requests.filter(isA('PutObject'));
const object = () => bench.sandbox.buckets.get('main')?.objects.get('k');
const isStored = () => bench.sandbox.read('main', 'k')?.equals(CONTENT) ?? false;

const SIGNED = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';
test.each<[S3Credential['provider'], Upload['integrity'], string, string | undefined]>([
	['ceph', 'automatic', SIGNED, undefined],
	['ceph', 'sha256', SIGNED, undefined],
	['ceph', 'none', 'UNSIGNED-PAYLOAD', undefined],
	['minio', 'automatic', `${SIGNED}-TRAILER`, 'crc32'],
	['minio', 'crc32', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER', 'crc32'],
	['minio', 'sha256', `${SIGNED}-TRAILER`, 'sha256'],
	['other', 'none', 'UNSIGNED-PAYLOAD', undefined],
])(
	'a file in one request, for %s with "%s": %s',
	async (provider, integrity, payload, checksum) => {
		const headers = { 'content-encoding': 'gzip', 'content-type': 'text/x' };
		const stored = await send(client(provider), { integrity, headers });
		expect(isStored()).toBe(true);
		expect(stored).toMatchObject({
			etag: createHash('md5').update(CONTENT).digest('hex'),
			size: CONTENT.length,
			parts: 1,
		});
		expect(bench.operations()).toEqual(['PutObject']);
		expect(puts()[0]?.headers).toMatchObject({ 'x-amz-content-sha256': payload });
		expect(object()?.metadata.system).toEqual(headers);
		expect(object()?.checksum?.algorithm.toLowerCase()).toBe(checksum);
		const sum = Buffer.alloc(4);
		sum.writeUInt32BE(crc32(CONTENT));
		if (checksum === 'crc32') expect(object()?.checksum?.value).toBe(sum.toString('base64'));
	},
);

test.each<[string, S3Credential['provider'], Upload['integrity']]>([
	['a server that is not known to take chunks', 'other', 'automatic'],
	['Content-MD5, which stands before the body', 'minio', 'md5'],
])('%s: the file is held in memory', async (_why, provider, integrity) => {
	await send(client(provider), { integrity });
	expect(isStored()).toBe(true);
	expect(puts()[0]?.headers['x-amz-content-sha256']).not.toContain('STREAMING');
});

test.each(['ceph', 'minio'])(
	'a bit that changes on the way to %s is noticed, and the file is read again',
	async (provider) => {
		const proxy = await startWatchingProxy(bench.sandbox, 9 * MIB);
		await send(client(provider, proxy));
		await proxy.close();
		expect(proxy.damaged).toBe(1);
		expect(isStored()).toBe(true);
		expect(puts()).toHaveLength(2);
	},
);

test('a connection that breaks costs another try, and nothing is stored twice', async () => {
	bench.sandbox.faults.add({ kind: 'resetBefore', times: 1, match: isA('PutObject') });
	await send();
	expect(isStored()).toBe(true);
	expect(puts()).toHaveLength(2);
	expect(bench.writes()).toBe(1);
});

test('a lost answer to a conditional write: the object is recognised as the one that was sent', async () => {
	bench.sandbox.faults.add({ kind: 'resetAfter', times: 1, match: isA('PutObject') });
	const { etag } = await send(client('minio'), { headers: { 'if-none-match': '*' } });
	expect(etag).toBe(createHash('md5').update(CONTENT).digest('hex'));
	expect(bench.writes()).toBe(1);
});

test.each([
	['shorter', -1],
	['longer', 1],
])('a file that is %s than n8n said is refused, and nothing is stored', async (_how, by) => {
	const failure = await failureOf(send(client('ceph'), { size: CONTENT.length - by }));
	expect(failure).toMatchObject({ code: 'SOURCE_LENGTH', phase: 'notSent' });
	expect(object()).toBeUndefined();
});

test('a file that grows while it is sent is refused', async () => {
	const sending = failureOf(send());
	while (!puts()[0]) await new Promise((resolve) => setImmediate(resolve));
	appendFileSync(file, 'more');
	expect(await sending).toMatchObject({ code: 'SOURCE_LENGTH' });
	expect(object()).toBeUndefined();
});

test('a refusal that comes before the body has gone is told as such', async () => {
	const failure = await failureOf(
		send(clientOf(bench.sandbox, { provider: 'ceph', secretAccessKey: 'x' })),
	);
	expect(failure.code).toBe('SignatureDoesNotMatch');
});
