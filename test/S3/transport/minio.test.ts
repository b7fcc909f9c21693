import { conditionally } from '../../../nodes/S3/transport/conditions';
import { deleteObject } from '../../../nodes/S3/transport/deleteObject';
import { listObjects } from '../../../nodes/S3/transport/listing';
import { listUploads } from '../../../nodes/S3/transport/multipartListing';
import { headObject, putObject } from '../../../nodes/S3/transport/objects';
import { clientOf, failureOf } from '../clientOf';
import { errorXml, startScriptedServer, type ScriptedServer } from '../scriptedServer';

let server: ScriptedServer;

beforeAll(async () => {
	server = await startScriptedServer();
});
afterAll(async () => await server.close());
beforeEach(() => (server.requests.length = 0));

const uploads = (...keys: string[]) => ({
	status: 200,
	body: `<ListMultipartUploadsResult>${keys
		.map((key) => `<Upload><Key>${key}</Key><UploadId>u</UploadId></Upload>`)
		.join('')}<IsTruncated>false</IsTruncated></ListMultipartUploadsResult>`,
});

describe('uploads that begin with a prefix', () => {
	const found = async (credential = {}) => {
		const keys: string[] = [];
		for await (const page of listUploads(clientOf(server, credential), 'b', 'logs/'))
			keys.push(...page.map(({ key }) => key));
		return keys;
	};

	// https://github.com/minio/minio/issues/20989
	test('are found on a server that knows whole keys only', async () => {
		server.answer(uploads(), uploads('images/1', 'logs/1', 'logs/2'));
		expect(await found()).toEqual(['logs/1', 'logs/2']);
		expect(server.requests.map(({ target }) => target.includes('prefix='))).toEqual([true, false]);
	});

	test.each([
		['that found some', {}, ['logs/1']],
		['that is known to take prefixes', { provider: 'ceph' }, []],
	])('are asked for once of a server %s', async (_what, credential, keys) => {
		server.answer(uploads(...keys));
		expect(await found(credential)).toEqual(keys);
		expect(server.requests).toHaveLength(1);
	});
});

// https://github.com/minio/minio/blob/master/cmd/api-errors.go
test.each([
	[400, 'XMinioInvalidObjectName', 'invalid', /choose another key/],
	[400, 'XMinioInvalidResourceName', 'invalid', /choose another key/],
	[400, 'KeyTooLongError', 'invalid', /255 between two slashes/],
	[400, 'MetadataTooLarge', 'invalid', /2 KiB/],
	[400, 'XMinioAdminBucketQuotaExceeded', 'invalid', /quota/],
	[409, 'XMinioObjectExistsAsDirectory', 'conflict', /choose another key/],
	[400, 'XMinioParentIsObject', 'conflict', /choose another key/],
	[507, 'XMinioStorageFull', 'invalid', /no room left/],
])('%i %s is said once, with what to do', async (status, code, kind, hint) => {
	server.answer({ status, body: errorXml(code) });
	const failure = await failureOf(putObject(clientOf(server), 'b', 'k', Buffer.from('x'), {}));
	expect(failure).toMatchObject({ code, kind, phase: 'rejected' });
	expect(failure.hint).toMatch(hint);
	expect(server.requests).toHaveLength(1);
});

// https://github.com/minio/minio/issues/21677
describe('a delete of the object with one ETag, on a server that ignores the condition', () => {
	const remove = async () =>
		await deleteObject(clientOf(server, { provider: 'minio' }), 'b', 'k', { ifMatch: 'old' });

	test('leaves another object alone', async () => {
		server.answer({ status: 200, headers: { etag: '"new"' } }, { status: 204 });
		expect(await failureOf(remove())).toMatchObject({
			code: 'PreconditionFailed',
			kind: 'conflict',
		});
		expect(server.requests.map(({ method }) => method)).toEqual(['HEAD']);
	});

	test('deletes that one', async () => {
		server.answer({ status: 200, headers: { etag: '"old"' } }, { status: 204 });
		await remove();
		expect(server.requests.map(({ method }) => method)).toEqual(['HEAD', 'DELETE']);
	});
});

// https://github.com/minio/minio/pull/19681, https://github.com/minio/minio/issues/21526
test.each([
	['only if it is new', { 'if-none-match': '*' }, { status: 200, headers: { etag: '"there"' } }],
	['only over another', { 'if-match': '"old"' }, { status: 404 }],
])(
	'a release that ignores conditions of writes does not write %s',
	async (_what, headers, found) => {
		const s3 = clientOf(server, { provider: 'minio' });
		server.answer(found, { status: 200, headers: { etag: '"written"' } });
		const write = async (wanted: Record<string, string>) =>
			await putObject(s3, 'b', 'k', Buffer.from('x'), wanted);
		const failure = await failureOf(conditionally(s3, { bucket: 'b', key: 'k' }, headers, write));
		expect(failure).toMatchObject({ code: 'PreconditionFailed', kind: 'conflict' });
		expect(server.requests.map(({ method }) => method)).toEqual(['HEAD']);
	},
);

// https://github.com/minio/minio/blob/master/cmd/api-response.go: writeErrorResponseHeadersOnly
describe('a HEAD that is refused', () => {
	const refused = async (status: number, code: string, desc: string) => {
		const headers = { 'x-minio-error-code': code, 'x-minio-error-desc': `"${desc}"` };
		server.answer({ status, headers });
		return await failureOf(headObject(clientOf(server), 'b', 'k'));
	};

	test.each([
		[404, 'NoSuchBucket', 'The specified bucket does not exist', 'invalid', /bucket name/],
		[403, 'SignatureDoesNotMatch', 'The signature does not match', 'auth', /secret access key/],
		[400, 'XMinioInvalidObjectName', 'Unsupported characters.', 'invalid', /another key/],
	])('with %i says why in its headers: %s', async (status, code, desc, kind, hint) => {
		const failure = await refused(status, code, desc);
		expect(failure).toMatchObject({ code, kind, status });
		expect(failure.message).toContain(`${desc} — HeadObject`);
		expect(failure.hint).toMatch(hint);
	});

	test('is not asked for the reason once more', async () => {
		await refused(400, 'XMinioInvalidObjectName', 'Unsupported characters.');
		expect(server.requests.map(({ method }) => method)).toEqual(['HEAD']);
	});
});

// Until autumn 2023 MinIO lists nothing then: https://github.com/minio/minio/pull/18099
test.each([
	['before all of the prefix is not sent', 'a', undefined],
	['among them is', 'logs/2', 'logs/2'],
	['behind them is', 'm', 'm'],
])('a start %s', async (_what, startAfter, sent) => {
	server.answer({
		status: 200,
		body: '<ListBucketResult><Contents><Key>logs/3</Key></Contents></ListBucketResult>',
	});
	const listing = { prefix: 'logs/', startAfter, limit: 10 };
	for await (const page of listObjects(clientOf(server), 'b', listing))
		expect(page.map(({ key }) => key)).toEqual(startAfter === 'm' ? [] : ['logs/3']);
	const { searchParams } = new URL(server.requests[0]?.target ?? '', server.endpoint);
	expect(searchParams.get('start-after') ?? undefined).toBe(sent);
});
