import {
	CreateBucketCommand,
	HeadObjectCommand,
	PutObjectCommand,
	type S3Client,
} from '@aws-sdk/client-s3';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { AwsChunkedDecoder } from '../../../sandbox/s3/awsChunked.ts';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { signingKey } from '../../../sandbox/s3/sigv4.ts';
import { rawExchange } from './rawSocket.ts';
import { codeOf, sdkClient, tamper } from './sdk.ts';

/** Amazon's documented examples: keys, time and 65 KiB of "a" in two chunks. */
const documented = {
	accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
	secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
	now: Date.UTC(2013, 4, 24),
	timestamp: '20130524T000000Z',
	scope: { date: '20130524', region: 'us-east-1', service: 's3' },
	data: Buffer.alloc(66_560, 'a'),
};

function chunked(signatures: readonly [string, string, string], end: string): Buffer {
	const [one, two, three] = signatures;
	return Buffer.concat([
		Buffer.from(`10000;chunk-signature=${one}\r\n`),
		documented.data.subarray(0, 65_536),
		Buffer.from(`\r\n400;chunk-signature=${two}\r\n`),
		documented.data.subarray(65_536),
		Buffer.from(`\r\n0;chunk-signature=${three}\r\n${end}\r\n`),
	]);
}

describe('STREAMING-AWS4-HMAC-SHA256-PAYLOAD: the documented example over the wire', () => {
	// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
	const signatures = [
		'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
		'0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
		'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
	] as const;
	const head = [
		'PUT /examplebucket/chunkObject.txt HTTP/1.1',
		'Host: s3.amazonaws.com',
		'x-amz-date: 20130524T000000Z',
		'x-amz-storage-class: REDUCED_REDUNDANCY',
		'Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
		'x-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
		'Content-Encoding: aws-chunked',
		'x-amz-decoded-content-length: 66560',
		'Content-Length: 66824',
	].join('\r\n');
	let sandbox: S3Sandbox;

	beforeEach(async () => {
		const { accessKeyId, secretAccessKey, now } = documented;
		sandbox = await startS3Sandbox({
			accounts: [{ accessKeyId, secretAccessKey }],
			now: () => now,
		});
		const sdk = sdkClient(sandbox, { systemClockOffset: now - Date.now() });
		await sdk.send(new CreateBucketCommand({ Bucket: 'examplebucket' }));
		sdk.destroy();
	});

	afterEach(() => sandbox.close());

	const send = (body: Buffer, headers = head) =>
		rawExchange(
			sandbox.port,
			Buffer.concat([Buffer.from(`${headers}\r\nConnection: close\r\n\r\n`), body]),
		);

	test('is accepted and decoded', async () => {
		expect(await send(chunked(signatures, ''))).toMatch(/^HTTP\/1.1 200 /);
		expect(sandbox.read('examplebucket', 'chunkObject.txt')?.equals(documented.data)).toBe(true);
		const stored = sandbox.buckets.get('examplebucket')?.objects.get('chunkObject.txt');
		expect(stored?.metadata.system).toEqual({ 'content-type': 'binary/octet-stream' });
	});

	test.each([0, 1, 2])('is refused when the signature of chunk %i is changed', async (at) => {
		const [one, two, three] = signatures.map((signature, index) =>
			index === at ? signature.replace(/^./, (first) => (first === '0' ? '1' : '0')) : signature,
		);
		const answer = await send(chunked([one ?? '', two ?? '', three ?? ''], ''));
		expect(answer).toMatch(/^HTTP\/1.1 403 [^]*<Code>SignatureDoesNotMatch</);
		expect(sandbox.read('examplebucket', 'chunkObject.txt')).toBeUndefined();
	});

	test('is refused when one byte of the data is changed', async () => {
		const body = chunked(signatures, '');
		body[40_000] = 98;
		expect(await send(body)).toContain('<Code>SignatureDoesNotMatch</Code>');
	});

	test('is refused when a header of the seed is changed', async () => {
		const answer = await send(
			chunked(signatures, ''),
			head.replace('REDUCED_REDUNDANCY', 'STANDARD'),
		);
		expect(answer).toContain('<Code>SignatureDoesNotMatch</Code>');
	});
});

