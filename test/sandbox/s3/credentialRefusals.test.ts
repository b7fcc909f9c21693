import { CreateBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { codeOf, sdkClient, tamper } from './sdk.ts';

// The header cases of Ceph's suite of S3 tests: an honest request whose credential was changed.
let sandbox: S3Sandbox;
let clients: S3Client[] = [];

beforeAll(async () => {
	sandbox = await startS3Sandbox();
	const sdk = sdkClient(sandbox);
	await sdk.send(new CreateBucketCommand({ Bucket: 'b-1' }));
	sdk.destroy();
});
afterEach(() => {
	for (const client of clients) client.destroy();
	clients = [];
});
afterAll(async () => await sandbox.close());

/** Code of the answer to a PUT with other headers than those that were signed. */
async function answerTo(headers: Record<string, string>): Promise<string> {
	const client = tamper(sdkClient(sandbox), 'late', (request) => {
		const others = Object.entries(request.headers).filter(
			([name]) => !(name.toLowerCase() in headers),
		);
		request.headers = { ...Object.fromEntries(others), ...headers };
	});
	clients.push(client);
	return await codeOf(client.send(new PutObjectCommand({ Bucket: 'b-1', Key: 'k', Body: 'x' })));
}

const today = () => new Date().toISOString().slice(0, 10).replaceAll('-', '');

test.each([
	['20100707T215304Z', 'RequestTimeTooSkewed'],
	['20990707T215304Z', 'RequestTimeTooSkewed'],
	['99990707T215304Z', 'RequestTimeTooSkewed'],
	['19500707T215304Z', 'AccessDenied'],
	['yesterday', 'AccessDenied'],
	['', 'AccessDenied'],
])('at the time "%s": %s', async (time, code) => {
	expect(await answerTo({ 'x-amz-date': time })).toBe(code);
});

test.each([
	['', 'AccessDenied'],
	['AWS AKIAIGR7ZNNBHC5BKSUB:FWeDfwojDSdS2Ztmpfeubhd9isU=', 'InvalidRequest'],
	['AWS4 HAHAHA', 'InvalidArgument'],
	['Bearer something', 'InvalidArgument'],
	['AWS4-HMAC-SHA256 Credential=HAHAHA', 'AuthorizationHeaderMalformed'],
	[
		'AWS4-HMAC-SHA256 Credential=AKIANOBODY/20150930/us-east-1/s3/aws4_request,SignedHeaders=host,Signature=0',
		'InvalidAccessKeyId',
	],
])('the authorization "%s": %s', async (authorization, code) => {
	expect(await answerTo({ authorization })).toBe(code);
});

test('a credential of another day is malformed where the time is right', async () => {
	const { accessKeyId } = sandbox.accounts[0] ?? {};
	const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20150930/us-east-1/s3/aws4_request,SignedHeaders=host,Signature=0`;
	expect(await answerTo({ authorization })).toBe('AuthorizationHeaderMalformed');
	const right = authorization.replace('20150930', today());
	expect(await answerTo({ authorization: right })).not.toBe('AuthorizationHeaderMalformed');
});
