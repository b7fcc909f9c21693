import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';

import { canonicalRequest } from '../../../nodes/S3/transport/canonicalRequest';
import { encodeKey, encodeQuery } from '../../../nodes/S3/transport/encode';
import {
	EMPTY_PAYLOAD_HASH,
	presign,
	signHeaders,
	stringToSign,
	UNSIGNED_PAYLOAD,
} from '../../../nodes/S3/transport/sign';

// Amazon's published examples, of
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html and
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
const example = {
	credentials: {
		accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
		secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
	},
	region: 'us-east-1',
	service: 's3',
	at: new Date('2013-05-24T00:00:00Z'),
};
const host = 'examplebucket.s3.amazonaws.com';
const getObject = {
	...example,
	method: 'GET',
	path: '/test.txt',
	query: '',
	headers: { Host: host, Range: 'bytes=0-9' },
	payloadHash: EMPTY_PAYLOAD_HASH,
};
const GET_OBJECT_SIGNATURE = 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41';

const signatureOf = (headers: Record<string, string>) =>
	/Signature=([0-9a-f]{64})$/.exec(headers.authorization ?? '')?.[1];

describe("Amazon's examples", () => {
	test('GET object: all headers', () => {
		expect(signHeaders(getObject)).toEqual({
			'x-amz-date': '20130524T000000Z',
			'x-amz-content-sha256': EMPTY_PAYLOAD_HASH,
			authorization:
				'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, ' +
				'SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, ' +
				`Signature=${GET_OBJECT_SIGNATURE}`,
		});
	});

	test('PUT object', () => {
		const signed = signHeaders({
			...example,
			method: 'PUT',
			path: `/${encodeKey('test$file.text')}`,
			query: '',
			headers: {
				Host: host,
				Date: 'Fri, 24 May 2013 00:00:00 GMT',
				'x-amz-storage-class': 'REDUCED_REDUNDANCY',
			},
			payloadHash: createHash('sha256').update('Welcome to Amazon S3.').digest('hex'),
		});
		expect(signatureOf(signed)).toBe(
			'98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
		);
	});

	test.each([
		[
			'GET bucket lifecycle',
			[['lifecycle', '']] as const,
			'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
		],
		[
			'list objects',
			[
				['prefix', 'J'],
				['max-keys', 2],
			] as const,
			'34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
		],
	])('%s', (_name, pairs, expected) => {
		const query = encodeQuery(pairs);
		const signed = signHeaders({ ...getObject, path: '/', query, headers: { host } });
		expect(signatureOf(signed)).toBe(expected);
	});

	test('presigned URL', () => {
		expect(
			presign({ ...getObject, headers: { host }, payloadHash: undefined, expiresSeconds: 86_400 }),
		).toBe(
			'X-Amz-Algorithm=AWS4-HMAC-SHA256' +
				'&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request' +
				'&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
				'&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
		);
	});
});

describe('signing headers', () => {
	test('a number is the same time as a Date', () => {
		expect(signHeaders({ ...getObject, at: 1_369_353_600_000 })).toEqual(signHeaders(getObject));
	});

	test('no key is reused for another secret, day, region or service', () => {
		const { accessKeyId } = example.credentials;
		const others = [
			{ ...getObject, credentials: { accessKeyId, secretAccessKey: 'wrong' } },
			{ ...getObject, at: new Date('2013-05-25T00:00:00Z') },
			{ ...getObject, region: 'eu-west-1' },
			{ ...getObject, service: 'sts' },
		].map((request) => signatureOf(signHeaders(request)));
		const all = [...others, signatureOf(signHeaders(getObject))];
		expect(all.at(-1)).toBe(GET_OBJECT_SIGNATURE);
		expect(new Set(all).size).toBe(5);
	});

	test('more credentials than the cache holds still sign correctly', () => {
		for (let tenant = 0; tenant < 200; tenant++) {
			const credentials = { accessKeyId: `A${tenant}`, secretAccessKey: `s${tenant}` };
			signHeaders({ ...getObject, credentials });
		}
		expect(signatureOf(signHeaders(getObject))).toBe(GET_OBJECT_SIGNATURE);
	});

	test('headers that change on the way are not signed', () => {
		const headers = { ...getObject.headers, 'User-Agent': 'x', 'accept-encoding': 'gzip' };
		expect(signatureOf(signHeaders({ ...getObject, headers }))).toBe(GET_OBJECT_SIGNATURE);
	});

	test('an empty session token is none', () => {
		const credentials = { ...example.credentials, sessionToken: '' };
		expect(signHeaders({ ...getObject, credentials })).toEqual(signHeaders(getObject));
		const request = { ...getObject, credentials, expiresSeconds: 60 };
		expect(presign(request)).not.toContain('Security-Token');
	});

	test('only S3 is sent the hash of the payload as a header', () => {
		expect(signHeaders({ ...getObject, service: 'sts' })).not.toHaveProperty(
			'x-amz-content-sha256',
		);
	});

	test.each([
		['日本', /x-amz-meta-city.*U\+65E5/],
		['a\r\nx-amz-acl: public-read', /x-amz-meta-city.*U\+000D/],
		['a\0', /x-amz-meta-city.*U\+0000/],
	])('a header cannot carry %j: refused before it is sent differently', (value, message) => {
		const headers = { host, 'x-amz-meta-city': value };
		expect(() => signHeaders({ ...getObject, headers })).toThrow(TypeError);
		expect(() => signHeaders({ ...getObject, headers })).toThrow(message);
	});

	test('UTF-8 sent as latin1 is signed as its bytes, also where one looks like a space', () => {
		const value = Buffer.from('voilà').toString('latin1');
		const { text } = canonicalRequest({ ...getObject, headers: { host, 'x-amz-meta-a': value } });
		const bytes = `GET\n/test.txt\n\nhost:${host}\nx-amz-meta-a:voilà\n\nhost;x-amz-meta-a\n${EMPTY_PAYLOAD_HASH}`;
		const hash = createHash('sha256').update(bytes, 'utf8').digest('hex');
		expect(stringToSign(text, '20130524T000000Z', 'scope').split('\n').at(-1)).toBe(hash);
	});

	test.each([{ path: '/a b' }, { path: '/ä' }, { path: 'no-slash' }, { query: 'prefix=ä' }])(
		'what is not encoded is refused instead of signed: %j',
		(part) => {
			expect(() => signHeaders({ ...getObject, ...part })).toThrow(TypeError);
		},
	);
});

