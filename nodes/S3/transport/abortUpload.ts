import type { S3Client } from './client';
import { readError, s3Failure } from './failure';
import type { OpenUpload } from './multipartListing';

/**
 * Frees the parts of an upload that nobody will complete.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html
 * @throws Failure NoSuchUpload where it is not there (any more)
 */
export async function abortOpenUpload(
	s3: S3Client,
	{ bucket, key, uploadId }: Pick<OpenUpload, 'bucket' | 'key' | 'uploadId'>,
	signal?: AbortSignal,
): Promise<void> {
	const request = {
		operation: 'AbortMultipartUpload',
		method: 'DELETE' as const,
		bucket,
		key,
		query: [['uploadId', uploadId]] as Array<[string, string]>,
		signal,
		accept: [404],
	};
	await s3.call(request, ({ status, headers, body }, { lost }) => {
		if (status !== 404) return;
		const error = readError(status, headers, body, s3.redact);
		// The answer to an earlier attempt was lost: that attempt aborted it.
		if (lost && error.code === 'NoSuchUpload') return;
		throw s3Failure(status, headers, error, s3.clock.now());
	});
}
