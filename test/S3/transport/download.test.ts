import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createBucket } from '../../../nodes/S3/transport/buckets';
import type { S3Client } from '../../../nodes/S3/transport/client';
import { download } from '../../../nodes/S3/transport/download';
import { putObject } from '../../../nodes/S3/transport/objects';
import { upload } from '../../../nodes/S3/transport/upload';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { clientOf, failureOf, isA } from '../clientOf';
import { startScriptedServer, type ScriptedAnswer } from '../scriptedServer';

const MIB = 1024 * 1024;
const BYTES = randomBytes(8 * MIB);
const isGet = isA('GetObject');

let sandbox: S3Sandbox;
let s3: S3Client;

beforeEach(async () => {
	sandbox = await startS3Sandbox();
	s3 = clientOf(sandbox);
	await createBucket(s3, 'main', { ifExists: 'fail' });
	await putObject(s3, 'main', 'k', BYTES, { 'content-type': 'image/png' });
	sandbox.requests.length = 0;
});
afterEach(async () => await sandbox.close());

const gets = () => sandbox.requests.filter(isGet);
async function read(key = 'k', client = s3) {
	const { info, body } = await download(client, { bucket: 'main', key });
	return { info, bytes: await buffer(body) };
}

test('an object comes with its bytes and what the server says of it, in one request', async () => {
	const { info, bytes } = await read();
	expect(bytes.equals(BYTES)).toBe(true);
	expect(info).toMatchObject({ bucket: 'main', key: 'k', size: BYTES.length });
	expect(info.contentType).toBe('image/png');
	expect(sandbox.requests).toHaveLength(1);
});

test('an empty object is an object, with its type', async () => {
	await putObject(s3, 'main', 'empty', Buffer.alloc(0), { 'content-type': 'text/csv' });
	const { info, bytes } = await read('empty');
	expect(bytes).toHaveLength(0);
	expect(info).toMatchObject({ size: 0, contentType: 'text/csv' });
	expect(info.etag).toBe('d41d8cd98f00b204e9800998ecf8427e');
});

test('an object that is not there is a failure before there is a stream', async () => {
	expect(await failureOf(download(s3, { bucket: 'main', key: 'nope' }))).toMatchObject({
		code: 'NoSuchKey',
	});
});

test('a transfer that breaks goes on where it broke, and repeats nothing', async () => {
	sandbox.faults.add({ kind: 'truncate', times: 3, match: isGet });
	expect((await read()).bytes.equals(BYTES)).toBe(true);
	const starts = gets().map(({ headers }) =>
		Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0),
	);
	expect(starts).toHaveLength(4);
	// Each time half of the rest arrives before the connection is closed.
	const half = BYTES.length / 2;
	expect(starts).toEqual([0, half, half + half / 2, half + half / 2 + half / 4]);
	const etag = sandbox.buckets.get('main')?.objects.get('k')?.etag;
	expect(
		gets()
			.slice(1)
			.map(({ headers }) => headers['if-match']),
	).toEqual(Array(3).fill(`"${etag}"`));
});

test('a transfer that breaks and meets 503 and resets goes on', async () => {
	sandbox.faults.add({ kind: 'truncate', times: 1, match: isGet });
	sandbox.faults.add({ kind: 'status', status: 503, times: 1, match: isGet });
	sandbox.faults.add({ kind: 'resetBefore', times: 1, match: isGet });
	expect((await read()).bytes.equals(BYTES)).toBe(true);
});

test('a transfer that breaks again and again ends as a failure, not as a short file', async () => {
	sandbox.faults.add({ kind: 'truncate', match: isGet });
	const { body } = await download(clientOf(sandbox, {}, { maxAttempts: 3 }), {
		bucket: 'main',
		key: 'k',
	});
	const failure = await failureOf(buffer(body));
	expect(failure).toMatchObject({ kind: 'network', attempts: 3 });
});

test('an object that is replaced during the transfer is a clear failure', async () => {
	sandbox.faults.add({ kind: 'truncate', times: 1, match: isGet });
	const late = sandbox.faults.add({ kind: 'delay', ms: 300, match: isGet });
	const { body } = await download(s3, { bucket: 'main', key: 'k' });
	while (late.hits === 0) await new Promise(setImmediate);
	await putObject(s3, 'main', 'k', Buffer.from('another'), {});
	const failure = await failureOf(buffer(body));
	expect(failure).toMatchObject({ kind: 'conflict', code: 'OBJECT_CHANGED' });
	expect(failure.message).toMatch(/"k" was replaced/);
	expect(gets()).toHaveLength(2);
});

test('an object that is deleted during the transfer is a failure', async () => {
	sandbox.faults.add({ kind: 'truncate', times: 1, match: isGet });
	const late = sandbox.faults.add({ kind: 'delay', ms: 300, match: isGet });
	const { body } = await download(s3, { bucket: 'main', key: 'k' });
	while (late.hits === 0) await new Promise(setImmediate);
	sandbox.buckets.get('main')?.objects.delete('k');
	expect(await failureOf(buffer(body))).toMatchObject({ code: 'NoSuchKey' });
});

