import { headBucket, listBuckets } from '../../../nodes/S3/transport/buckets';
import { headObject, putObject } from '../../../nodes/S3/transport/objects';
import { deleteObject } from '../../../nodes/S3/transport/deleteObject';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { clientOf, failureOf, isA } from '../clientOf';
import { errorXml, startScriptedServer, type ScriptedServer } from '../scriptedServer';

const MINUTE = 60_000;
let sandbox: S3Sandbox;
let scripted: ScriptedServer;
/** how far the clock of the sandbox is ahead, in ms */
let ahead = 0;

beforeAll(async () => {
	sandbox = await startS3Sandbox({ now: () => Date.now() + ahead });
	scripted = await startScriptedServer();
	await clientOf(sandbox).call(
		{ operation: 'CreateBucket', method: 'PUT', bucket: 'home' },
		() => {},
	);
	const body = Buffer.from(
		'<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>',
	);
	await clientOf(sandbox).call(
		{ operation: 'CreateBucket', method: 'PUT', bucket: 'abroad', body },
		() => {},
	);
});
afterAll(async () => {
	await sandbox.close();
	await scripted.close();
});
beforeEach(() => {
	ahead = 0;
	sandbox.faults.clear();
	sandbox.requests.length = 0;
	scripted.requests.length = 0;
});

const write = async (s3 = clientOf(sandbox), bucket = 'home', key = 'k') =>
	await putObject(s3, bucket, key, Buffer.from('text'), {});
const statuses = () => sandbox.requests.map(({ status }) => status);

describe('a bucket in another region', () => {
	test('costs one refused request for all that comes after', async () => {
		const s3 = clientOf(sandbox);
		await write(s3, 'abroad');
		await write(s3, 'abroad');
		await write(s3, 'home');
		expect(statuses()).toEqual([400, 200, 200, 200]);
		expect(sandbox.read('abroad', 'k')?.toString()).toBe('text');
	});

	test('is found by HEAD, whose answer has no body', async () => {
		expect(await headBucket(clientOf(sandbox), 'abroad')).toEqual({
			exists: true,
			region: 'eu-west-1',
		});
		await write(clientOf(sandbox), 'abroad');
		expect(await headObject(clientOf(sandbox), 'abroad', 'k')).toMatchObject({ size: 4 });
	});

	test('is found by many requests that start at the same time', async () => {
		const s3 = clientOf(sandbox);
		const keys = Array.from({ length: 30 }, (_, n) => `at-once-${n}`);
		await Promise.all(keys.map(async (key) => await write(s3, 'abroad', key)));
		expect(keys.every((key) => sandbox.effects.get(`abroad/${key}`)?.writes === 1)).toBe(true);
	});

	// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
	test.each([
		[
			'301 with the region in a header',
			{
				status: 301,
				headers: { 'x-amz-bucket-region': 'eu-central-1' },
				body: errorXml(
					'PermanentRedirect',
					'The bucket you are attempting to access must be addressed using the specified endpoint.',
					'<Endpoint>b.s3.eu-central-1.amazonaws.com</Endpoint><Bucket>b</Bucket>',
				),
			},
		],
		[
			'307 with the region in a header',
			{
				status: 307,
				headers: {
					'x-amz-bucket-region': 'eu-central-1',
					location: 'http://b.s3.eu-central-1.amazonaws.com/k',
				},
				body: errorXml('TemporaryRedirect'),
			},
		],
		[
			'400 with the region in the body only, as MinIO answers',
			{
				status: 400,
				body: errorXml(
					'AuthorizationHeaderMalformed',
					"The authorization header is malformed; the region is wrong; expecting 'eu-central-1'.",
					'<Region>eu-central-1</Region>',
				),
			},
		],
	])('%s: signed again for it', async (_name, refusal) => {
		scripted.answer(refusal, { status: 204 });
		await deleteObject(clientOf(scripted), 'b', 'k');
		const scopes = scripted.requests.map(
			({ headers }) => /Credential=[^/]+\/\d+\/([^/]+)/.exec(headers.authorization ?? '')?.[1],
		);
		expect(scopes).toEqual(['us-east-1', 'eu-central-1']);
	});

	test('of HEAD, whose answer names it nowhere (Swift): asked for in another way', async () => {
		const why = errorXml('AuthorizationHeaderMalformed', '', '<Region>eu-central-1</Region>');
		scripted.answer({ status: 400 }, { status: 400, body: why }, { status: 200 });
		await headObject(clientOf(scripted), 'b', 'k');
		const asked = scripted.requests.map(({ method, headers }) => [
			method,
			/Credential=[^/]+\/\d+\/([^/]+)/.exec(headers.authorization ?? '')?.[1],
		]);
		expect(asked).toEqual([
			['HEAD', 'us-east-1'],
			['GET', 'us-east-1'],
			['HEAD', 'eu-central-1'],
		]);
		expect(scripted.requests[1]?.headers.range).toBe('bytes=0-0');
	});

	// S3: "Cannot specify both Range header and partNumber query parameter" would hide the reason.
	test('of HEAD of a part: not asked for with a range and a part', async () => {
		const why = errorXml('InvalidRequest', 'The object was stored using SSE-C.');
		scripted.answer({ status: 400 }, { status: 400, body: why });
		const failure = await failureOf(headObject(clientOf(scripted), 'b', 'k', { partNumber: 2 }));
		expect(failure.message).toContain('SSE-C');
		expect(scripted.requests.map(({ target }) => target)).toEqual(['/b/k?partNumber=2', '/b/k']);
	});

	test('of HEAD, for a reason that GET does not have either: the content is not fetched', async () => {
		scripted.answer({ status: 400 }, { status: 206, body: 'x' });
		expect(await failureOf(headObject(clientOf(scripted), 'b', 'k'))).toMatchObject({
			code: 'HTTP 400',
		});
		expect(scripted.requests).toHaveLength(2);
	});

	test('does not send a request in circles', async () => {
		const to = (region: string) => ({
			status: 301,
			headers: { 'x-amz-bucket-region': region },
			body: errorXml('PermanentRedirect', 'Go there.'),
		});
		scripted.answer(to('eu-west-1'), to('us-east-1'), to('eu-west-1'), to('us-east-1'));
		const failure = await failureOf(deleteObject(clientOf(scripted), 'b', 'k'));
		expect(failure).toMatchObject({ code: 'PermanentRedirect', kind: 'invalid' });
		expect(scripted.requests).toHaveLength(3);
	});
});

