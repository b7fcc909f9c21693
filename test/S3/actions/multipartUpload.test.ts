import { cleanUp } from '../../../nodes/S3/actions/multipartUpload/cleanUp.operation';
import { complete } from '../../../nodes/S3/actions/multipartUpload/complete.operation';
import { create } from '../../../nodes/S3/actions/multipartUpload/create.operation';
import { deleteOperation } from '../../../nodes/S3/actions/multipartUpload/delete.operation';
import { getMany } from '../../../nodes/S3/actions/multipartUpload/getMany.operation';
import { createPartUrl } from '../../../nodes/S3/actions/presignedUrl/createPartUrl.operation';
import { createBucket } from '../../../nodes/S3/transport/buckets';
import type { S3Client } from '../../../nodes/S3/transport/client';
import { headObject } from '../../../nodes/S3/transport/objects';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { clientOf, failureOf, isA } from '../clientOf';
import { act } from './acting';

const HOUR = 3_600_000;
let sandbox: S3Sandbox;
let s3: S3Client;

beforeEach(async () => {
	sandbox = await startS3Sandbox({ forgetsUploads: true });
	s3 = clientOf(sandbox);
	await createBucket(s3, 'bin', { ifExists: 'fail' });
});
afterEach(async () => await sandbox.close());

/** Begins an upload so many hours ago, with parts of these sizes. */
async function begin(key: string, hours = 0, parts: number[] = []): Promise<string> {
	const about = { bucket: 'bin', key };
	const uploadId = await s3.call(
		{ operation: 'CreateMultipartUpload', method: 'POST', ...about, query: [['uploads', '']] },
		({ body }) => /<UploadId>(.*)<\/UploadId>/.exec(body.toString())?.[1] ?? '',
	);
	for (const [n, size] of parts.entries()) {
		const query: Array<[string, string | number]> = [
			['partNumber', n + 1],
			['uploadId', uploadId],
		];
		const body = Buffer.alloc(size);
		await s3.call({ operation: 'UploadPart', method: 'PUT', ...about, query, body }, () => {});
	}
	const upload = sandbox.buckets.get('bin')?.uploads.get(uploadId);
	if (!upload) throw new Error('The upload is not there');
	upload.initiated -= hours * HOUR;
	return uploadId;
}
const open = () =>
	sandbox
		.openUploads()
		.map(({ key }) => key)
		.sort();

describe('Get Many', () => {
	const listed = async (input: object = {}) =>
		await act(getMany, s3, { bucket: 'bin', prefix: '', ...input });

	test('all of them, with sizes where these are wanted', async () => {
		const uploadId = await begin('a b/ü+1', 0, [10, 20]);
		await begin('b');
		const { rows } = await listed({ options: { includeSize: true } });
		expect(rows).toEqual([
			expect.objectContaining({ bucket: 'bin', key: 'a b/ü+1', uploadId, parts: 2, size: 30 }),
			expect.objectContaining({ key: 'b', parts: 0, size: 0 }),
		]);
		expect((await listed({ prefix: 'a' })).rows).toHaveLength(1);
		expect((await listed({ prefix: 'nothing' })).rows).toEqual([]);
	});

	test('over pages, also where many uploads are of one key', async () => {
		const model = sandbox.buckets.get('bin');
		const first = model?.uploads.get(await begin('same'));
		for (let n = 0; n < 1_500 && first; n++) {
			const uploadId = `id-${String(n).padStart(4, '0')}`;
			model?.uploads.set(uploadId, { ...first, uploadId, initiated: first.initiated + n + 1 });
		}
		await begin('zzz');
		const { rows } = await listed();
		expect(new Set(rows.map(({ uploadId }) => uploadId)).size).toBe(1_502);
		expect((await listed({ returnAll: false, limit: 1_200 })).rows).toHaveLength(1_200);
		const { rows: cleaned } = await act(cleanUp, s3, {
			bucket: 'bin',
			prefix: '',
			olderThanHours: 0,
		});
		expect(cleaned[0]).toMatchObject({ failed: 0 });
		expect(Number(cleaned[0]?.open)).toBe(1_502);
	});
});

