import { getObjectAcl, putObjectAcl } from '../../../nodes/S3/transport/acl';
import type { S3Client } from '../../../nodes/S3/transport/client';
import {
	getLegalHold,
	getRetention,
	putLegalHold,
	putRetention,
} from '../../../nodes/S3/transport/objectLock';
import {
	deleteObjectTags,
	getObjectTags,
	putObjectTags,
} from '../../../nodes/S3/transport/tagging';
import { clientOf, failureOf } from '../clientOf';
import { errorXml, startScriptedServer, type ScriptedServer } from '../scriptedServer';

let server: ScriptedServer;
let s3: S3Client;

beforeAll(async () => {
	server = await startScriptedServer();
});
afterAll(async () => await server.close());
beforeEach(() => {
	server.requests.length = 0;
	s3 = clientOf(server);
});

const object = { bucket: 'b', key: 'k' };
const soon = new Date(Date.now() + 3_600_000).toISOString();
const methods = () => server.requests.map(({ method }) => method);

const reads: Array<[string, () => Promise<unknown>]> = [
	['ACL', async () => await getObjectAcl(s3, object)],
	['legal hold', async () => await getLegalHold(s3, object)],
	['retention', async () => await getRetention(s3, object)],
	['tags', async () => await getObjectTags(s3, object)],
];
const writes: Array<[string, () => Promise<unknown>]> = [
	['ACL written', async () => await putObjectAcl(s3, object, { acl: 'private' })],
	['legal hold written', async () => await putLegalHold(s3, object, true)],
	[
		'retention written',
		async () => await putRetention(s3, object, { mode: 'GOVERNANCE', retainUntil: soon }),
	],
	['tags written', async () => await putObjectTags(s3, object, { a: 'b' })],
	['tags deleted', async () => await deleteObjectTags(s3, object)],
];

// Swift (measured with 2.30) answers like this where it does not know what stands in the query.
describe.each([
	['a text', 'The content.'],
	['empty', ''],
	['an XML document', '<Report/>'],
	['large', Buffer.alloc(2 * 1024 * 1024, 'x')],
])('a server that sends the object instead, which is %s', (_what, body) => {
	const itself = {
		status: 200,
		headers: { etag: '"abc"', 'last-modified': 'Wed, 25 Nov 2026 20:00:00 GMT' },
		body,
	};

	test.each([...reads, ...writes])('no %s, and the object stays as it is', async (_name, call) => {
		server.answer(itself);
		const failure = await failureOf(call());
		expect(failure).toMatchObject({ code: 'NotImplemented', kind: 'invalid', phase: 'rejected' });
		expect(failure.message).toMatch(/it sent "k" in bucket "b" itself/);
		expect(methods()).toEqual(['GET']);
	});
});

test.each(writes)('no %s of an object that is not there', async (_name, call) => {
	server.answer({ status: 404, body: errorXml('NoSuchKey') });
	expect(await failureOf(call())).toMatchObject({ code: 'NoSuchKey' });
	expect(methods()).toEqual(['GET']);
});

test.each(writes)('no %s where nobody may look whether the server knows it', async (_n, call) => {
	server.answer({ status: 403, body: errorXml('AccessDenied') });
	const failure = await failureOf(call());
	expect(failure).toMatchObject({ code: 'AccessDenied' });
	expect(failure.hint).toMatch(/Allow the key to read it as well/);
	expect(methods()).toEqual(['GET']);
});

test('a grant without a permission grants nothing (s3rver)', async () => {
	const grant =
		'<Grant><Grantee><ID>abc</ID></Grantee></Grant><Permission>FULL_CONTROL</Permission>';
	server.answer({
		status: 200,
		body: `<AccessControlPolicy><Owner><ID>o</ID></Owner><AccessControlList>${grant}</AccessControlList></AccessControlPolicy>`,
	});
	expect(await getObjectAcl(s3, object)).toEqual({ owner: { id: 'o' }, grants: [] });
});

test('what the server knows is asked once', async () => {
	server.answer({ status: 404, body: errorXml('NoSuchObjectLockConfiguration') }, { status: 200 });
	await putLegalHold(s3, object, true);
	await putLegalHold(s3, { ...object, key: 'other' }, false);
	expect(methods()).toEqual(['GET', 'PUT', 'PUT']);
});
