import { Readable } from 'node:stream';
import { PartBuffers } from '../../../nodes/S3/transport/partBuffers';
import type { RecordedRequest, S3Sandbox } from '../../../sandbox/s3/server.ts';
import { clientOf, failureOf, isA } from '../clientOf';
import { BYTES, isPart, MIB, streamOf, UploadBench } from './uploadBench';

let bench: UploadBench;
let sandbox: S3Sandbox;

beforeEach(async () => {
	bench = await UploadBench.open();
	sandbox = bench.sandbox;
});
afterEach(async () => await sandbox.close());

describe('cancelled', () => {
	const within = async (ms: number, promise: Promise<unknown>) => {
		const startedAt = performance.now();
		const failure = await failureOf(promise);
		expect(performance.now() - startedAt).toBeLessThan(ms);
		return failure;
	};
	/** Runs an upload, and cancels it when the request has arrived. */
	const cancelAt = async (arrives: (request: RecordedRequest) => boolean) => {
		const cancel = new AbortController();
		sandbox.faults.add({ kind: 'hang', match: arrives });
		const source = streamOf(BYTES);
		const client = clientOf(sandbox, {}, { signal: cancel.signal });
		const uploading = bench.send({ source, size: BYTES.length }, client);
		uploading.catch(() => {});
		while (!sandbox.requests.some(arrives)) await new Promise((resolve) => setTimeout(resolve, 5));
		cancel.abort();
		const failure = await within(100, uploading);
		expect(source.destroyed).toBe(true);
		return failure;
	};
	const becomesTrue = async (condition: () => boolean) => {
		for (let n = 0; n < 100 && !condition(); n++) {
			await new Promise((resolve) => setTimeout(resolve, 10));
		}
		expect(condition()).toBe(true);
	};

	test('during a part: ends at once, and the parts are removed behind it', async () => {
		expect(await cancelAt(isPart(2))).toMatchObject({ code: 'CANCELLED' });
		await becomesTrue(() => sandbox.openUploads().length === 0);
	});

	test('while completing: nobody can know', async () => {
		expect(await cancelAt(isA('CompleteMultipartUpload'))).toMatchObject({
			code: 'CANCELLED',
			phase: 'maybeDone',
		});
	});

	test('while waiting for memory', async () => {
		const others = new PartBuffers(96 * MIB, 1);
		await others.take(new AbortController().signal);
		const cancel = new AbortController();
		const uploading = bench.sendBytes({}, clientOf(sandbox, {}, { signal: cancel.signal }));
		uploading.catch(() => {});
		await new Promise((resolve) => setImmediate(resolve));
		cancel.abort();
		expect(await within(100, uploading)).toMatchObject({ code: 'CANCELLED', phase: 'notSent' });
		others.close();
		expect(sandbox.requests).toHaveLength(0);
		await bench.sendBytes();
	});

	test('while the source gives nothing', async () => {
		const cancel = new AbortController();
		const source = new Readable({ read() {} });
		const uploading = bench.send({ source }, clientOf(sandbox, {}, { signal: cancel.signal }));
		uploading.catch(() => {});
		await new Promise((resolve) => setImmediate(resolve));
		cancel.abort();
		expect(await within(100, uploading)).toMatchObject({ code: 'CANCELLED' });
	});
});