describe('Delete', () => {
	const remove = async (key: string, uploadId: string) =>
		await act(deleteOperation, s3, { bucket: 'bin', key, uploadId });

	test('one upload, and not its neighbour', async () => {
		const uploadId = await begin('a', 0, [10]);
		await begin('b');
		expect((await remove('a', uploadId)).rows).toEqual([
			{ bucket: 'bin', key: 'a', uploadId, deleted: true },
		]);
		expect(open()).toEqual(['b']);
	});

	test('one that is not there fails, unless the answer to its end was lost', async () => {
		expect(await failureOf(remove('a', 'no-such-id'))).toMatchObject({ code: 'NoSuchUpload' });
		const uploadId = await begin('a');
		sandbox.faults.add({ kind: 'resetAfter', times: 1, match: isA('AbortMultipartUpload') });
		expect((await remove('a', uploadId)).rows[0]).toMatchObject({ deleted: true });
		expect(await failureOf(remove('a', uploadId))).toMatchObject({ code: 'NoSuchUpload' });
	});
});

describe('Clean Up', () => {
	const clean = async (input: object = {}) =>
		await act(cleanUp, s3, { bucket: 'bin', prefix: '', olderThanHours: 24, ...input });

	beforeEach(async () => {
		await begin('logs/old', 25, [10]);
		await begin('logs/new', 23);
		await begin('other/old', 100);
		sandbox.requests.length = 0;
	});

	test('the old ones go', async () => {
		const { rows } = await clean();
		expect(open()).toEqual(['logs/new']);
		expect(rows).toEqual([
			{
				bucket: 'bin',
				prefix: '',
				dryRun: false,
				open: 3,
				old: 2,
				aborted: 2,
				failed: 0,
				uploads: [
					expect.objectContaining({ key: 'logs/old', uploadId: expect.stringMatching(/./) }),
					expect.objectContaining({ key: 'other/old' }),
				],
			},
		]);
	});

	test('only those under the prefix, and none in a dry run', async () => {
		const { rows } = await clean({ prefix: 'logs/', options: { dryRun: true } });
		expect(rows[0]).toMatchObject({ dryRun: true, open: 2, old: 1, aborted: 0 });
		expect(open()).toHaveLength(3);
		await clean({ prefix: 'logs/' });
		expect(open()).toEqual(['logs/new', 'other/old']);
	});

	test('what cannot be aborted fails the item or is reported; the others are aborted', async () => {
		const refuse = () =>
			sandbox.faults.add({
				kind: 'status',
				status: 403,
				code: 'AccessDenied',
				match: (request) => isA('AbortMultipartUpload')(request) && request.key === 'logs/old',
			});
		refuse();
		const report = await clean({ options: { ifSomeFail: 'report' } });
		expect(report.rows[0]).toMatchObject({
			aborted: 1,
			failed: 1,
			failures: [{ key: 'logs/old' }],
		});
		expect(report.files.get('failures.ndjson')).toMatch(/"logs\/old"/);
		const failure = await failureOf(clean());
		expect(failure).toMatchObject({ code: 'PARTIAL_FAILURE', kind: 'auth' });
		expect(failure.message).toMatch(/0 uploads .* 1 could not be: "logs\/old"/);
		expect(open()).toEqual(['logs/new', 'logs/old']);
	});

	test('an age below zero is refused', async () => {
		expect(await failureOf(clean({ olderThanHours: -1 }))).toMatchObject({ phase: 'notSent' });
		expect(open()).toHaveLength(3);
	});
});

