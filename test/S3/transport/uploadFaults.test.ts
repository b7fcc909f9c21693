import { randomBytes } from 'node:crypto';
import type { S3Sandbox } from '../../../sandbox/s3/server.ts';
import { clientOf, failureOf, isA } from '../clientOf';
import { isPart, PART, streamOf, UploadBench } from './uploadBench';

const IF_NEW = { 'if-none-match': '*' };

let bench: UploadBench;
let sandbox: S3Sandbox;

beforeEach(async () => {
	bench = await UploadBench.open();
	sandbox = bench.sandbox;
});
afterEach(async () => await sandbox.close());

describe('a part that fails', () => {
	test.each([
		['resetBefore', { kind: 'resetBefore' }],
		['resetAfter', { kind: 'resetAfter' }],
		['503', { kind: 'status', status: 503 }],
		['bytes damaged on the way', { kind: 'status', status: 400, code: 'BadDigest' }],
	] as const)('%s: only that part is sent again', async (_name, fault) => {
		sandbox.faults.add({ ...fault, times: 1, match: isPart(2) });
		await bench.sendBytes();
		expect(bench.isStored()).toBe(true);
		expect(sandbox.requests.filter(isPart(2))).toHaveLength(2);
		expect(bench.count('UploadPart')).toBe(4);
		expect(bench.writes()).toBe(1);
	});

	test.each([1, 2, 3])('part %i for good: the upload is aborted', async (number) => {
		sandbox.faults.add({ kind: 'status', status: 403, match: isPart(number) });
		const failure = await failureOf(bench.sendBytes());
		expect(failure).toMatchObject({ code: 'AccessDenied', kind: 'auth' });
		expect(sandbox.openUploads()).toEqual([]);
		expect(bench.count('CompleteMultipartUpload')).toBe(0);
		expect(bench.writes()).toBe(0);
	});

	test('308 without a place to go to is a failure as well', async () => {
		sandbox.faults.add({ kind: 'status', status: 308, match: isPart(2) });
		expect(await failureOf(bench.sendBytes())).toMatchObject({ status: 308 });
		expect(sandbox.openUploads()).toEqual([]);
		expect(bench.count('CompleteMultipartUpload')).toBe(0);
	});

	test('stops the other parts: nothing is sent after the abort', async () => {
		const bytes = randomBytes(8 * PART);
		sandbox.faults.add({ kind: 'status', status: 403, match: isPart(1) });
		sandbox.faults.add({ kind: 'delay', ms: 300, match: isA('UploadPart') });
		await failureOf(bench.send({ source: streamOf(bytes), size: bytes.length }));
		expect(bench.operations().at(-1)).toBe('AbortMultipartUpload');
		expect(bench.count('UploadPart')).toBeLessThan(8);
		await new Promise((resolve) => setTimeout(resolve, 400));
		expect(sandbox.openUploads()).toEqual([]);
		expect(bench.operations().at(-1)).toBe('AbortMultipartUpload');
	});

	test('an abort that fails as well does not hide why', async () => {
		sandbox.faults.add({ kind: 'status', status: 403, match: isPart(2) });
		sandbox.faults.add({ kind: 'status', status: 405, match: isA('AbortMultipartUpload') });
		expect(await failureOf(bench.sendBytes())).toMatchObject({ code: 'AccessDenied', status: 403 });
	});

	test('an abort whose answer is lost is sent again', async () => {
		sandbox.faults.add({ kind: 'status', status: 403, match: isPart(2) });
		sandbox.faults.add({ kind: 'resetBefore', times: 2, match: isA('AbortMultipartUpload') });
		expect(await failureOf(bench.sendBytes())).toMatchObject({ code: 'AccessDenied' });
		expect(sandbox.openUploads()).toEqual([]);
	});
});

describe('completing', () => {
	const complete = isA('CompleteMultipartUpload');

	describe.each([
		['answers the same again, as Amazon does', false],
		['does not know the upload any more, as MinIO does', true],
	])('at a server that %s', (_what, forgetsUploads) => {
		beforeEach(async () => {
			await sandbox.close();
			bench = await UploadBench.open({ forgetsUploads });
			sandbox = bench.sandbox;
		});

		test.each([{}, IF_NEW])('a lost answer is a success: it is there, once %j', async (headers) => {
			sandbox.faults.add({ kind: 'resetAfter', times: 1, match: complete });
			const { etag } = await bench.sendBytes({ headers });
			expect(bench.isStored()).toBe(true);
			expect(bench.writes()).toBe(1);
			expect(etag).toBe(sandbox.buckets.get('main')?.objects.get('k')?.etag);
			expect(sandbox.openUploads()).toEqual([]);
		});

		test('a lost answer with one request at a time does not wait for itself', async () => {
			sandbox.faults.add({ kind: 'resetAfter', times: 1, match: complete });
			const alone = clientOf(sandbox, { maxConcurrentRequests: 1 }, { deadlineMs: 3_000 });
			await bench.sendBytes({ headers: IF_NEW }, alone);
			expect(bench.writes()).toBe(1);
		});
	});

	test('a lost answer after which somebody else wrote the key is in doubt, and says so', async () => {
		await sandbox.close();
		bench = await UploadBench.open({ forgetsUploads: true });
		sandbox = bench.sandbox;
		sandbox.faults.add({ kind: 'resetAfter', times: 1, match: complete });
		// The second attempt comes when the object is another one already.
		sandbox.faults.add({
			kind: 'delay',
			ms: 0,
			times: 1,
			match: (request) => {
				if (!complete(request)) return false;
				const bucket = sandbox.buckets.get('main');
				const mine = bucket?.objects.get('k');
				if (mine) bucket?.objects.set('k', { ...mine, etag: 'f'.repeat(32) });
				return true;
			},
		});
		const failure = await failureOf(bench.sendBytes());
		expect(failure).toMatchObject({ code: 'NoSuchUpload', phase: 'maybeDone', attempts: 2 });
	});

	test('an error inside a 200 is no success: it is tried again', async () => {
		sandbox.faults.add({ kind: 'errorInside200', times: 2 });
		await bench.sendBytes();
		expect(bench.isStored()).toBe(true);
		expect(bench.count('CompleteMultipartUpload')).toBe(3);
	});

	test('an error inside a 200 that stays is a failure, and nothing stays behind', async () => {
		sandbox.faults.add({ kind: 'errorInside200' });
		expect(await failureOf(bench.sendBytes())).toMatchObject({ code: 'InternalError' });
		expect(sandbox.openUploads()).toEqual([]);
		expect(bench.writes()).toBe(0);
	});

	test('an upload that somebody aborted is a refusal, not a doubt', async () => {
		sandbox.faults.add({ kind: 'status', status: 404, code: 'NoSuchUpload', match: complete });
		expect(await failureOf(bench.sendBytes())).toMatchObject({
			code: 'NoSuchUpload',
			phase: 'rejected',
		});
	});

	test('only if new: an object that is there stays, and no parts stay behind', async () => {
		await bench.send({ source: streamOf(Buffer.from('theirs')) });
		const failure = await failureOf(bench.sendBytes({ headers: IF_NEW }));
		expect(failure).toMatchObject({ kind: 'conflict', phase: 'rejected' });
		expect(sandbox.read('main', 'k')?.toString()).toBe('theirs');
		expect(sandbox.openUploads()).toEqual([]);
	});
});
