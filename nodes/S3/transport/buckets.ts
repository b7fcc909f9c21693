import { Failure } from '../../shared/resilience/failure';
import { checkNewBucket } from './address';
import type { S3Client } from './client';
import { invalidInput, readError, s3Failure, successBody } from './failure';
import { child, children, text, writeXml } from './xml';

export interface Bucket {
	name: string;
	/** ISO 8601 */
	created?: string;
}

/** All buckets of the account. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html */
export async function listBuckets(s3: S3Client): Promise<{ owner: string; buckets: Bucket[] }> {
	return await s3.call({ operation: 'ListBuckets', method: 'GET' }, (received) => {
		const answer = successBody('ListAllMyBucketsResult', received, s3.clock.now());
		const list = child(answer, 'Buckets');
		return {
			owner: text(answer, 'Owner', 'DisplayName') || text(answer, 'Owner', 'ID') || '',
			buckets: (list ? children(list, 'Bucket') : []).map((bucket) => ({
				name: text(bucket, 'Name') ?? '',
				created: text(bucket, 'CreationDate'),
			})),
		};
	});
}

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
 * @returns whether it was made now; `false` where it was there and belongs to this account
 */
export async function createBucket(
	s3: S3Client,
	bucket: string,
	{ ifExists }: { ifExists: 'fail' | 'keep' },
): Promise<boolean> {
	try {
		checkNewBucket(bucket);
	} catch (error) {
		throw invalidInput(error);
	}
	// us-east-1 is the default place, and naming it is an error on AWS.
	const elsewhere = s3.quirks.locationConstraint && s3.region !== '' && s3.region !== 'us-east-1';
	const body = elsewhere
		? Buffer.from(writeXml('CreateBucketConfiguration', { LocationConstraint: s3.region }))
		: undefined;
	return await s3.call(
		{ operation: 'CreateBucket', method: 'PUT', bucket, region: s3.region, body, accept: [409] },
		({ status, headers, body: answer }, { lost }) => {
			if (status !== 409) return true;
			const error = readError(status, headers, answer, s3.redact);
			const { code } = error;
			if (code === 'BucketAlreadyExists') throw existsAlready(code, bucket);
			if (code === 'BucketAlreadyOwnedByYou') {
				// The answer to an earlier attempt was lost: that attempt made it.
				if (lost) return true;
				if (ifExists === 'keep') return false;
				throw existsAlready(code, bucket);
			}
			throw s3Failure(status, headers, error, s3.clock.now());
		},
	);
}

const existsAlready = (code: 'BucketAlreadyOwnedByYou' | 'BucketAlreadyExists', bucket: string) => {
	const mine = code === 'BucketAlreadyOwnedByYou';
	return new Failure({
		kind: 'conflict',
		phase: 'rejected',
		code,
		status: 409,
		message: mine
			? `The bucket "${bucket}" exists already and is yours`
			: `The bucket name "${bucket}" is taken`,
		hint: mine ? 'Set "If It Exists" to "Keep It".' : 'Choose another name.',
	});
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html */
export async function deleteBucket(s3: S3Client, bucket: string): Promise<void> {
	await s3.call(
		{ operation: 'DeleteBucket', method: 'DELETE', bucket, accept: [404] },
		({ status }, { lost }) => {
			// 404 after a lost answer: an earlier attempt deleted it.
			if (status === 404 && !lost) throw noSuchBucket(bucket);
		},
	);
}

const noSuchBucket = (bucket: string) =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NoSuchBucket',
		status: 404,
		message: `There is no bucket "${bucket}"`,
		hint: 'Check the bucket name and the endpoint.',
	});

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html */
export async function headBucket(
	s3: S3Client,
	bucket: string,
): Promise<{ exists: boolean; region?: string }> {
	return await s3.call(
		{ operation: 'HeadBucket', method: 'HEAD', bucket, accept: [404] },
		({ status, headers }) => {
			const region = headers['x-amz-bucket-region'];
			return { exists: status !== 404, ...(region && { region }) };
		},
	);
}
