import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';

import type { Addressing } from '../../../nodes/S3/transport/address';
import {
	addressOf,
	checkBucket,
	checkKey,
	checkNewBucket,
} from '../../../nodes/S3/transport/address';

const at = (endpoint: string | undefined, addressing: Addressing = 'auto', region = 'us-east-1') =>
	addressOf({ endpoint, addressing, region });

describe('Amazon, without an endpoint', () => {
	test.each([
		['us-east-1', 's3.us-east-1.amazonaws.com'],
		['cn-north-1', 's3.cn-north-1.amazonaws.com.cn'],
		['us-gov-west-1', 's3.us-gov-west-1.amazonaws.com'],
		['eusc-de-east-1', 's3.eusc-de-east-1.amazonaws.eu'],
	])('the service in %s', (region, host) => {
		const expected = { origin: `https://${host}`, host, path: '/' };
		expect(at('', 'auto', region)()).toEqual(expected);
		expect(at(undefined, 'path', region)()).toEqual(expected);
		expect(at('  ', 'virtualHost', region)()).toEqual(expected);
	});

	test.each<[Addressing, string, string, string]>([
		['auto', 'my-bucket', 'my-bucket.s3.us-east-1.amazonaws.com', '/k'],
		['auto', 'my.bucket', 's3.us-east-1.amazonaws.com', '/my.bucket/k'],
		['auto', 'My_Bucket', 's3.us-east-1.amazonaws.com', '/My_Bucket/k'],
		['auto', 'Upper', 's3.us-east-1.amazonaws.com', '/Upper/k'],
		['auto', `x${'y'.repeat(63)}`, 's3.us-east-1.amazonaws.com', `/x${'y'.repeat(63)}/k`],
		['path', 'my-bucket', 's3.us-east-1.amazonaws.com', '/my-bucket/k'],
		['virtualHost', 'my.bucket', 'my.bucket.s3.us-east-1.amazonaws.com', '/k'],
	])('%s: the bucket %s is at %s%s', (addressing, bucket, host, path) => {
		const address = at('', addressing)(bucket, 'k');
		expect(address).toEqual({ origin: `https://${host}`, host, path });
	});

	// The dotted bucket is left out: Amazon's SDK puts it into the host name, where no certificate fits.
	test.each([
		['us-east-1', 'my-bucket', 'plain.txt', false],
		['cn-northwest-1', 'my-bucket', "../a//b c+d%41!'()*/ü😀", false],
		['eusc-de-east-1', 'my-bucket', '/leading', false],
		['eu-west-1', 'my-bucket', 'tab\tand\u0001', true],
	])(
		"agrees with Amazon's SDK: %s, %s, %j, path style %s",
		async (region, Bucket, Key, forcePathStyle) => {
			let caught: unknown;
			const client = new S3Client({
				region,
				forcePathStyle,
				maxAttempts: 1,
				credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
				requestHandler: {
					handle: async (request: unknown) => {
						caught = request;
						throw new Error('not sent');
					},
				},
			});
			await expect(client.send(new HeadObjectCommand({ Bucket, Key }))).rejects.toThrow('not sent');
			const { host, path } = at('', forcePathStyle ? 'path' : 'auto', region)(Bucket, Key);
			expect(caught).toMatchObject({ protocol: 'https:', hostname: host, path });
		},
	);

	test.each(['', ' ', 'us east', 'us-east-1.evil.example', 'us-east-1/x', 'US-EAST-1'])(
		'the region %j is refused',
		(region) => {
			expect(() => at('', 'auto', region)).toThrow(TypeError);
			expect(() => at('', 'auto', region)).toThrow(/region.*us-east-1/);
		},
	);
});

