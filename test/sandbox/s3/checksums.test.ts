import {
	CompleteMultipartUploadCommand,
	CopyObjectCommand,
	CreateBucketCommand,
	CreateMultipartUploadCommand,
	GetObjectAttributesCommand,
	GetObjectCommand,
	HeadObjectCommand,
	ObjectAttributes,
	PutObjectCommand,
	UploadPartCommand,
	type ChecksumAlgorithm,
	type ChecksumType,
	type S3Client,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { digestAll } from '../../../sandbox/s3/checksum.ts';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { codeOf, sdkClient, tamper } from './sdk.ts';

const Bucket = 'checksums';
let sandbox: S3Sandbox;
let sdk: S3Client;

beforeAll(async () => {
	sandbox = await startS3Sandbox({ minPartSize: 1 });
	sdk = sdkClient(sandbox);
	await sdk.send(new CreateBucketCommand({ Bucket }));
});

afterAll(async () => {
	sdk.destroy();
	await sandbox.close();
});

const algorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
const head = (Key: string, more = {}) =>
	sdk.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED', ...more }));

// Check values of the catalogue of parametrised CRC algorithms.
test.each([
	['CRC32', 'cbf43926'],
	['CRC32C', 'e3069283'],
	['CRC64NVME', 'ae8b14860a799888'],
] as const)('%s of "123456789"', (algorithm, expected) => {
	const split = [Buffer.from('12345'), Buffer.alloc(0), Buffer.from('6789')];
	expect(digestAll(algorithm, split).toString('hex')).toBe(expected);
});

test.each(algorithms)('%s as the SDK computes it is verified and kept', async (algorithm) => {
	const Key = algorithm;
	const field = `Checksum${algorithm}` as const;
	await sdk.send(new PutObjectCommand({ Bucket, Key, Body: 'abc', ChecksumAlgorithm: algorithm }));
	const got = await sdk.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
	expect(got[field]).toMatch(/=$/);
	expect(got.ChecksumType).toBe('FULL_OBJECT');
	expect(await got.Body?.transformToString()).toBe('abc');
	const other = await sdk.send(
		new PutObjectCommand({ Bucket, Key: 'other', Body: 'x', ChecksumAlgorithm: algorithm }),
	);
	const wrong = new PutObjectCommand({ Bucket, Key: 'wrong', Body: 'abc', [field]: other[field] });
	expect(await codeOf(sdk.send(wrong))).toBe('BadDigest');
	expect(sandbox.read(Bucket, 'wrong')).toBeUndefined();
});

test('algorithms the server cannot verify are refused, not ignored', async () => {
	const client = tamper(sdkClient(sandbox), 'early', ({ headers }) => {
		headers['x-amz-checksum-sha512'] = createHash('sha512').update('abc').digest('base64');
	});
	const put = new PutObjectCommand({ Bucket, Key: 'c', Body: 'abc' });
	expect(await codeOf(client.send(put))).toBe('NotImplemented');
});

async function inParts(
	Key: string,
	algorithm: ChecksumAlgorithm,
	type: ChecksumType,
	claims: object = {},
) {
	const { UploadId } = await sdk.send(
		new CreateMultipartUploadCommand({
			Bucket,
			Key,
			ChecksumAlgorithm: algorithm,
			ChecksumType: type,
		}),
	);
	const Parts = [];
	for (const [at, Body] of ['12345', '6789'].entries()) {
		const PartNumber = at + 1;
		const ChecksumAlgorithm = algorithm;
		const {
			ETag,
			$metadata: _,
			...sums
		} = await sdk.send(
			new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ChecksumAlgorithm }),
		);
		Parts.push({ ...sums, PartNumber, ETag });
	}
	return await sdk.send(
		new CompleteMultipartUploadCommand({
			Bucket,
			Key,
			UploadId,
			MultipartUpload: { Parts },
			ChecksumType: type,
			...claims,
		}),
	);
}

