import { encodeKey } from '../../../nodes/S3/transport/encode';
import { signedHeaders } from '../../../nodes/S3/transport/sign';
import type { Proof } from '../../../nodes/S3/transport/signChunks';
import {
	CHUNK_BYTES,
	chunkedHeaders,
	chunkedPayload,
	inChunks,
} from '../../../nodes/S3/transport/signChunks';

// Amazon's published examples: 65 KiB of "a" in a chunk of 64 KiB and one of 1 KiB.
const example = {
	credentials: {
		accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
		secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
	},
	region: 'us-east-1',
	service: 's3',
	at: new Date('2013-05-24T00:00:00Z'),
	method: 'PUT',
	path: `/examplebucket/${encodeKey('chunkObject.txt')}`,
	query: '',
};
const headers = {
	host: 's3.amazonaws.com',
	'x-amz-storage-class': 'REDUCED_REDUNDANCY',
	'content-encoding': 'aws-chunked',
	'x-amz-decoded-content-length': '66560',
	'content-length': '66824',
};
async function* content() {
	yield Buffer.alloc(65_536, 'a');
	yield Buffer.alloc(1024, 'a');
}
async function* pieces(size: number) {
	for (let left = size; left > 0; left -= CHUNK_BYTES)
		yield Buffer.alloc(Math.min(left, CHUNK_BYTES), 'x');
}
const textOf = async (chunks: AsyncIterable<Buffer>) => {
	const all: Buffer[] = [];
	for await (const chunk of chunks) all.push(chunk);
	return Buffer.concat(all).toString('latin1');
};

describe("Amazon's examples", () => {
	// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
	test('signed chunks', async () => {
		const proof = { signed: true };
		const seed = signedHeaders({ ...example, headers, payloadHash: chunkedPayload(proof) });
		expect(seed.headers['x-amz-content-sha256']).toBe('STREAMING-AWS4-HMAC-SHA256-PAYLOAD');
		expect(seed.signature).toBe('4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9');
		const body = await textOf(inChunks(content(), proof, seed));
		expect(body.match(/chunk-signature=[0-9a-f]+/g)?.map((text) => text.slice(16))).toEqual([
			'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
			'0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
			'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
		]);
		expect(body).toHaveLength(66_824);
		expect(body).toMatch(/^10000;chunk-signature=ad80\w+\r\na{65536}\r\n400;chunk-signature=0055/);
		expect(body).toMatch(/a{1024}\r\n0;chunk-signature=b6c6\w+\r\n\r\n$/);
	});
});

test.each<Proof>([
	{ signed: true },
	{ signed: true, checksum: 'crc32' },
	{ signed: true, checksum: 'sha256' },
	{ signed: false, checksum: 'crc32' },
	{ signed: false, checksum: 'sha256' },
])('the length is known before the first byte: %j', async (proof) => {
	for (const size of [0, 1, 15, 16, 5000, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES - 1]) {
		const payloadHash = chunkedPayload(proof);
		const seed = signedHeaders({ ...example, headers: { host: 'x' }, payloadHash });
		const { length } = await textOf(inChunks(pieces(size), proof, seed));
		const described = chunkedHeaders(size, proof);
		expect([size, described['content-length']]).toEqual([size, String(length)]);
		expect(described['x-amz-decoded-content-length']).toBe(String(size));
	}
});
