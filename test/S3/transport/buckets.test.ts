import {
	createBucket,
	deleteBucket,
	headBucket,
	listBuckets,
} from '../../../nodes/S3/transport/buckets';
import type { S3Client } from '../../../nodes/S3/transport/client';
import { defaultAccount, startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { clientOf, failureOf, isA } from '../clientOf';
import { startScriptedServer } from '../scriptedServer';

const OTHER = { accessKeyId: 'AKIAOTHER', secretAccessKey: 'other-secret', buckets: ['theirs'] };
let sandbox: S3Sandbox;
let s3: S3Client;

beforeEach(async () => {
	sandbox = await startS3Sandbox({
		accounts: [{ ...defaultAccount, buckets: ['a-first', 'b-second', 'c-third'] }, OTHER],
	});
	s3 = clientOf(sandbox);
});
afterEach(async () => await sandbox.close());

const make = async (bucket: string, ifExists: 'fail' | 'keep' = 'fail', client = s3) =>
	await createBucket(client, bucket, { ifExists });

test('a bucket is created once, and found', async () => {
	expect(await make('a-first')).toBe(true);
	expect(await headBucket(s3, 'a-first')).toEqual({ exists: true, region: 'us-east-1' });
	expect(await headBucket(s3, 'b-second')).toMatchObject({ exists: false });
	const { buckets } = await listBuckets(s3);
	expect(buckets.map(({ name }) => name)).toEqual(['a-first']);
	expect(Date.parse(buckets[0]?.created ?? '')).toBeGreaterThan(Date.now() - 60_000);
});

test('a bucket is made in the region of the credential', async () => {
	await make('a-first', 'fail', clientOf(sandbox, { region: 'eu-west-1' }));
	expect(sandbox.buckets.get('a-first')?.region).toBe('eu-west-1');
});

test('what to do with one that is there already is said by the caller', async () => {
	await make('a-first');
	expect(await make('a-first', 'keep')).toBe(false);
	const failure = await failureOf(make('a-first'));
	expect(failure).toMatchObject({ code: 'BucketAlreadyOwnedByYou', kind: 'conflict', status: 409 });
	expect(failure.message).toMatch(/exists already and is yours/);
});

test('a name that somebody else has is never "kept"', async () => {
	await make('theirs', 'fail', clientOf(sandbox, OTHER));
	const failure = await failureOf(make('theirs', 'keep'));
	expect(failure).toMatchObject({ code: 'BucketAlreadyExists', kind: 'conflict' });
	expect(failure.hint).toMatch(/another name/);
});

test('a lost answer to the creation is not taken for a bucket that was there before', async () => {
	sandbox.faults.add({ kind: 'resetAfter', times: 1, match: isA('CreateBucket') });
	expect(await make('a-first')).toBe(true);
	expect(sandbox.requests).toHaveLength(2);
});

test('a bucket that was there before is not taken for the effect of a refused attempt', async () => {
	await make('a-first');
	sandbox.faults.add({ kind: 'status', status: 503, times: 1, match: isA('CreateBucket') });
	expect(await failureOf(make('a-first'))).toMatchObject({ code: 'BucketAlreadyOwnedByYou' });
});

test('a creation that meets another operation on the bucket is tried again', async () => {
	sandbox.faults.add({ kind: 'status', status: 409, code: 'OperationAborted', times: 1 });
	expect(await make('a-first')).toBe(true);
});

test('409 in other words is not "the name is taken"', async () => {
	const scripted = await startScriptedServer();
	scripted.answer({ status: 409, body: '<html>Conflict, says the proxy</html>' });
	const failure = await failureOf(make('a-first', 'keep', clientOf(scripted)));
	expect(failure).toMatchObject({ code: 'HTTP 409', kind: 'conflict' });
	expect(failure.message).toContain('Conflict, says the proxy');
	await scripted.close();
});

test.each(['', 'ab', 'UPPER', 'under_score', '10.0.0.1', 'two..dots', 'a/b', '..'])(
	'%j is refused before anything is sent',
	async (name) => {
		expect(await failureOf(make(name))).toMatchObject({ kind: 'invalid', phase: 'notSent' });
		expect(sandbox.requests).toHaveLength(0);
	},
);

test('an empty bucket is deleted, a full one is not', async () => {
	await make('a-first');
	await s3.call({ operation: 'PutObject', method: 'PUT', bucket: 'a-first', key: 'k' }, () => {});
	const failure = await failureOf(deleteBucket(s3, 'a-first'));
	expect(failure).toMatchObject({ code: 'BucketNotEmpty', kind: 'conflict' });
	expect(failure.hint).toMatch(/objects first/);
	await s3.call(
		{ operation: 'DeleteObject', method: 'DELETE', bucket: 'a-first', key: 'k' },
		() => {},
	);
	await deleteBucket(s3, 'a-first');
	expect(sandbox.buckets.size).toBe(0);
	expect(await failureOf(deleteBucket(s3, 'a-first'))).toMatchObject({ code: 'NoSuchBucket' });
});

test('a lost answer to the deletion is not taken for a bucket that never was', async () => {
	await make('a-first');
	sandbox.faults.add({ kind: 'resetAfter', times: 1, match: isA('DeleteBucket') });
	await deleteBucket(s3, 'a-first');
	expect(sandbox.buckets.size).toBe(0);
});

test('a bucket that never was is not taken for the effect of a refused attempt', async () => {
	sandbox.faults.add({ kind: 'status', status: 503, times: 1, match: isA('DeleteBucket') });
	expect(await failureOf(deleteBucket(s3, 'a-first'))).toMatchObject({ code: 'NoSuchBucket' });
});

test('a bucket of somebody else is not "not there"', async () => {
	await make('theirs', 'fail', clientOf(sandbox, OTHER));
	expect(await failureOf(headBucket(s3, 'theirs'))).toMatchObject({ status: 403, kind: 'auth' });
});