describe('a large object', () => {
	const LARGE = randomBytes(60 * MIB);
	const large = { bucket: 'main', key: 'large' };
	beforeEach(async () => {
		await upload(s3, {
			...large,
			source: Readable.from([LARGE]),
			size: LARGE.length,
			headers: {},
			partBytes: 16 * MIB,
			parallel: 4,
		});
		sandbox.requests.length = 0;
	});
	const startOf = (range = 'bytes=0-') => Number(/\d+/.exec(range)?.[0]);
	// Those that are sent together arrive in any order.
	const ranges = () =>
		gets()
			.map(({ headers }) => headers.range)
			.sort((a, b) => startOf(a) - startOf(b));
	const eights = (count: number) =>
		Array.from({ length: count }, (_, n) => {
			const start = 8 * MIB * (n + 1);
			return `bytes=${start}-${Math.min(start + 8 * MIB, LARGE.length) - 1}`;
		});

	test('comes in pieces of 8 MiB of one and the same object, every byte in its place', async () => {
		const { info, body } = await download(s3, large);
		expect(info.size).toBe(LARGE.length);
		expect((await buffer(body)).equals(LARGE)).toBe(true);
		expect(ranges()).toEqual([...eights(7), undefined]);
		const conditions = gets().map(({ headers }) => headers['if-match']);
		expect(conditions).toEqual([undefined, ...Array(7).fill(`"${info.etag}"`)]);
	});

	test('is the same when everything breaks: each piece goes on where it broke', async () => {
		let seen = 0;
		const third = () => seen++ % 3 === 0;
		sandbox.faults.add({ kind: 'truncate', times: 6, match: (r) => isGet(r) && third() });
		sandbox.faults.add({ kind: 'resetBefore', times: 2, match: (r) => isGet(r) && third() });
		sandbox.faults.add({
			kind: 'status',
			status: 503,
			times: 2,
			match: (r) => isGet(r) && third(),
		});
		const { body } = await download(s3, large);
		expect((await buffer(body)).equals(LARGE)).toBe(true);
		expect(sandbox.requests.filter(({ fault }) => fault === 'truncate')).toHaveLength(6);
	});

	test('is fetched ahead no further than asked for, however slow the reader is', async () => {
		const { body } = await download(s3, { ...large, parallel: 3 });
		const reader = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
		await reader.next();
		await new Promise((resolve) => setTimeout(resolve, 300));
		expect(ranges()).toEqual([...eights(2), undefined]);
		for (let n = 1; n < 9; n++) await reader.next();
		await new Promise((resolve) => setTimeout(resolve, 100));
		expect(ranges()).toEqual([...eights(3), undefined]);
		body.destroy();
	});

	test('several at once keep to what may be fetched ahead by all of them', async () => {
		const all = await Promise.all(
			Array.from({ length: 6 }, async () => (await download(s3, large)).body),
		);
		const readers = all.map((body) => body[Symbol.asyncIterator]() as AsyncIterator<Buffer>);
		await Promise.all(readers.map(async (reader) => await reader.next()));
		while (gets().length < 14) await new Promise((resolve) => setTimeout(resolve, 10));
		await new Promise((resolve) => setTimeout(resolve, 100));
		// 6 of their own, and 8 ahead.
		expect(gets()).toHaveLength(14);
		// Those who give up leave it to the others.
		for (const body of all.slice(1)) body.destroy();
		const rest: Buffer[] = [];
		for (let next = await readers[0]?.next(); next && !next.done; next = await readers[0]?.next())
			rest.push(next.value);
		expect(Buffer.concat(rest).equals(LARGE.subarray(MIB))).toBe(true);
		sandbox.requests.length = 0;
		expect((await buffer((await download(s3, large)).body)).equals(LARGE)).toBe(true);
		expect(gets()).toHaveLength(8);
	});

	test('is written to a file as it is read into memory', async () => {
		const folder = await mkdtemp(path.join(os.tmpdir(), 'download-'));
		try {
			const file = path.join(folder, 'file');
			await writeFile(file, (await download(s3, large)).body);
			expect((await readFile(file)).equals(LARGE)).toBe(true);
			// A reader that keeps what it gets.
			const kept: Buffer[] = [];
			for await (const block of (await download(s3, large)).body) kept.push(block as Buffer);
			expect(Buffer.concat(kept).equals(LARGE)).toBe(true);
		} finally {
			await rm(folder, { recursive: true });
		}
	});

	test('that cannot be completed leaves a file that fails', async () => {
		sandbox.faults.add({
			kind: 'status',
			status: 403,
			match: (r) => isGet(r) && /-41943039/.test(r.headers.range ?? ''),
		});
		const folder = await mkdtemp(path.join(os.tmpdir(), 'download-'));
		const { body } = await download(s3, large);
		const writing = writeFile(path.join(folder, 'file'), body);
		expect(await failureOf(writing)).toMatchObject({ code: 'AccessDenied' });
		await rm(folder, { recursive: true });
	});
});

