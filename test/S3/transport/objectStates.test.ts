import { createBucket } from '../../../nodes/S3/transport/buckets';
import type { S3Client } from '../../../nodes/S3/transport/client';
import { conditionally } from '../../../nodes/S3/transport/conditions';
import { deleteObject } from '../../../nodes/S3/transport/deleteObject';
import { infoOf } from '../../../nodes/S3/transport/objectInfo';
import { headObject, putObject } from '../../../nodes/S3/transport/objects';
import { restoreObject } from '../../../nodes/S3/transport/restore';
import { rewriteObject } from '../../../nodes/S3/transport/rewrite';
import { getObjectTags } from '../../../nodes/S3/transport/tagging';
import { writeHeaders } from '../../../nodes/S3/transport/writeHeaders';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { clientOf, failureOf, isA } from '../clientOf';
import { errorXml, startScriptedServer, type ScriptedServer } from '../scriptedServer';

let sandbox: S3Sandbox;
let scripted: ScriptedServer;
let s3: S3Client;

beforeAll(async () => {
	sandbox = await startS3Sandbox();
	scripted = await startScriptedServer();
	s3 = clientOf(sandbox);
	await createBucket(s3, 'main', { ifExists: 'fail' });
});
afterAll(async () => {
	await sandbox.close();
	await scripted.close();
});
beforeEach(() => {
	sandbox.faults.clear();
	sandbox.requests.length = 0;
	scripted.requests.length = 0;
});

const place = (key: string) => ({ bucket: 'main', key });
const put = async (key: string, headers: Record<string, string> = {}) =>
	await putObject(s3, 'main', key, Buffer.from(key), headers);

test('the headers of an answer are plain values', () => {
	const info = infoOf(
		'b',
		'k',
		{
			etag: '"abc"',
			'last-modified': 'Wed, 25 Nov 2026 20:00:00 GMT',
			'x-amz-restore': 'ongoing-request="false", expiry-date="Fri, 27 Nov 2026 00:00:00 GMT"',
			'x-amz-expiration': 'expiry-date="Sat, 28 Nov 2026 00:00:00 GMT", rule-id="Rule%201"',
			'x-amz-object-lock-mode': 'GOVERNANCE',
			'x-amz-object-lock-retain-until-date': '2027-01-01T00:00:00.000000000Z',
			'x-amz-object-lock-legal-hold': 'OFF',
			'x-amz-server-side-encryption': 'aws:kms',
			'x-amz-server-side-encryption-bucket-key-enabled': 'true',
			'x-amz-mp-parts-count': '3',
			'x-amz-tagging-count': '2',
			'x-amz-replication-status': 'COMPLETED',
			'x-amz-checksum-crc32': 'AAAAAA==',
			expires: 'soon',
		},
		7,
	);
	expect(info).toEqual({
		...{ bucket: 'b', key: 'k', size: 7, etag: 'abc', metadata: {} },
		lastModified: '2026-11-25T20:00:00.000Z',
		restore: { inProgress: false, availableUntil: '2026-11-27T00:00:00.000Z' },
		expiration: { expiresAt: '2026-11-28T00:00:00.000Z', ruleId: 'Rule 1' },
		lock: { mode: 'GOVERNANCE', retainUntil: '2027-01-01T00:00:00.000Z', legalHold: false },
		encryption: { method: 'aws:kms', bucketKey: true },
		...{ partsCount: 3, tagCount: 2, replicationStatus: 'COMPLETED' },
		...{ checksums: { crc32: 'AAAAAA==' }, expires: 'soon' },
	});
});