describe('STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER: the documented example', () => {
	// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
	const signatures = [
		'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2',
		'1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7',
		'2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992',
	] as const;
	const checksum = 'x-amz-checksum-crc32c:sOO8/Q==\r\n';
	const trailerSignature = 'd81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435';

	function decode(body: Buffer, pieceSize: number) {
		const pieces: Buffer[] = [];
		const decoder = new AwsChunkedDecoder({
			trailer: true,
			seed: {
				key: signingKey(documented.secretAccessKey, documented.scope),
				scope: documented.scope,
				timestamp: documented.timestamp,
				signature: '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e',
			},
			onData: (piece) => pieces.push(piece),
		});
		for (let at = 0; at < body.length; at += pieceSize) {
			decoder.push(body.subarray(at, at + pieceSize));
		}
		decoder.finish();
		return { data: Buffer.concat(pieces), trailers: decoder.trailers };
	}

	const trailer = (signature: string, line = checksum) =>
		`${line}x-amz-trailer-signature:${signature}\r\n`;

	test.each([1, 7, 1000, 100_000])('in pieces of %i bytes', (pieceSize) => {
		const { data, trailers } = decode(chunked(signatures, trailer(trailerSignature)), pieceSize);
		expect(data.equals(documented.data)).toBe(true);
		expect(trailers.get('x-amz-checksum-crc32c')).toBe('sOO8/Q==');
	});

	test('a changed trailer, a changed signature or a missing one is refused', () => {
		for (const end of [
			trailer(trailerSignature, 'x-amz-checksum-crc32c:AAAAAA==\r\n'),
			trailer('0'.repeat(64)),
			checksum,
		]) {
			expect(() => decode(chunked(signatures, end), 5000)).toThrow(
				expect.objectContaining({ code: 'SignatureDoesNotMatch' }),
			);
		}
	});

	test('a body that ends early is refused', () => {
		const body = chunked(signatures, trailer(trailerSignature));
		for (const length of [10, 50_000, body.length - 2]) {
			expect(() => decode(body.subarray(0, length), 5000)).toThrow(
				expect.objectContaining({ code: 'IncompleteBody' }),
			);
		}
	});
});

describe('checksums', () => {
	const Bucket = 'checksums';
	let sandbox: S3Sandbox;
	let sdk: S3Client;

	beforeAll(async () => {
		sandbox = await startS3Sandbox();
		sdk = sdkClient(sandbox);
		await sdk.send(new CreateBucketCommand({ Bucket }));
	});

	afterAll(async () => {
		sdk.destroy();
		await sandbox.close();
	});

	test('a stream of the SDK arrives as aws-chunked with a trailing checksum', async () => {
		const data = randomBytes(200_000);
		const put = new PutObjectCommand({
			Bucket,
			Key: 'stream',
			Body: Readable.from([data.subarray(0, 90_000), data.subarray(90_000)]),
			ContentLength: data.length,
			ContentEncoding: 'gzip',
		});
		await sdk.send(put);
		expect(sandbox.requests.at(-1)?.headers).toMatchObject({
			'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
			'x-amz-trailer': 'x-amz-checksum-crc32',
		});
		expect(sandbox.read(Bucket, 'stream')?.equals(data)).toBe(true);
		const head = new HeadObjectCommand({ Bucket, Key: 'stream', ChecksumMode: 'ENABLED' });
		const sum = Buffer.alloc(4);
		sum.writeUInt32BE(crc32(data));
		expect(await sdk.send(head)).toMatchObject({
			ContentEncoding: 'gzip',
			ChecksumCRC32: sum.toString('base64'),
		});
	});

	test('a trailing checksum that does not match leaves nothing behind', async () => {
		const client = tamper(sdkClient(sandbox), 'late', (request) => {
			if (!(request.body instanceof Readable)) return;
			request.body = request.body.map((chunk: Buffer | string) =>
				Buffer.from(String(chunk).replace('x-amz-checksum-crc32:', 'x-amz-checksum-crc32:AAAA')),
			);
		});
		const Body = Readable.from([Buffer.alloc(10_000, 'x')]);
		const put = new PutObjectCommand({ Bucket, Key: 'bad', Body, ContentLength: 10_000 });
		expect(await codeOf(client.send(put))).toBe('InvalidRequest');
		expect(sandbox.read(Bucket, 'bad')).toBeUndefined();
	});
});
