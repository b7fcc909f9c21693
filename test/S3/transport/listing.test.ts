import { createBucket } from '../../../nodes/S3/transport/buckets';
import type { S3Client } from '../../../nodes/S3/transport/client';
import type { Listing } from '../../../nodes/S3/transport/listing';
import { listObjects } from '../../../nodes/S3/transport/listing';
import { putObject } from '../../../nodes/S3/transport/objects';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { oddKeys } from '../../sandbox/s3/oddKeys.ts';
import { clientOf, failureOf, isA } from '../clientOf';
import { startScriptedServer } from '../scriptedServer';

let sandbox: S3Sandbox;
let s3: S3Client;

async function fill(bucket: string, keys: string[]) {
	await createBucket(s3, bucket, { ifExists: 'fail' });
	await Promise.all(keys.map((key) => putObject(s3, bucket, key, Buffer.from(key), {})));
}

beforeAll(async () => {
	sandbox = await startS3Sandbox();
	s3 = clientOf(sandbox);
	await fill(
		'many',
		Array.from({ length: 2_500 }, (_, n) => `k${String(n).padStart(4, '0')}`),
	);
	await fill('odd', oddKeys);
	await fill('folders', [
		'a/1',
		'a/2',
		'b',
		'c/1',
		'c/d/2',
		'logs/x',
		'logs2/b',
		'logs-old.txt',
		'z',
	]);
}, 60_000);
afterAll(async () => await sandbox.close());
beforeEach(() => {
	sandbox.faults.clear();
	sandbox.requests.length = 0;
});

async function list(bucket: string, listing: Partial<Listing> = {}, client = s3) {
	const rows = [];
	for await (const page of listObjects(client, bucket, { limit: Infinity, ...listing })) {
		rows.push(...page);
	}
	return rows;
}
const keysOf = (rows: Array<{ key: string }>) => rows.map(({ key }) => key);

test('all pages, in order, each object once', async () => {
	const rows = await list('many');
	expect(rows).toHaveLength(2_500);
	expect(keysOf(rows)).toEqual([...new Set(keysOf(rows))].sort());
	expect(sandbox.requests).toHaveLength(3);
	expect(rows[0]).toEqual({
		type: 'object',
		bucket: 'many',
		key: 'k0000',
		size: 5,
		etag: expect.stringMatching(/^[0-9a-f]{32}$/),
		lastModified: expect.stringMatching(/^20\d\d-/),
		storageClass: 'STANDARD',
	});
});

test.each([
	[1, 1],
	[999, 1],
	[1_000, 1],
	[1_001, 2],
	[2_499, 3],
	[2_500, 3],
	[9_999, 3],
])('a limit of %i is exact, and asks for no more than %i pages', async (limit, pages) => {
	expect(await list('many', { limit })).toHaveLength(Math.min(limit, 2_500));
	expect(sandbox.requests).toHaveLength(pages);
});

test('two listings at once do not mix their pages', async () => {
	const [one, two] = await Promise.all([list('many'), list('many', { prefix: 'k1' })]);
	expect(one).toHaveLength(2_500);
	expect(two).toHaveLength(1_000);
});

test('odd keys come back as they are, in the order of their bytes', async () => {
	const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
	expect(keysOf(await list('odd'))).toEqual([...oddKeys].sort(byBytes));
});

test.each(oddKeys)('the prefix %j finds its key', async (prefix) => {
	expect(keysOf(await list('odd', { prefix }))).toContain(prefix);
});

test('a prefix is what keys begin with, not a folder', async () => {
	expect(keysOf(await list('folders', { prefix: 'logs' }))).toEqual([
		'logs-old.txt',
		'logs/x',
		'logs2/b',
	]);
	expect(keysOf(await list('folders', { prefix: 'logs/' }))).toEqual(['logs/x']);
});

test('a delimiter folds, and folders stand among the objects in order', async () => {
	const rows = await list('folders', { delimiter: '/' });
	expect(rows.map(({ type, key }) => `${type} ${key}`)).toEqual([
		'prefix a/',
		'object b',
		'prefix c/',
		'object logs-old.txt',
		'prefix logs/',
		'prefix logs2/',
		'object z',
	]);
	expect(keysOf(await list('folders', { delimiter: '/', prefix: 'c/' }))).toEqual(['c/1', 'c/d/']);
});