describe('what is stored anew', () => {
	const set = { 'x-amz-meta-new': '1' };

	test('keeps what is not changed, and tags and storage class with it', async () => {
		const headers = {
			...{ 'content-type': 'text/csv', 'x-amz-meta-old': '2', 'x-amz-tagging': 'a=b' },
			...{ 'x-amz-storage-class': 'STANDARD_IA', 'cache-control': 'no-store' },
		};
		await put('kept', headers);
		await rewriteObject(s3, place('kept'), { set, clear: ['cache-control'] });
		const now = await headObject(s3, 'main', 'kept');
		expect(now).toMatchObject({ contentType: 'text/csv', storageClass: 'STANDARD_IA' });
		expect(now.metadata).toEqual({ old: '2', new: '1' });
		expect(now).not.toHaveProperty('cacheControl');
		expect(await getObjectTags(s3, place('kept'))).toEqual({ a: 'b' });
		expect(sandbox.read('main', 'kept')?.toString()).toBe('kept');
	});

	test('stays under the key of the customer', async () => {
		const customerKey = { key: 'k'.repeat(32), withoutTls: true };
		const encryption = { method: 'customer' as const, customerKey };
		await put('sse', writeHeaders(s3, { encryption, metadata: { old: '2' } }));
		await rewriteObject(s3, place('sse'), { set, customerKey });
		const now = await headObject(s3, 'main', 'sse', { customerKey });
		expect(now).toMatchObject({ encryption: { method: 'customer' }, metadata: { old: '2' } });
		expect(now.metadata).toHaveProperty('new');
	});

	test('is not changed when somebody replaced it meanwhile', async () => {
		await put('raced');
		const racing: S3Client = {
			...s3,
			call: async (request, read) => {
				if (request.operation === 'CopyObject')
					await putObject(s3, 'main', 'raced', Buffer.from('theirs'), {});
				return await s3.call(request, read);
			},
		};
		const failure = await failureOf(rewriteObject(racing, place('raced'), { set }));
		expect(failure).toMatchObject({ code: 'PreconditionFailed', kind: 'conflict' });
		expect(failure.hint).toMatch(/replaced/);
		expect((await headObject(s3, 'main', 'raced')).metadata).toEqual({});
	});

	test('a lost answer is a success: it is done once more, with the same outcome', async () => {
		await put('lost');
		sandbox.faults.add({ kind: 'resetAfter', times: 1, match: isA('CopyObject') });
		await rewriteObject(s3, place('lost'), { set });
		expect((await headObject(s3, 'main', 'lost')).metadata).toEqual({ new: '1' });
	});
});

describe('conditions on a server nobody knows', () => {
	const ifNew = { 'if-none-match': '*' };
	const write = async () => ({ etag: 'new' });

	test('what is there is found before anything is sent', async () => {
		scripted.answer({ status: 200, headers: { etag: '"old"' } });
		const failure = await failureOf(
			conditionally(clientOf(scripted), place('k'), ifNew, async () => {
				throw new Error('It must not write');
			}),
		);
		expect(failure).toMatchObject({ code: 'PreconditionFailed', phase: 'rejected' });
	});

	test('who may not look writes all the same', async () => {
		scripted.answer({ status: 403 });
		const { etag } = await conditionally(clientOf(scripted), place('k'), ifNew, write);
		expect(etag).toBe('new');
	});

	test('without a condition nothing is looked at', async () => {
		await conditionally(clientOf(scripted), place('k'), {}, write);
		expect(scripted.requests).toHaveLength(0);
	});
});

test('a conditional delete whose answer was lost is a success', async () => {
	const { etag } = await put('gone');
	sandbox.faults.add({ kind: 'resetAfter', times: 1, match: isA('DeleteObject') });
	await deleteObject(s3, 'main', 'gone', { ifMatch: etag });
	expect(sandbox.effects.get('main/gone')?.deletes).toBe(1);
	await put('stays');
	const failure = await failureOf(deleteObject(s3, 'main', 'stays', { ifMatch: etag }));
	expect(failure).toMatchObject({ code: 'PreconditionFailed', phase: 'rejected' });
	expect(sandbox.read('main', 'stays')?.toString()).toBe('stays');
});

test.each([
	[202, '', 'started'],
	[200, '', 'extended'],
	[409, errorXml('RestoreAlreadyInProgress'), 'inProgress'],
])('a restore answered with %i', async (status, body, meaning) => {
	scripted.answer({ status, body });
	const restore = { days: 2, tier: 'Bulk' as const };
	expect(await restoreObject(clientOf(scripted), place('k'), restore)).toBe(meaning);
	expect(scripted.requests[0]?.body).toContain('<Days>2</Days>');
});

test('the key of the customer is taken out of what the server says', async () => {
	const key = 'a-key-of-the-customer-of-32-bytes';
	const customerKey = { key: key.slice(0, 32), withoutTls: true };
	const sent = Buffer.from(customerKey.key).toString('base64');
	scripted.answer({
		status: 400,
		body: errorXml('InvalidArgument', `Bad keys: ${sent} ${customerKey.key}`),
	});
	const client = clientOf(scripted);
	const encryption = { method: 'customer' as const, customerKey };
	const headers = writeHeaders(client, { encryption });
	const failure = await failureOf(putObject(client, 'main', 'k', Buffer.from('x'), headers));
	expect(failure.message).toMatch(/Bad keys/);
	expect(failure.message).not.toContain(sent);
	expect(failure.message).not.toContain(customerKey.key);
});
