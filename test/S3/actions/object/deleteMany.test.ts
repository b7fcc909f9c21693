import { deleteMany } from '../../../../nodes/S3/actions/object/deleteMany.operation';
import { createBucket } from '../../../../nodes/S3/transport/buckets';
import type { S3Client } from '../../../../nodes/S3/transport/client';
import { putObject } from '../../../../nodes/S3/transport/objects';
import { Failure } from '../../../../nodes/shared/resilience/failure';
import { startS3Sandbox, type S3Sandbox } from '../../../../sandbox/s3/server.ts';
import { oddKeys } from '../../../sandbox/s3/oddKeys.ts';
import { clientOf, isA } from '../../clientOf';
import { errorXml, startScriptedServer } from '../../scriptedServer';

let sandbox: S3Sandbox;
let s3: S3Client;

beforeEach(async () => {
	sandbox = await startS3Sandbox();
	s3 = clientOf(sandbox);
	for (const bucket of ['one', 'two']) await createBucket(s3, bucket, { ifExists: 'fail' });
	sandbox.requests.length = 0;
});
afterEach(async () => await sandbox.close());

const fill = async (keys: string[], bucket = 'one') => {
	await Promise.all(keys.map((key) => putObject(s3, bucket, key, Buffer.from(key), {})));
	sandbox.requests.length = 0;
};
const inBucket = (keys: string[], bucket = 'one') => keys.map((key) => ({ bucket, key }));
const run = async (targets: Array<{ bucket: string; key: string }>, client = s3) =>
	await deleteMany.executeAll(
		client,
		targets.map((target) => ({ options: {}, ...target })),
	);
/** The code of the failure, or "done". */
const ends = (results: unknown[]) =>
	results.map((result) => (result instanceof Failure ? result.code : 'done'));
const left = (bucket = 'one') => [...(sandbox.buckets.get(bucket)?.objects.keys() ?? [])];

test('takes 1,000 keys in one request', async () => {
	const keys = Array.from({ length: 1_000 }, (_, n) => `k${n}`);
	await fill(keys);
	expect(deleteMany.batchSize).toBe(1_000);
	const results = await run(inBucket(keys));
	expect(results[999]).toEqual({ bucket: 'one', key: 'k999', deleted: true });
	expect(left()).toEqual([]);
	expect(sandbox.requests).toHaveLength(1);
});

test('deletes odd keys as they are, those that XML cannot carry one by one', async () => {
	await fill([...oddKeys, 'stays']);
	expect(ends(await run(inBucket(oddKeys)))).toEqual(oddKeys.map(() => 'done'));
	expect(left()).toEqual(['stays']);
	const batches = sandbox.requests.filter(isA('DeleteObjects'));
	expect(batches).toHaveLength(1);
	expect(sandbox.requests.length).toBeLessThan(5);
});

test('a key that is not there counts as deleted, and one that is named twice as well', async () => {
	await fill(['a']);
	expect(ends(await run(inBucket(['a', 'nope', 'a'])))).toEqual(['done', 'done', 'done']);
	expect(sandbox.effects.get('one/a')?.deletes).toBe(1);
});

test('each key that may not be deleted fails by itself, in its place', async () => {
	await fill(['a', 'b', 'c']);
	sandbox.denyDelete.add('one/b');
	const results = await run(inBucket(['a', 'b', 'c', 'b']));
	expect(ends(results)).toEqual(['done', 'AccessDenied', 'done', 'AccessDenied']);
	expect(results[1]).toMatchObject({ kind: 'auth', phase: 'rejected', attempts: 1 });
	expect(left()).toEqual(['b']);
});

test('buckets do not share a request, nor their failures', async () => {
	await fill(['a', 'b']);
	await fill(['a', 'b'], 'two');
	const results = await run([
		{ bucket: 'two', key: 'a' },
		{ bucket: 'nowhere', key: 'a' },
		{ bucket: 'one', key: 'a' },
		{ bucket: 'two', key: 'b' },
	]);
	expect(ends(results)).toEqual(['done', 'NoSuchBucket', 'done', 'done']);
	expect(left()).toEqual(['b']);
	expect(left('two')).toEqual([]);
	expect(sandbox.requests).toHaveLength(3);
});

test('one key that is no key does not fail the request of the others', async () => {
	await fill(['a', 'b']);
	const results = await run(inBucket(['a', 'k'.repeat(1_025), 'half \ud800', 'b']));
	expect(ends(results)).toEqual(['done', 'INVALID_PARAMETER', 'INVALID_PARAMETER', 'done']);
	expect(results[1]).toMatchObject({ phase: 'notSent' });
	expect(left()).toEqual([]);
});

test('a lost answer is repeated, and nothing is deleted twice', async () => {
	await fill(['a', 'b']);
	sandbox.faults.add({ kind: 'resetAfter', times: 1 });
	expect(ends(await run(inBucket(['a', 'b'])))).toEqual(['done', 'done']);
	expect(sandbox.effects.get('one/a')?.deletes).toBe(1);
});