test('objects and folders count together for the limit', async () => {
	expect(keysOf(await list('folders', { delimiter: '/', limit: 3 }))).toEqual(['a/', 'b', 'c/']);
});

test('an odd delimiter and odd folders come back as they are', async () => {
	await fill('delimiters', ['ü +/1', 'ü +/2', 'a%2Fb/1', '%/']);
	const rows = await list('delimiters', { delimiter: '/' });
	expect(keysOf(rows).sort()).toEqual(['%/', 'a%2Fb/', 'ü +/']);
	const folded = await list('delimiters', { delimiter: 'ü +' });
	expect(keysOf(folded)).toContain('ü +');
});

test('an empty bucket and a prefix without objects are empty lists', async () => {
	await fill('empty', []);
	expect(await list('empty')).toEqual([]);
	expect(await list('folders', { prefix: 'nothing' })).toEqual([]);
});

test('a page that breaks is asked for again, the others are not', async () => {
	sandbox.faults.add({
		kind: 'truncate',
		times: 2,
		match: (request) => isA('ListObjectsV2')(request) && 'continuation-token' in request.query,
	});
	expect(await list('many')).toHaveLength(2_500);
	expect(sandbox.requests).toHaveLength(5);
});

test('a bucket that is not there says so', async () => {
	expect(await failureOf(list('nowhere'))).toMatchObject({ code: 'NoSuchBucket', kind: 'invalid' });
});

describe('servers that answer otherwise', () => {
	const page = (more: string, truncated = false) =>
		`<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><IsTruncated>${truncated}</IsTruncated>${more}</ListBucketResult>`;
	const entry = (key: string) => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`;
	const answered = async (bodies: string[]) => {
		const scripted = await startScriptedServer();
		scripted.answer(...bodies.map((body) => ({ status: 200, body })));
		try {
			const rows = await list('b', {}, clientOf(scripted, {}, { maxAttempts: 1 }));
			return { keys: keysOf(rows), requests: scripted.requests.length };
		} finally {
			await scripted.close();
		}
	};

	test('a log-in page with status 200 is no empty bucket', async () => {
		expect(await failureOf(answered(['<html><body>Log in</body></html>']))).toMatchObject({
			kind: 'unavailable',
			status: 200,
		});
	});

	test('more without a token for it (only ListObjects v1 known) is no end of the list', async () => {
		const failure = await failureOf(answered([page(entry('k'), true)]));
		expect(failure).toMatchObject({ code: 'NO_NEXT_PAGE' });
		expect(failure.message).toMatch(/holds more/);
	});

	test('the same token again is no endless loop', async () => {
		const same = page(`${entry('k')}<NextContinuationToken>t</NextContinuationToken>`, true);
		expect(await failureOf(answered([same]))).toMatchObject({ code: 'NO_NEXT_PAGE' });
	});

	test('an empty page in the middle is no end of the list', async () => {
		const empty = page('<NextContinuationToken>t</NextContinuationToken>', true);
		expect((await answered([empty, page(entry('k'))])).keys).toEqual(['k']);
	});

	test('keys without encoding, with control characters as Ceph writes them', async () => {
		const { keys } = await answered([page(entry('a&#x01;b%41+c'))]);
		expect(keys).toEqual(['a\u0001b%41+c']);
	});

	test('a prefix that the server repeats without encoding, with a character that XML forbids', async () => {
		const { keys } = await answered([page(`<Prefix>a\ufffe</Prefix>${entry('a%EF%BF%BE')}`)]);
		expect(keys).toEqual(['a%EF%BF%BE']);
	});

	test('keys in encoding, with the apostrophe escaped on top as Ceph writes it', async () => {
		const body = page(`<EncodingType>url</EncodingType>${entry('it&apos;s%20%2B%25')}`);
		expect((await answered([body])).keys).toEqual(["it's +%"]);
	});
});
