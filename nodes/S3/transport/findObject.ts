import { toFailure } from '../../shared/resilience/failure';
import { headBucket, noSuchBucket } from './buckets';
import type { S3Client } from './client';
import type { ObjectInfo } from './objectInfo';
import { headObject } from './objects';
import type { ReadOptions } from './readHeaders';

/**
 * What is known of an object, or `undefined` where there is none.
 * @throws Failure where nobody can tell: the bucket is not there, or the key may not look
 */
export async function findObject(
	s3: S3Client,
	bucket: string,
	key: string,
	options: ReadOptions = {},
): Promise<ObjectInfo | undefined> {
	try {
		return await headObject(s3, bucket, key, options);
	} catch (error) {
		const failure = toFailure(error);
		if (failure.status === 403) throw failure.withHint(HIDDEN);
		// 405: this version is a delete marker.
		if (failure.status !== 404 && failure.status !== 405) throw failure;
		if (await isMissing(s3, bucket)) throw noSuchBucket(bucket);
		return undefined;
	}
}

const HIDDEN =
	'Check what the key may do. Amazon answers 403 for an object that is not there, too, unless the key may list the bucket (s3:ListBucket).';

/** The answer to HEAD has no body that could say what was not found. */
async function isMissing(s3: S3Client, bucket: string): Promise<boolean> {
	try {
		return !(await headBucket(s3, bucket)).exists;
	} catch (error) {
		if (toFailure(error).status === 403) return false;
		throw error;
	}
}