test('a reader that goes away ends the transfer, and the connection with it', async () => {
	const { body } = await download(s3, { bucket: 'main', key: 'k' });
	await once(body, 'readable');
	body.destroy();
	for (let n = 0; n < 100 && sandbox.openConnections() > 1; n++) {
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
	// One connection waits for the next request; that of the transfer had unread data.
	expect(sandbox.openConnections()).toBeLessThanOrEqual(1);
	expect(gets()).toHaveLength(1);
	expect((await read()).bytes.equals(BYTES)).toBe(true);
});

test('a reader that is slow gets everything, and no more is kept for it than a little', async () => {
	const { body } = await download(s3, { bucket: 'main', key: 'k' });
	await new Promise((resolve) => setTimeout(resolve, 100));
	expect(body.readableLength).toBeLessThan(3 * MIB);
	expect((await buffer(body)).equals(BYTES)).toBe(true);
	expect(gets()).toHaveLength(1);
});

test('a cancel ends the transfer at once', async () => {
	sandbox.faults.add({ kind: 'drip', ms: 20, match: isGet });
	const cancel = new AbortController();
	const { body } = await download(clientOf(sandbox, {}, { signal: cancel.signal }), {
		bucket: 'main',
		key: 'k',
	});
	const reading = failureOf(buffer(body));
	const startedAt = performance.now();
	cancel.abort();
	expect(await reading).toMatchObject({ code: 'CANCELLED' });
	expect(performance.now() - startedAt).toBeLessThan(250);
});

test('a drip of single bytes does not outlive the deadline', async () => {
	sandbox.faults.add({ kind: 'drip', ms: 50, match: isGet });
	const startedAt = performance.now();
	const { body } = await download(clientOf(sandbox, {}, { deadlineMs: 500 }), {
		bucket: 'main',
		key: 'k',
	});
	expect(await failureOf(buffer(body))).toMatchObject({ code: 'DEADLINE', kind: 'timeout' });
	expect(performance.now() - startedAt).toBeLessThan(750);
});

describe('servers that answer otherwise', () => {
	const answered = async (...answers: ScriptedAnswer[]) => {
		const scripted = await startScriptedServer();
		scripted.answer(...answers);
		try {
			return { ...(await read('k', clientOf(scripted))), requests: scripted.requests };
		} finally {
			await scripted.close();
		}
	};
	const whole = { status: 200, headers: { etag: '"e"' }, body: '0123456789' };
	const part = (range: string, body: string, cutAfter?: number) => ({
		status: 206,
		headers: { etag: '"e"', 'content-range': range },
		body,
		cutAfter,
	});

	test('the whole object instead of a range is taken', async () => {
		expect((await answered(whole)).bytes.toString()).toBe('0123456789');
	});

	test('the whole object instead of the rest is no continuation', async () => {
		const failure = await failureOf(answered({ ...whole, cutAfter: 4 }, whole));
		expect(failure).toMatchObject({ code: 'NO_RANGES', kind: 'invalid' });
	});

	test('another range than the one asked for is no continuation', async () => {
		const first = part('bytes 0-9/10', '0123456789', 4);
		const failure = await failureOf(answered(first, part('bytes 0-9/10', '0123456789')));
		expect(failure).toMatchObject({ code: 'NO_RANGES' });
		const { bytes } = await answered(first, part('bytes 4-9/10', '456789'));
		expect(bytes.toString()).toBe('0123456789');
	});
});

test('an answer without a length is a failure, not an empty file', async () => {
	const server = await startScriptedServer();
	try {
		server.answer({ status: 200, headers: { etag: '"e"' }, body: 'content', chunked: true });
		const failure = await failureOf(read('k', clientOf(server)));
		expect(failure).toMatchObject({ code: 'NO_LENGTH', kind: 'invalid' });
		expect(failure.message).toMatch(/"k"/);
	} finally {
		await server.close();
	}
});

test.each([
	['another ETag', { etag: '"new"', 'content-range': 'bytes 4-7/8' }],
	['another size', { 'content-range': 'bytes 4-7/9' }],
])(
	'where a server ignores If-Match, %s shows that the object was replaced',
	async (_by, headers) => {
		const server = await startScriptedServer();
		try {
			server.answer(
				{ status: 200, headers: { etag: '"old"' }, body: 'old old ', cutAfter: 4 },
				{ status: 206, headers, body: 'new!' },
			);
			const failure = await failureOf(read('k', clientOf(server)));
			expect(failure).toMatchObject({ code: 'OBJECT_CHANGED' });
		} finally {
			await server.close();
		}
	},
);