describe('a clock that is wrong', () => {
	test.each([20 * MINUTE, -20 * MINUTE, 26 * 60 * MINUTE])('by %i ms is learned', async (by) => {
		ahead = by;
		const s3 = clientOf(sandbox);
		await write(s3);
		await write(s3);
		expect(statuses()).toEqual([403, 200, 200]);
	});

	test('is learned from HEAD, whose answer has no body', async () => {
		await write();
		ahead = 20 * MINUTE;
		expect(await headObject(clientOf(sandbox), 'home', 'k')).toMatchObject({ size: 4 });
	});

	test('is learned by many requests that start at the same time', async () => {
		ahead = 20 * MINUTE;
		const s3 = clientOf(sandbox);
		await Promise.all(
			Array.from({ length: 30 }, async (_, n) => await write(s3, 'home', `skew-${n}`)),
		);
		expect(sandbox.buckets.get('home')?.objects.has('skew-29')).toBe(true);
	});

	test('and a bucket abroad are learned in one call', async () => {
		ahead = 20 * MINUTE;
		await write(clientOf(sandbox), 'abroad');
		expect(statuses()).toEqual([400, 403, 200]);
	});

	test('is no excuse for a server that refuses the right time', async () => {
		scripted.answer({ status: 403, body: errorXml('RequestTimeTooSkewed', 'Too large.') });
		const failure = await failureOf(deleteObject(clientOf(scripted), 'b', 'k'));
		expect(failure).toMatchObject({ code: 'RequestTimeTooSkewed', kind: 'auth' });
		expect(failure.hint).toMatch(/clock/);
		expect(scripted.requests).toHaveLength(1);
	});
});

