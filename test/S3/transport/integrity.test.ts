import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import type { S3Client } from '../../../nodes/S3/transport/client';
import { combineCrc32 } from '../../../nodes/S3/transport/crc32';
import type { IntegrityMode } from '../../../nodes/S3/transport/integrity';
import { digests } from '../../../nodes/S3/transport/integrity';
import { UNKNOWN_SERVER } from '../../../nodes/S3/transport/quirks';
import type { S3Sandbox } from '../../../sandbox/s3/server.ts';
import { clientOf, failureOf } from '../clientOf';
import { startWatchingProxy } from '../watchingProxy';
import { startScriptedServer } from '../scriptedServer';
import { BYTES, MIB, streamOf, UploadBench } from './uploadBench';

let bench: UploadBench;
let sandbox: S3Sandbox;

beforeEach(async () => {
	bench = await UploadBench.open();
	sandbox = bench.sandbox;
});
afterEach(async () => await sandbox.close());

/** The same server, as one that is known to check CRC32. */
const knowing = (s3: S3Client, more: Partial<S3Client> = {}): S3Client => ({
	...s3,
	quirks: { ...UNKNOWN_SERVER, crc32: true },
	...more,
});
const small = BYTES.subarray(0, MIB);
const crcOf = (bytes: Buffer) => {
	const value = Buffer.alloc(4);
	value.writeUInt32BE(crc32(bytes));
	return value.toString('base64');
};
const object = () => sandbox.buckets.get('main')?.objects.get('k');
const bodies = () => sandbox.requests.filter(({ method }) => method === 'PUT');

describe.each(['automatic', 'crc32', 'md5', 'sha256'] as const)('%s', (integrity) => {
	test.each([
		['in one request', small, 2],
		['in parts', BYTES, 4],
	])('a bit that changes on the way %s is noticed, and sent again', async (_name, bytes, sent) => {
		const proxy = await startWatchingProxy(sandbox, MIB / 2);
		await bench.send({ source: bytes, integrity }, clientOf(proxy));
		await proxy.close();
		expect(proxy.damaged).toBe(1);
		expect(sandbox.read('main', 'k')?.equals(bytes)).toBe(true);
		expect(bodies()).toHaveLength(sent);
	});
});

test('without a check the bit stays changed: the tests above would notice', async () => {
	const proxy = await startWatchingProxy(sandbox, MIB / 2);
	await bench.send({ source: small, integrity: 'none' }, clientOf(proxy));
	await proxy.close();
	expect(sandbox.read('main', 'k')?.equals(small)).toBe(false);
});

describe('automatic', () => {
	const guards = () =>
		bodies().map(({ headers }) => ({
			signed: headers['x-amz-content-sha256'] !== 'UNSIGNED-PAYLOAD',
			crc32: 'x-amz-checksum-crc32' in headers,
			md5: 'content-md5' in headers,
		}));

	test.each([
		['an unknown server', {}, { signed: true, crc32: false, md5: false }],
		['an unknown server over TLS', { tls: true }, { signed: true, crc32: false, md5: false }],
		[
			'one that checks CRC32',
			{ quirks: { ...UNKNOWN_SERVER, crc32: true } },
			{ signed: true, crc32: true, md5: false },
		],
		[
			'one that checks CRC32, over TLS',
			{ quirks: { ...UNKNOWN_SERVER, crc32: true }, tls: true },
			{ signed: false, crc32: true, md5: false },
		],
	])('%s', async (_name, server, expected) => {
		const client = { ...bench.s3, ...server };
		await bench.send({ source: small }, client);
		await bench.send({ source: BYTES }, client);
		expect(guards()).toEqual([expected, expected, expected, expected]);
		expect(bench.isStored()).toBe(true);
	});

	test('an object that is to be locked has the MD5 that servers demand for it', async () => {
		sandbox.faults.add({ kind: 'status', status: 403 });
		const headers = { 'x-amz-object-lock-legal-hold': 'ON' };
		await failureOf(bench.send({ source: small, headers }));
		expect(guards()).toEqual([{ signed: true, crc32: false, md5: true }]);
	});
});