describe('an endpoint', () => {
	test.each([
		['http://127.0.0.1:9000', 'http://127.0.0.1:9000', '127.0.0.1:9000', '/b/k'],
		['https://minio.local:443', 'https://minio.local', 'minio.local', '/b/k'],
		['http://minio.local:80/', 'http://minio.local', 'minio.local', '/b/k'],
		['http://minio.local:443', 'http://minio.local:443', 'minio.local:443', '/b/k'],
		['HTTPS://Minio.Local', 'https://minio.local', 'minio.local', '/b/k'],
		['http://[::1]:9000', 'http://[::1]:9000', '[::1]:9000', '/b/k'],
		['http://[::1]', 'http://[::1]', '[::1]', '/b/k'],
		['  https://host  ', 'https://host', 'host', '/b/k'],
		['https://host/s3/', 'https://host', 'host', '/s3/b/k'],
		['https://host/s3', 'https://host', 'host', '/s3/b/k'],
		['https://host/a/../b%20c//', 'https://host', 'host', '/a/../b%20c/b/k'],
		['https://bücher.example', 'https://xn--bcher-kva.example', 'xn--bcher-kva.example', '/b/k'],
	])('%s', (endpoint, origin, host, path) => {
		expect(at(endpoint)('b', 'k')).toEqual({ origin, host, path });
	});

	test('with a path: the service, a bucket, an object', () => {
		const address = at('https://host/s3/');
		expect([address().path, address('b').path, address('b', '/k').path]).toEqual([
			'/s3/',
			'/s3/b',
			'/s3/b//k',
		]);
	});

	test('virtual hosts where asked for', () => {
		const address = at('http://s3.localhost:9000/x/', 'virtualHost');
		expect(address('b', 'k')).toEqual({
			origin: 'http://b.s3.localhost:9000',
			host: 'b.s3.localhost:9000',
			path: '/x/k',
		});
		expect(address('b').path).toBe('/x/');
		expect(address().host).toBe('s3.localhost:9000');
	});

	test.each([
		['https://s3.eu-west-1.amazonaws.com', 'b.s3.eu-west-1.amazonaws.com'],
		['https://s3.dualstack.eu-west-1.amazonaws.com', 'b.s3.dualstack.eu-west-1.amazonaws.com'],
		['https://s3-accelerate.amazonaws.com', 'b.s3-accelerate.amazonaws.com'],
		['https://s3.cn-north-1.amazonaws.com.cn', 'b.s3.cn-north-1.amazonaws.com.cn'],
		['http://s3.eu-west-1.amazonaws.com', 's3.eu-west-1.amazonaws.com'],
		['https://s3.amazonaws.com.evil.example', 's3.amazonaws.com.evil.example'],
		['https://evils3.amazonaws.com', 'evils3.amazonaws.com'],
	])('%s is treated as what it is', (endpoint, host) => {
		expect(at(endpoint)('b').host).toBe(host);
	});

	test.each([
		['minio.local:9000', /no scheme: write https:\/\/minio\.local:9000, or http/],
		['localhost:9000', /no scheme: write https:\/\/localhost:9000/],
		['minio', /no scheme: write https:\/\/\S+/],
		['//host', /no scheme/],
		['s3://bucket', /begins with s3:\/\/.*https:\/\//],
		['ftp://host', /ftp:\/\//],
		['https://', /host/],
		['https:///path', /host/],
		['https://host:99999', /port/],
		['https://ho st', /space/],
		['https://host\\x', /backslash/],
		['https://ho\tst', /control/],
		['https://[::1', /host/],
		['https://host/%zz', /percent-encoded/],
		['https://host?x=1', /query/],
		['https://host/#x', /fragment/],
	])('%s is refused with advice', (endpoint, message) => {
		expect(() => at(endpoint)).toThrow(TypeError);
		expect(() => at(endpoint)).toThrow(message);
	});

	test.each([
		'https://AKIAPLANTED:s3cr3t-planted@host',
		'https://AKIAPLANTED:s3cr3t/planted@host:9000',
		'AKIAPLANTED:s3cr3t-planted@host',
		'https://host/b/k?X-Amz-Credential=AKIAPLANTED&X-Amz-Signature=s3cr3t',
		'host/b/k?X-Amz-Credential=AKIAPLANTED&X-Amz-Signature=s3cr3t',
	])('what is secret in %s is not in the error', (endpoint) => {
		let message = '';
		try {
			at(endpoint);
		} catch (error) {
			message = String(error);
		}
		expect(message).toMatch(/credentials|query/);
		expect(message).not.toMatch(/PLANTED|s3cr3t/i);
	});

	test.each(['http://127.0.0.1:9000', 'http://[::1]:9000', 'http://2130706433'])(
		'no bucket can stand before the IP address %s',
		(endpoint) => {
			expect(() => at(endpoint, 'virtualHost')).toThrow(/IP address.*path-style/);
		},
	);

	test.each(['Upper', 'under_score', '-b', 'b-', 'a..b', 'tenant:b'])(
		'the bucket %s cannot be part of a host name',
		(bucket) => {
			expect(() => at('http://s3.localhost', 'virtualHost')(bucket)).toThrow(/path-style/);
		},
	);
});

describe('no name leads out of its place', () => {
	const address = at('http://host:9000');

	test.each([
		['..', '/b/..'],
		['../other-bucket/secret', '/b/../other-bucket/secret'],
		['/x', '/b//x'],
		['a/./b', '/b/a/./b'],
		['%2E%2E/x', '/b/%252E%252E/x'],
		['?delete', '/b/%3Fdelete'],
		['#', '/b/%23'],
	])('the key %j', (key, path) => {
		expect(address('b', key)).toEqual({ origin: 'http://host:9000', host: 'host:9000', path });
	});

	test.each(['', '.', '..', 'a/b', 'a?b', 'a#b', 'a b', 'a\nb', 'b@evil', '日本', 'a%2Fb', 'a\\b'])(
		'the bucket %j is refused, also with a key',
		(bucket) => {
			expect(() => address(bucket)).toThrow(TypeError);
			expect(() => address(bucket, 'k')).toThrow(/bucket name/);
			expect(() => at('')(bucket, 'k')).toThrow(/bucket name/);
		},
	);

	test('an empty key never becomes the address of the bucket', () => {
		expect(() => address('b', '')).toThrow(/object key is empty/);
		expect(() => address(undefined, 'k')).toThrow(/without a bucket/);
	});

	test("Ceph's tenant before the bucket is encoded", () => {
		expect(address('tenant:b', 'k').path).toBe('/tenant%3Ab/k');
	});
});

describe('checkBucket', () => {
	test.each(['abc', 'a', 'My_Old.Bucket-1', 'tenant:bucket', 'x'.repeat(255), '...'])(
		'lets %s pass',
		(bucket) => {
			expect(() => checkBucket(bucket)).not.toThrow();
		},
	);

	test.each([
		['', /empty/],
		['a/b', /"a\/b" holds "\/".*object key/],
		['a\u0007', /U\+0007/],
		[' a', /U\+0020/],
		['😀', /U\+1F600/],
		['x'.repeat(256), /256 characters/],
	])('refuses %j and says why', (bucket, message) => {
		expect(() => checkBucket(bucket)).toThrow(TypeError);
		expect(() => checkBucket(bucket)).toThrow(message);
	});
});

describe('checkNewBucket', () => {
	// Valid and invalid names of
	// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
	test.each([
		'docexamplebucket',
		'log-delivery-march-2020',
		'my-hosted-content',
		'example.com',
		'abc',
	])('lets %s pass', (bucket) => {
		expect(() => checkNewBucket(bucket)).not.toThrow();
	});

	test.each([
		['doc_example_bucket', /lower-case letters/],
		['DocExampleBucket', /lower-case letters/],
		['doc-example-bucket-', /begin and end/],
		['.abc', /begin and end/],
		['doc..example', /two dots/],
		['192.168.5.4', /IP address/],
		['ab', /2 characters: a new bucket needs 3 to 63/],
		['x'.repeat(64), /64 characters/],
		['', /empty/],
	])('refuses %s and says why', (bucket, message) => {
		expect(() => checkNewBucket(bucket)).toThrow(TypeError);
		expect(() => checkNewBucket(bucket)).toThrow(message);
	});
});

describe('checkKey', () => {
	test.each(['..', '/', '\u0001', 'é'.repeat(512), 'x'.repeat(1_024), '😀'.repeat(256)])(
		'lets %j pass',
		(key) => {
			expect(() => checkKey(key)).not.toThrow();
		},
	);

	test.each([
		['', /empty/],
		['x'.repeat(1_025), /1025 bytes.*1024/],
		['é'.repeat(513), /1026 bytes/],
		['half \ud83d', /U\+D83D/],
	])('refuses %j and says why', (key, message) => {
		expect(() => checkKey(key)).toThrow(TypeError);
		expect(() => checkKey(key)).toThrow(message);
	});
});
