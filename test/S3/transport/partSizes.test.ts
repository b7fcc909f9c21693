import { randomBytes } from 'node:crypto';
import { partSizes } from '../../../nodes/S3/transport/partSizes';
import { serverOf } from '../../../nodes/S3/transport/providers';
import { UNKNOWN_SERVER } from '../../../nodes/S3/transport/quirks';
import { failureOf } from '../clientOf';
import { MIB, PART, streamOf, UploadBench } from './uploadBench';

const GIB = 1024 * MIB;
const TIB = 1024 * GIB;

const all = (maxParts: number, wanted: number) => {
	const sizes = partSizes({ ...UNKNOWN_SERVER, maxParts }, wanted, undefined);
	return Array.from({ length: maxParts }, (_, index) => sizes(index));
};
const sum = (sizes: number[]) => sizes.reduce((total, size) => total + size, 0);

describe('a stream of unknown length', () => {
	test('may have more than 5 TiB, in parts that are never above 1 GiB and never shrink', () => {
		const sizes = all(10_000, 16 * MIB);
		expect(sum(sizes)).toBeGreaterThan(5 * TIB);
		expect(Math.max(...sizes)).toBe(GIB);
		expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
	});

	test('has small parts as long as it is small', () => {
		const sizes = all(10_000, 16 * MIB);
		const upTo = (bytes: number) => {
			let sent = 0;
			return Math.max(...sizes.filter((size) => (sent += size) <= bytes));
		};
		expect(upTo(9 * GIB)).toBe(16 * MIB);
		expect(upTo(29 * GIB)).toBe(32 * MIB);
	});

	test('gets along with a server that takes few parts', () => {
		expect(sum(all(1_000, 16 * MIB))).toBeGreaterThan(0.6 * TIB);
	});
});

describe('a file of known size', () => {
	const sizeOf = (size: number, wanted = 16 * MIB, more = {}) =>
		partSizes({ ...UNKNOWN_SERVER, ...more }, wanted, size)(0);

	test.each([
		[GIB, 16 * MIB, {}],
		[156 * GIB, 16 * MIB, {}],
		[5 * TIB, 525 * MIB, {}],
		[48.8 * TIB, 5118 * MIB, {}],
		[100 * GIB, 103 * MIB, { maxParts: 1_000 }],
		[GIB, 64 * MIB, { minPartBytes: 64 * MIB }],
	])('%i bytes go in parts of %i', (size, expected, more) => {
		expect(sizeOf(size, 16 * MIB, more)).toBe(expected);
		const { maxParts } = { ...UNKNOWN_SERVER, ...more };
		expect(Math.ceil(size / expected)).toBeLessThanOrEqual(maxParts);
		expect(expected).toBeLessThanOrEqual(5 * GIB);
	});
});

const quirksOf = (provider: string) =>
	serverOf({ provider, accountId: 'abc123', region: 'fr-par' }).quirks;

const indexes = [0, 1, 700, 5_000, 9_999];

test('parts of a stream of unknown length grow, except where all must be of one size', () => {
	const aws = indexes.map(partSizes(quirksOf('aws'), 16 * MIB, undefined));
	expect(new Set(aws).size).toBeGreaterThan(1);
	const r2 = indexes.map(partSizes(quirksOf('r2'), 16 * MIB, undefined));
	expect(r2).toEqual(indexes.map(() => 16 * MIB));
});

test.each([
	['aws', 10],
	['scaleway', 97],
	['storj', 64],
])('of %s a file of 97,000 MiB is sent in parts of %i MiB', (provider, mib) => {
	const sizes = partSizes(quirksOf(provider), 5 * MIB, 97_000 * MIB);
	expect(indexes.map(sizes)).toEqual(indexes.map(() => mib * MIB));
});

describe('on the wire', () => {
	let bench: UploadBench;
	beforeEach(async () => {
		bench = await UploadBench.open();
	});
	afterEach(async () => await bench.sandbox.close());
	const few = () => ({ ...bench.s3, quirks: { ...UNKNOWN_SERVER, maxParts: 32 } });

	test('parts grow while the stream goes on, and nothing is lost between them', async () => {
		const bytes = randomBytes(55 * MIB + 1);
		const result = await bench.send({ source: streamOf(bytes, MIB - 1) }, few());
		// 2 x 5, 2 x 10, 1 x 20, and what is left.
		expect(result).toMatchObject({ parts: 6, size: bytes.length });
		const sizes = bench.sandbox.requests
			.filter(({ operation }) => operation === 'UploadPart')
			.map(({ query, headers }) => [Number(query.partNumber), Number(headers['content-length'])])
			.toSorted(([a = 0], [b = 0]) => a - b)
			.map(([, size]) => size);
		expect(sizes).toEqual([PART, PART, 2 * PART, 2 * PART, 4 * PART, 5 * MIB + 1]);
		expect(bench.sandbox.read('main', 'k')?.equals(bytes)).toBe(true);
	});

	test('a stream that does not fit is refused, and nothing is left of it', async () => {
		const one = { ...bench.s3, quirks: { ...UNKNOWN_SERVER, maxParts: 1 } };
		const failure = await failureOf(bench.send({ source: streamOf(randomBytes(PART + 1)) }, one));
		expect(failure).toMatchObject({ code: 'TOO_MANY_PARTS', kind: 'invalid' });
		expect(bench.sandbox.openUploads()).toEqual([]);
	});
});
