import { Failure, toFailure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import { checkBefore } from './conditions';
import type { Headers } from './headerValues';
import { compact, plain, quoted } from './headerValues';
import { afterLostAnswer } from './objects';

/** What is to be deleted. */
export interface DeleteTarget {
	key: string;
	/** this version for good; else a versioned bucket puts a delete marker over the current one */
	versionId?: string;
}

/** What became of it. */
export interface Deleted {
	/** a marker was made, or, with a version ID, removed */
	deleteMarker?: boolean;
	/** the version that was removed, or the marker that was made */
	versionId?: string;
}

export interface DeleteOptions {
	/** versions under GOVERNANCE retention as well */
	bypassGovernance?: boolean;
	/** serial number of the device, a space, and its code: for buckets with MFA delete */
	mfa?: string;
}

/** Headers of DeleteObject and DeleteObjects. */
export const deleteHeaders = ({ bypassGovernance, mfa }: DeleteOptions): Headers =>
	compact({
		'x-amz-bypass-governance-retention': bypassGovernance ? 'true' : undefined,
		'x-amz-mfa': plain('MFA', mfa?.trim()),
	});

/**
 * One object, whose key XML need not be able to carry.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html
 * @param options `ifMatch`: only the object with this ETag
 */
export async function deleteObject(
	s3: S3Client,
	bucket: string,
	key: string,
	options: DeleteOptions & { versionId?: string; ifMatch?: string } = {},
): Promise<Deleted> {
	const { versionId, ifMatch } = options;
	const condition: Headers = ifMatch ? { 'if-match': quoted(ifMatch) } : {};
	if (ifMatch && !versionId && !s3.quirks.conditionalWrites)
		await checkBefore(s3, { bucket, key }, condition);
	const request = {
		operation: 'DeleteObject',
		method: 'DELETE' as const,
		bucket,
		key,
		query: [['versionId', versionId || undefined]] as Array<[string, string | undefined]>,
		headers: { ...deleteHeaders(options), ...condition },
		// With a condition the second attempt would miss what the first one deleted.
		accept: ifMatch ? [404, 412] : [],
	};
	try {
		const done = await s3.call<Deleted | { doubt: number }>(
			request,
			({ status, headers }, { attempt, lost }) => {
				if (status >= 300 && !lost) throw otherObject(status, bucket, key);
				if (status === 412) return { doubt: attempt };
				const removed = headers['x-amz-version-id'];
				return {
					...(headers['x-amz-delete-marker'] === 'true' && { deleteMarker: true }),
					...(removed && { versionId: removed }),
				};
			},
		);
		if (!('doubt' in done)) return done;
		// An earlier attempt may have deleted it, or never arrived: another object that is there now
		// may be why.
		if (await isThere(s3, { bucket, key, versionId }))
			throw afterLostAnswer(otherObject(412, bucket, key), done.doubt);
		return {};
	} catch (error) {
		// Google says so where Amazon says that it is done.
		if (!ifMatch && GONE.has(toFailure(error).code)) return {};
		throw error;
	}
}

const isThere = async (
	s3: S3Client,
	{ bucket, key, versionId }: DeleteTarget & { bucket: string },
) =>
	await s3.call(
		{
			operation: 'HeadObject',
			method: 'HEAD',
			bucket,
			key,
			query: [['versionId', versionId || undefined]],
			accept: [400, 403, 404, 405],
		},
		({ status }) => status !== 404 && status !== 405,
	);

const GONE = new Set(['NoSuchKey', 'NoSuchVersion']);

const otherObject = (status: number, bucket: string, key: string) =>
	new Failure({
		kind: 'conflict',
		phase: 'rejected',
		code: status === 404 ? 'NoSuchKey' : 'PreconditionFailed',
		status,
		message: `"${key}" in bucket "${bucket}" ${status === 404 ? 'is not there' : 'has another ETag now'}: nothing was deleted`,
		hint: 'Somebody changed it meanwhile. Look at it again before you delete it.',
	});