describe('presigning', () => {
	test.each([1, 604_800])('%d seconds are allowed', (expiresSeconds) => {
		expect(presign({ ...getObject, expiresSeconds })).toContain(`X-Amz-Expires=${expiresSeconds}&`);
	});

	test.each([0, -1, 604_801, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
		'%d seconds are refused, naming the limit',
		(expiresSeconds) => {
			expect(() => presign({ ...getObject, expiresSeconds })).toThrow(TypeError);
			expect(() => presign({ ...getObject, expiresSeconds })).toThrow(/604,800 \(7 days\)/);
		},
	);

	test('parameters of the request stay, and change the signature', () => {
		const query = encodeQuery([['response-content-disposition', 'attachment; filename="a b.txt"']]);
		const signed = new URLSearchParams(presign({ ...getObject, query, expiresSeconds: 60 }));
		const plain = new URLSearchParams(presign({ ...getObject, expiresSeconds: 60 }));
		expect(signed.get('response-content-disposition')).toBe('attachment; filename="a b.txt"');
		expect(signed.get('X-Amz-Signature')).not.toBe(plain.get('X-Amz-Signature'));
	});
});

interface WireRequest {
	method: string;
	path: string;
	query: Record<string, string | null>;
	headers: Record<string, string>;
}

function isWireRequest(value: unknown): value is WireRequest {
	return typeof value === 'object' && value !== null && 'path' in value && 'headers' in value;
}

// Amazon's own SDK, stopped before it sends.
async function signedBySdk(
	command: PutObjectCommand | HeadObjectCommand,
	credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string },
): Promise<WireRequest> {
	let caught: unknown;
	const client = new S3Client({
		region: 'eu-central-1',
		credentials,
		maxAttempts: 1,
		requestHandler: {
			handle: async (request: unknown) => {
				caught = request;
				throw new Error('not sent');
			},
		},
	});
	const send = command instanceof PutObjectCommand ? client.send(command) : client.send(command);
	await expect(send).rejects.toThrow('not sent');
	if (!isWireRequest(caught)) throw new Error('the SDK made no request');
	return caught;
}

describe("signatures of Amazon's SDK for the same requests", () => {
	const Bucket = 'examplebucket';
	test.each([
		['plain key', new HeadObjectCommand({ Bucket, Key: 'a.txt' }), undefined],
		['odd key', new HeadObjectCommand({ Bucket, Key: "../a//b c+d%41!'()*/ü😀" }), undefined],
		['version', new HeadObjectCommand({ Bucket, Key: 'k', VersionId: 'a/b+c=' }), undefined],
		['session token', new HeadObjectCommand({ Bucket, Key: 'k' }), 'token/with+signs=='],
		[
			'metadata with runs of spaces',
			new PutObjectCommand({
				Bucket,
				Key: 'k',
				Body: 'hello',
				ContentType: 'text/plain;  charset=utf-8',
				Metadata: { note: ' two  spaces ', Empty: '' },
			}),
			undefined,
		],
	])('%s', async (_name, command, sessionToken) => {
		const credentials = { ...example.credentials, sessionToken };
		const sdk = await signedBySdk(command, credentials);
		const names =
			/SignedHeaders=([^,]+)/.exec(sdk.headers.authorization ?? '')?.[1]?.split(';') ?? [];
		const headers = Object.fromEntries(
			Object.entries(sdk.headers).filter(([name]) => names.includes(name.toLowerCase())),
		);
		const date = (sdk.headers['x-amz-date'] ?? '').replace(
			/^(....)(..)(..T..)(..)(..Z)$/,
			'$1-$2-$3:$4:$5',
		);
		const ours = signHeaders({
			method: sdk.method,
			path: sdk.path,
			query: encodeQuery(Object.entries(sdk.query).map(([name, value]) => [name, value ?? ''])),
			headers,
			payloadHash: sdk.headers['x-amz-content-sha256'] ?? UNSIGNED_PAYLOAD,
			credentials,
			region: 'eu-central-1',
			service: 's3',
			at: new Date(date),
		});
		expect(ours.authorization).toBe(sdk.headers.authorization);
	});
});