describe.each([
	[501, 'NotImplemented'],
	// Google
	[400, 'NotImplemented'],
	[405, 'MethodNotAllowed'],
])('where the server answers DeleteObjects with %i %s', (status, code) => {
	beforeEach(() => {
		sandbox.faults.add({ kind: 'status', status, code, match: isA('DeleteObjects') });
	});

	test('keys are deleted one by one, and each fails by itself', async () => {
		await fill(['a', 'b', 'c']);
		sandbox.denyDelete.add('one/b');
		const results = await run(inBucket(['a', 'b', 'nope', 'c', 'a']));
		expect(ends(results)).toEqual(['done', 'AccessDenied', 'done', 'done', 'done']);
		expect(results[1]).toMatchObject({ kind: 'auth', phase: 'rejected', attempts: 1 });
		expect(left()).toEqual(['b']);
		expect(sandbox.effects.get('one/a')?.deletes).toBe(1);
	});

	test('a run asks once', async () => {
		await fill(['a', 'b']);
		await fill(['a', 'b'], 'two');
		await run([...inBucket(['a', 'b']), ...inBucket(['a', 'b'], 'two')]);
		expect(sandbox.requests.filter(isA('DeleteObjects'))).toHaveLength(1);
		expect([...left(), ...left('two')]).toEqual([]);
	});
});

test('a server that refuses DeleteObjects without a word is not asked five times', async () => {
	const scripted = await startScriptedServer();
	scripted.answer({ status: 501 }, { status: 204 });
	const results = await run(inBucket(['a', 'b']), clientOf(scripted));
	await scripted.close();
	expect(ends(results)).toEqual(['done', 'done']);
	expect(scripted.requests.map(({ method }) => method)).toEqual(['POST', 'DELETE', 'DELETE']);
});

test('a refused credential is not shown to the server once more for the next bucket', async () => {
	const wrong = clientOf(sandbox, { secretAccessKey: 'wrong' });
	const results = await run([...inBucket(['a']), ...inBucket(['a'], 'two')], wrong);
	expect(ends(results)).toEqual(['SignatureDoesNotMatch', 'SignatureDoesNotMatch']);
	expect(results[1]).toMatchObject({ phase: 'notSent' });
	expect(sandbox.requests).toHaveLength(1);
});

describe('answers that our own server does not give', () => {
	const result = (...entries: string[]) =>
		`<?xml version="1.0"?><DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${entries.join('')}</DeleteResult>`;
	const done = (key: string) => `<Deleted><Key>${key}</Key></Deleted>`;
	const refused = (key: string, code: string) =>
		`<Error><Key>${key}</Key><Code>${code}</Code><Message></Message></Error>`;
	const answered = async (bodies: string[], keys: string[]) => {
		const scripted = await startScriptedServer();
		scripted.answer(...bodies.map((body) => ({ status: 200, body })));
		const results = await run(inBucket(keys), clientOf(scripted, {}, { maxAttempts: 3 }));
		await scripted.close();
		const asked = scripted.requests.map(({ body }) =>
			[...body.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key),
		);
		return { ends: ends(results), results, asked };
	};

	test('keys that the server was too busy for are asked for again, without the others', async () => {
		const { ends, asked } = await answered(
			[
				result(done('a'), refused('b', 'SlowDown'), refused('c', 'AccessDenied')),
				result(done('b')),
			],
			['a', 'b', 'c'],
		);
		expect(ends).toEqual(['done', 'done', 'AccessDenied']);
		expect(asked).toEqual([['a', 'b', 'c'], ['b']]);
	});

	test('keys that the server stays too busy for fail with their own reason', async () => {
		const { ends, results, asked } = await answered(
			[result(done('a'), refused('b', 'SlowDown'), refused('c', 'InternalError'))],
			['a', 'b', 'c'],
		);
		expect(ends).toEqual(['done', 'SlowDown', 'InternalError']);
		expect(results[1]).toMatchObject({ kind: 'throttled', phase: 'rejected', attempts: 3 });
		expect(results[2]).toMatchObject({ kind: 'unavailable', phase: 'maybeDone' });
		expect(asked).toHaveLength(3);
	});

	test('what was done before the server broke down stays done', async () => {
		const { ends } = await answered(
			[result(done('a'), refused('b', 'SlowDown')), errorXml('AccessDenied')],
			['a', 'b'],
		);
		expect(ends).toEqual(['done', 'AccessDenied']);
	});

	test('a key that the answer does not mention is in doubt', async () => {
		const { ends, results } = await answered([result(done('a'))], ['a', 'b']);
		expect(ends).toEqual(['done', 'NOT_CONFIRMED']);
		expect(results[1]).toMatchObject({ phase: 'maybeDone' });
	});
});