test.each(['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const)(
	'%s of the checksums of the parts',
	async (algorithm) => {
		const Key = `composite ${algorithm}`;
		const { [`Checksum${algorithm}` as const]: sum } = await inParts(Key, algorithm, 'COMPOSITE');
		const ofParts = ['12345', '6789'].map((one) => digestAll(algorithm, [Buffer.from(one)]));
		expect(sum).toBe(`${digestAll(algorithm, ofParts).toString('base64')}-2`);
		expect(await head(Key)).toMatchObject({
			[`Checksum${algorithm}`]: sum,
			ChecksumType: 'COMPOSITE',
		});
		const second = await head(Key, { PartNumber: 2 });
		expect(second).toMatchObject({
			ContentLength: 4,
			PartsCount: 2,
			[`Checksum${algorithm}`]: ofParts[1]?.toString('base64'),
		});
	},
);

test.each(['CRC32', 'CRC32C', 'CRC64NVME'] as const)('%s of the whole', async (algorithm) => {
	const Key = `full ${algorithm}`;
	const field = `Checksum${algorithm}`;
	const whole = digestAll(algorithm, [Buffer.from('123456789')]).toString('base64');
	const wrong = digestAll(algorithm, [Buffer.from('12345678')]).toString('base64');
	expect(await codeOf(inParts(Key, algorithm, 'FULL_OBJECT', { [field]: wrong }))).toBe(
		'BadDigest',
	);
	const done = await inParts(Key, algorithm, 'FULL_OBJECT', { [field]: whole });
	expect(done).toMatchObject({ [field]: whole, ChecksumType: 'FULL_OBJECT' });
	expect(await head(Key)).toMatchObject({ [field]: whole, ChecksumType: 'FULL_OBJECT' });
});

test('a type the algorithm does not have', async () => {
	expect(await codeOf(inParts('k', 'SHA256', 'FULL_OBJECT'))).toBe('InvalidRequest');
	expect(await codeOf(inParts('k', 'CRC64NVME', 'COMPOSITE'))).toBe('InvalidRequest');
});

test('the attributes of an object in parts', async () => {
	await inParts('parts', 'SHA256', 'COMPOSITE');
	const attributesOf = (Key: string, more = {}) =>
		sdk.send(
			new GetObjectAttributesCommand({
				Bucket,
				Key,
				ObjectAttributes: Object.values(ObjectAttributes),
				...more,
			}),
		);
	const { ETag } = await head('parts');
	const all = await attributesOf('parts');
	expect(all).toMatchObject({
		ETag: ETag?.replaceAll('"', ''),
		ObjectSize: 9,
		StorageClass: 'STANDARD',
		Checksum: { ChecksumType: 'COMPOSITE' },
		ObjectParts: { TotalPartsCount: 2, IsTruncated: false },
	});
	expect(all.LastModified).toBeInstanceOf(Date);
	expect(all.Checksum?.ChecksumSHA256).not.toContain('-');
	const page = await attributesOf('parts', { MaxParts: 1, PartNumberMarker: '1' });
	expect(page.ObjectParts?.Parts).toMatchObject([{ PartNumber: 2, Size: 4 }]);
	await sdk.send(new PutObjectCommand({ Bucket, Key: 'plain', Body: 'x' }));
	expect((await attributesOf('plain')).ObjectParts).toBeUndefined();
	expect(await codeOf(attributesOf('plain', { ObjectAttributes: ['Colour'] }))).toBe(
		'InvalidArgument',
	);
	expect(await codeOf(attributesOf('absent'))).toBe('NoSuchKey');
});

test('a copy gets the checksum it asks for', async () => {
	await inParts('source', 'SHA256', 'COMPOSITE');
	const copy = async (input: object) => {
		const CopySource = `${Bucket}/source`;
		await sdk.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource, ...input }));
		return await head('copy');
	};
	const whole = createHash('sha256').update('123456789').digest('base64');
	expect(await copy({})).toMatchObject({ ChecksumSHA256: whole, ChecksumType: 'FULL_OBJECT' });
	const crc = await copy({ ChecksumAlgorithm: 'CRC32' });
	expect(crc).toMatchObject({ ChecksumCRC32: 'y/Q5Jg==' });
	expect(crc.ChecksumSHA256).toBeUndefined();
	expect(await codeOf(copy({ ChecksumAlgorithm: 'MD4' }))).toBe('InvalidRequest');
});
