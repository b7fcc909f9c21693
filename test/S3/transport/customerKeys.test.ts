import type { S3Client } from '../../../nodes/S3/transport/client';
import { copyObject } from '../../../nodes/S3/transport/copy';
import { customerKeyHeaders } from '../../../nodes/S3/transport/encryption';
import { completeUpload, createUpload } from '../../../nodes/S3/transport/multipart';
import { putObject } from '../../../nodes/S3/transport/objects';
import { clientOf, failureOf } from '../clientOf';
import { startScriptedServer, type ScriptedAnswer, type ScriptedServer } from '../scriptedServer';

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

const headers = customerKeyHeaders({ tls: true }, { key: 'k'.repeat(32) });
const says = { 'x-amz-server-side-encryption-customer-algorithm': 'AES256' };
const answer = (body: string, more = {}): ScriptedAnswer => ({
	status: 200,
	headers: { etag: '"e"', ...more },
	body,
});
const PUT = (more = {}) => [answer('', more)];
const COPY = (more = {}) => [answer('<CopyObjectResult><ETag>"e"</ETag></CopyObjectResult>', more)];
const PARTS = (more = {}) => [
	answer(
		'<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>',
		more,
	),
	answer('<CompleteMultipartUploadResult><ETag>"e-1"</ETag></CompleteMultipartUploadResult>'),
];

describe.each<[string, (more?: object) => ScriptedAnswer[], () => Promise<unknown>]>([
	['in one request', PUT, async () => await putObject(s3, 'b', 'k', Buffer.from('x'), headers)],
	[
		'as a copy',
		COPY,
		async () =>
			await copyObject(s3, { bucket: 'b', key: 'a' }, { bucket: 'b', key: 'k' }, { headers }),
	],
	[
		'in parts',
		PARTS,
		async () => {
			const place = await createUpload(s3, 'b', 'k', headers);
			return await completeUpload(s3, place, [{ number: 1, size: 1, etag: '"p"' }]);
		},
	],
])('stored %s under a key of the customer', (_how, answers, store) => {
	test('a server that says so is not asked again', async () => {
		const given = answers(says);
		server.answer(...given);
		await store();
		expect(server.requests).toHaveLength(given.length);
	});

	test('one that says nothing, but lets nobody look without the key, has it', async () => {
		server.answer(...answers(), { status: 400 });
		await store();
		expect(server.requests.at(-1)?.method).toBe('HEAD');
		expect(server.requests.at(-1)?.headers).not.toHaveProperty(
			'x-amz-server-side-encryption-customer-key',
		);
	});

	// Swift (measured with 2.30).
	test('one that keeps it in the clear is found out', async () => {
		server.answer(...answers(), answer(''));
		const failure = await failureOf(store());
		expect(failure).toMatchObject({ code: 'ENCRYPTION_IGNORED', phase: 'maybeDone' });
		expect(failure.message).toMatch(/"k" is stored in bucket "b", but in the clear/);
	});
});