describe('Create and Complete', () => {
	const make = async (input: object = {}) => {
		const { rows } = await act(create, s3, { bucket: 'bin', key: 'a.txt', ...input });
		return String(rows[0]?.uploadId);
	};
	const send = async (uploadId: string, partNumber: number, content: string) => {
		const about = { bucket: 'bin', key: 'a.txt' };
		const { rows } = await act(createPartUrl, s3, {
			...{ ...about, uploadId, firstPart: partNumber, parts: 1, expiresIn: 60 },
		});
		const answer = await fetch(String(rows[0]?.url), { method: 'PUT', body: content });
		expect(answer.status).toBe(200);
		return { partNumber, etag: answer.headers.get('etag') };
	};
	const finish = async (uploadId: string, input: object = {}) =>
		(await act(complete, s3, { bucket: 'bin', key: 'a.txt', uploadId, parts: 'stored', ...input }))
			.rows[0];
	const LONG = 'x'.repeat(5 * 1024 ** 2);
	const stored = () => sandbox.read('bin', 'a.txt')?.toString();
	const given = (...parts: object[]) => ({ parts: 'given', partsJson: parts });

	test('parts that came by URLs become an object with what it was begun with', async () => {
		const tags = { rows: [{ name: 'stage', value: 'test' }] };
		const metadataJson = { a: '1' };
		const uploadId = await make({ options: { tags, metadataJson, storageClass: 'STANDARD_IA' } });
		await send(uploadId, 7, 'end');
		await send(uploadId, 2, LONG);
		expect(await finish(uploadId, { options: { numberOfParts: 2, tags } })).toEqual({
			...{ bucket: 'bin', key: 'a.txt', parts: 2, size: LONG.length + 3 },
			etag: expect.stringMatching(/-2$/),
		});
		expect(stored()).toBe(`${LONG}end`);
		const object = sandbox.buckets.get('bin')?.objects.get('a.txt');
		expect(object?.tags.get('stage')).toBe('test');
		const info = await headObject(s3, 'bin', 'a.txt');
		expect(info).toMatchObject({ metadata: { a: '1' }, storageClass: 'STANDARD_IA' });
		expect(info.contentType).toMatch(/^text\/plain/);
		expect(open()).toEqual([]);
	});

	test('of the parts that are given, in whatever order', async () => {
		const uploadId = await make();
		const end = await send(uploadId, 3, 'end');
		await send(uploadId, 2, 'another try');
		const first = await send(uploadId, 1, LONG);
		expect(await finish(uploadId, given(end, first))).toMatchObject({ parts: 2 });
		expect(stored()).toBe(`${LONG}end`);
	});

	test('tags that the upload was begun without are set', async () => {
		const uploadId = await make();
		await send(uploadId, 1, 'x');
		await finish(uploadId, { options: { tagsJson: { late: 'yes' } } });
		expect(sandbox.buckets.get('bin')?.objects.get('a.txt')?.tags.get('late')).toBe('yes');
	});

	test('too few parts, or none, complete nothing', async () => {
		const uploadId = await make();
		expect(await failureOf(finish(uploadId))).toMatchObject({ code: 'PARTS_MISSING' });
		for (const number of [1, 2, 4]) await send(uploadId, number, LONG);
		const failure = await failureOf(finish(uploadId, { options: { numberOfParts: 4 } }));
		expect(failure.message).toMatch(/has 3 of 4 parts: 1-2, 4\./);
		expect(await failureOf(finish(uploadId, given()))).toMatchObject({ code: 'PARTS_MISSING' });
		expect(stored()).toBeUndefined();
		expect(open()).toEqual(['a.txt']);
	});

	test('a lost answer is a success, also where nobody knows the sizes', async () => {
		for (const known of [true, false]) {
			const uploadId = await make();
			const part = await send(uploadId, 1, `known: ${known}`);
			sandbox.faults.add({ kind: 'resetAfter', times: 1, match: isA('CompleteMultipartUpload') });
			expect(await finish(uploadId, known ? {} : given(part))).toMatchObject({ parts: 1 });
			expect(stored()).toBe(`known: ${known}`);
		}
		expect(sandbox.effects.get('bin/a.txt')?.writes).toBe(2);
	});

	test('an error inside a 200 is tried again; only if new holds', async () => {
		const uploadId = await make();
		await send(uploadId, 1, 'first');
		sandbox.faults.add({ kind: 'errorInside200', times: 1 });
		await finish(uploadId, { options: { onlyIfNew: true } });
		const second = await make();
		await send(second, 1, 'second');
		const refused = finish(second, { options: { onlyIfNew: true } });
		expect(await failureOf(refused)).toMatchObject({ code: 'PreconditionFailed' });
		expect(stored()).toBe('first');
		expect(open()).toEqual(['a.txt']);
	});

	test('an upload that is over says so', async () => {
		const uploadId = await make();
		await send(uploadId, 1, 'x');
		await finish(uploadId);
		expect(await failureOf(finish(uploadId))).toMatchObject({ code: 'NoSuchUpload' });
	});

	test.each([
		[{}, /must be a list/],
		[['x'], /"partNumber" from 1 to 10000/],
		[[{ partNumber: 0, etag: 'e' }], /"partNumber" from 1 to 10000/],
		[[{ partNumber: 1 }], /no "etag" for part 1/],
		[
			[
				{ partNumber: 1, etag: 'a' },
				{ partNumber: 1, etag: 'b' },
			],
			/part 1 twice/,
		],
	])('parts that are none are refused before anything is sent: %j', async (partsJson, words) => {
		sandbox.requests.length = 0;
		const failure = await failureOf(finish('id', { parts: 'given', partsJson }));
		expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent' });
		expect(failure.message).toMatch(words);
		expect(sandbox.requests).toEqual([]);
	});

	test('a key of the customer is refused: no URL carries it', async () => {
		const settings = { method: 'customer', customerKey: 'k'.repeat(32), withoutTls: true };
		const failure = await failureOf(make({ options: { encryption: { settings } } }));
		expect(failure.message).toMatch(/"Encryption" cannot be Customer Key/);
		expect(open()).toEqual([]);
	});
});
