import { Failure } from '../../shared/resilience/failure';
import { checkNewBucket } from './address';
import type { S3Client } from './client';
import type { QueryPair } from './encode';
import { readError, s3Failure, successBody } from './failure';
import { allowed } from './headerValues';
import { child, children, text, writeXml } from './xml';

export interface Bucket {
	name: string;
	/** ISO 8601 */
	created?: string;
	/** where the server says it */
	region?: string;
}

interface BucketListing {
	prefix?: string;
	/** Infinity for all */
	limit?: number;
}

/** The buckets of the account. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html */
export async function listBuckets(
	s3: S3Client,
	{ prefix = '', limit = Infinity }: BucketListing = {},
): Promise<{ owner: string; buckets: Bucket[] }> {
	const found: Bucket[] = [];
	for (let after: string | undefined; ;) {
		const { owner, buckets, next } = await bucketPage(s3, prefix, after);
		found.push(...buckets.filter(({ name }) => name.startsWith(prefix)));
		if (!next || found.length >= limit) return { owner, buckets: found.slice(0, limit) };
		if (next === after) throw samePage();
		after = next;
	}
}

// The most that one page can have.
const PAGE_SIZE = 10_000;

async function bucketPage(s3: S3Client, prefix: string, after: string | undefined) {
	// Servers without pages do not have to know these, and one page is all they have.
	const paged: QueryPair[] = s3.quirks.bucketPages
		? [
				['max-buckets', PAGE_SIZE],
				['prefix', prefix || undefined],
			]
		: [];
	const query: QueryPair[] = [...paged, ['continuation-token', after]];
	return await s3.call({ operation: 'ListBuckets', method: 'GET', query }, (received) => {
		const answer = successBody('ListAllMyBucketsResult', received, s3.clock.now());
		const list = child(answer, 'Buckets');
		return {
			owner: text(answer, 'Owner', 'DisplayName') || text(answer, 'Owner', 'ID') || '',
			next: text(answer, 'ContinuationToken'),
			buckets: (list ? children(list, 'Bucket') : []).map((bucket) => ({
				name: text(bucket, 'Name') ?? '',
				created: text(bucket, 'CreationDate'),
				region: text(bucket, 'BucketRegion'),
			})),
		};
	});
}

const samePage = () =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NO_NEXT_PAGE',
		message: 'The server sends the same page of the list of buckets again and again',
		hint: 'Its list of buckets is broken: tell the maintainers of the server.',
	});

export interface NewBucket {
	ifExists: 'fail' | 'keep';
	/** instead of that of the client */
	region?: string;
	/** a canned ACL */
	acl?: string;
	/** objects can be locked, which needs versioning and cannot be switched off */
	objectLock?: boolean;
	ownership?: string;
}

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
 * @returns whether it was made now; `false` where it was there and belongs to this account
 */
export async function createBucket(
	s3: S3Client,
	bucket: string,
	{ ifExists, region = s3.region, acl, objectLock, ownership }: NewBucket,
): Promise<boolean> {
	allowed(() => checkNewBucket(bucket));
	// us-east-1 is the default place, and naming it is an error on AWS.
	const elsewhere = s3.quirks.locationConstraint && region !== '' && region !== 'us-east-1';
	const body = elsewhere
		? Buffer.from(writeXml('CreateBucketConfiguration', { LocationConstraint: region }))
		: undefined;
	const headers = {
		...(acl && { 'x-amz-acl': acl }),
		...(objectLock && { 'x-amz-bucket-object-lock-enabled': 'true' }),
		...(ownership && { 'x-amz-object-ownership': ownership }),
	};
	return await s3.call(
		{ operation: 'CreateBucket', method: 'PUT', bucket, region, headers, body, accept: [409] },
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

/**
 * `createBucket` after a look: us-east-1 and Ceph answer 200 to the creation of a bucket that is
 * there and yours. One that is to be kept is created all the same, which proves whose it is.
 */
export async function createBucketUnlessThere(
	s3: S3Client,
	bucket: string,
	wanted: NewBucket,
): Promise<boolean> {
	const there = await isThere(s3, bucket);
	if (there && wanted.ifExists === 'fail') throw existsAlready('BucketAlreadyExists', bucket);
	return (await createBucket(s3, bucket, wanted)) && !there;
}

async function isThere(s3: S3Client, bucket: string): Promise<boolean> {
	try {
		return (await headBucket(s3, bucket)).exists;
	} catch (error) {
		// Not allowed to look, or somebody else's: the creation says which.
		if (error instanceof Failure && error.status === 403) return false;
		throw error;
	}
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

export const noSuchBucket = (bucket: string) =>
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