describe('an error', () => {
	test('names what it is about, in the words of the server, with the id of the request', async () => {
		const failure = await failureOf(
			clientOf(sandbox).call(
				{ operation: 'GetObject', method: 'GET', bucket: 'home', key: 'not/there' },
				() => {},
			),
		);
		expect(failure).toMatchObject({ code: 'NoSuchKey', kind: 'invalid', status: 404 });
		expect(failure.message).toContain('The specified key does not exist.');
		expect(failure.message).toContain('"not/there" in bucket "home"');
		expect(failure.message).toMatch(/\(request [0-9A-F]{16}\)/);
	});

	test.each([
		[404, 'NotFound', 'invalid'],
		[403, 'HTTP 403', 'auth'],
	])('%i of HEAD, without a body, still says something', async (status, code, kind) => {
		scripted.answer({ status });
		const failure = await failureOf(headObject(clientOf(scripted), 'b', 'k'));
		expect(failure).toMatchObject({ code, kind, status });
		expect(failure.message).toContain(`answered ${status}`);
		expect(failure.hint).toMatch(/Check/);
		expect(scripted.requests).toHaveLength(1);
	});

	test('with the empty message of Ceph still says something', async () => {
		sandbox.faults.add({ kind: 'emptyMessage', status: 403, code: 'AccessDenied' });
		const failure = await failureOf(deleteObject(clientOf(sandbox), 'home', 'k'));
		expect(failure.message).toMatch(/^The server answered AccessDenied/);
		expect(failure.hint).toMatch(/policy/);
	});

	test('that is an HTML page of a proxy shows its words, not its tags', async () => {
		scripted.answer({
			status: 400,
			headers: { 'content-type': 'text/html' },
			body: '<html><head><title>400</title></head><body><h1>Blocked by   Example Proxy</h1></body></html>',
		});
		const failure = await failureOf(deleteObject(clientOf(scripted), 'b', 'k'));
		expect(failure).toMatchObject({ code: 'HTTP 400', kind: 'invalid' });
		expect(failure.message).toContain('Blocked by Example Proxy');
		expect(failure.message).not.toContain('<');
	});

	test.each([
		['a page of HTML', '<html><body>Please log in</body></html>'],
		['no XML at all', 'OK'],
		['nothing', ''],
	])('%s with status 200 is no list of buckets', async (_name, body) => {
		scripted.answer({ status: 200, body });
		const failure = await failureOf(listBuckets(clientOf(scripted, {}, { maxAttempts: 2 })));
		expect(failure.kind).toBe('unavailable');
		expect(failure.message).toMatch(/200/);
		expect(scripted.requests).toHaveLength(2);
	});

	test('503 of a load balancer in HTML is tried again', async () => {
		scripted.answer({ status: 503, body: '<html>no backend</html>' }, { status: 204 });
		await deleteObject(clientOf(scripted), 'b', 'k');
		expect(scripted.requests).toHaveLength(2);
	});

	test.each([
		['SignatureDoesNotMatch', { secretAccessKey: 'wrong' }, /secret access key/],
		['InvalidAccessKeyId', { accessKeyId: 'AKIANOBODY' }, /access key ID/],
		['InvalidToken', { sessionToken: 'old' }, /session token/],
	])('%s concerns the credential, and is not tried again', async (code, credential, hint) => {
		const failure = await failureOf(write(clientOf(sandbox, credential)));
		expect(failure).toMatchObject({ code, kind: 'auth', scope: 'credential', phase: 'rejected' });
		expect(failure.hint).toMatch(hint);
		expect(sandbox.requests).toHaveLength(1);
	});
});

describe('faults on the way', () => {
	test.each([
		['503 SlowDown', { kind: 'status', status: 503 }],
		['500 InternalError', { kind: 'status', status: 500 }],
		['429', { kind: 'status', status: 429 }],
		['a reset before anything was done', { kind: 'resetBefore' }],
		['a reset instead of the answer', { kind: 'resetAfter' }],
	] as const)('%s twice: the third attempt stores the object', async (_name, fault) => {
		sandbox.faults.add({ ...fault, times: 2, match: isA('PutObject') });
		const stored = await write();
		expect(stored.etag).toBe('1cb251ec0d568de6a929b520c4aed8d1');
		expect(sandbox.requests).toHaveLength(3);
	});

	test('no more attempts than allowed, and the failure counts them', async () => {
		sandbox.faults.add({ kind: 'status', status: 500 });
		const failure = await failureOf(write(clientOf(sandbox, {}, { maxAttempts: 3 })));
		expect(failure).toMatchObject({ code: 'InternalError', attempts: 3, phase: 'maybeDone' });
		expect(sandbox.requests).toHaveLength(3);
	});
});