describe('the checksum that the server keeps', () => {
	test('is that of all bytes, however they were sent', async () => {
		await bench.send({ source: small }, knowing(bench.s3));
		expect(object()?.checksum).toMatchObject({ type: 'FULL_OBJECT', value: crcOf(small) });
		await bench.send({ source: BYTES }, knowing(bench.s3));
		expect(object()?.checksum).toMatchObject({ type: 'FULL_OBJECT', value: crcOf(BYTES) });
	});

	test('SHA-256: of the parts where there are parts', async () => {
		await bench.send({ source: BYTES, integrity: 'sha256' }, knowing(bench.s3));
		expect(object()?.checksum).toMatchObject({ algorithm: 'SHA256', type: 'COMPOSITE' });
		expect(bench.isStored()).toBe(true);
	});

	test('a server that returns another one has stored other bytes', async () => {
		const server = await startScriptedServer();
		server.answer({ status: 200, headers: { etag: '"e"', 'x-amz-checksum-crc32': 'AAAAAA==' } });
		const client = knowing(clientOf(server, {}, { maxAttempts: 2 }));
		const failure = await failureOf(bench.send({ source: small }, client));
		await server.close();
		expect(failure).toMatchObject({ code: 'CHECKSUM_DIFFERS', phase: 'maybeDone', attempts: 2 });
	});
});

test.each<IntegrityMode>(['automatic', 'crc32', 'md5', 'none', 'sha256'])(
	'%s: a lost answer is found to be a success, though no MD5 was sent',
	async (integrity) => {
		const headers = { 'if-none-match': '*' };
		sandbox.faults.add({
			kind: 'resetAfter',
			times: 2,
			match: ({ operation = '' }) => /PutObject|CompleteMultipart/.test(operation),
		});
		await bench.send({ source: small, key: 'small', integrity, headers });
		await bench.send({ source: streamOf(BYTES), integrity, headers });
		expect(bench.isStored()).toBe(true);
		expect([bench.writes('small'), bench.writes()]).toEqual([1, 1]);
	},
);

test('an encrypted object, whose ETag is no MD5, is known by its checksum', async () => {
	const server = await startScriptedServer();
	server.answer(
		{ status: 500 },
		{ status: 412 },
		{
			status: 200,
			headers: {
				etag: '"0123456789abcdef0123456789abcdef"',
				'content-length': String(small.length),
				'x-amz-checksum-crc32': crcOf(small),
			},
		},
	);
	const headers = { 'if-none-match': '*' };
	const stored = await bench.send({ source: small, headers }, knowing(clientOf(server)));
	await server.close();
	expect(stored.etag).toBe('0123456789abcdef0123456789abcdef');
});

test('hashing leaves others their turn', async () => {
	const body = Buffer.alloc(64 * MIB, 'x');
	let turns = 0;
	let running = true;
	const other = () => {
		turns++;
		if (running) setImmediate(other);
	};
	setImmediate(other);
	await digests(body, ['md5', 'sha256', 'crc32']);
	running = false;
	expect(turns).toBeGreaterThanOrEqual(15);
});

test.each([
	[0, 0],
	[1, 0],
	[0, 1],
	[5, 70_000],
	[123_456, 2 ** 20],
	[3, 2 ** 24 + 7],
])('the CRC32 of %i and %i bytes, from those of both', (a, b) => {
	const [first, second] = [randomBytes(a), randomBytes(b)];
	const whole = crc32(Buffer.concat([first, second]));
	expect(combineCrc32(crc32(first), crc32(second), b)).toBe(whole);
});

describe('a file of this machine', () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'upload-'));
	const file = path.join(folder, 'file');
	afterAll(() => rmSync(folder, { recursive: true }));

	test.each([0, 1, MIB, BYTES.length])('%i bytes', async (size) => {
		writeFileSync(file, BYTES.subarray(0, size));
		const result = await bench.send({ source: { path: file }, size });
		expect(result).toMatchObject({ size });
		expect(sandbox.read('main', 'k')?.equals(BYTES.subarray(0, size))).toBe(true);
	});

	test.each([
		['shorter', 100, 200],
		['longer', 200, 100],
		['shorter, in parts', BYTES.length, BYTES.length + 1],
		['longer, in parts', BYTES.length, BYTES.length - 1],
	])('that is %s than announced: nothing is stored', async (_name, actual, size) => {
		writeFileSync(file, BYTES.subarray(0, actual));
		const failure = await failureOf(bench.send({ source: { path: file }, size }));
		expect(failure).toMatchObject({ code: 'SOURCE_LENGTH', kind: 'invalid' });
		expect(bench.writes()).toBe(0);
		expect(sandbox.openUploads()).toEqual([]);
	});

	test('that is not there', async () => {
		const failure = await failureOf(bench.send({ source: { path: `${file}.gone` }, size: 1 }));
		expect(failure).toMatchObject({ code: 'SOURCE_BROKEN', kind: 'invalid', phase: 'notSent' });
		expect(sandbox.requests).toHaveLength(0);
	});
});
