import type { S3Client } from './client';
import type { Doubt } from './multipart';
import { abortUpload, CLEAN_UP_MS } from './multipart';
import type { OpenUpload } from './multipartListing';
import { listParts, uploadsOf } from './multipartListing';

// Servers tell the time of the creation in whole seconds.
const TOLERANCE_MS = 1_000;

/**
 * Aborts what a lost answer to CreateMultipartUpload left behind: open uploads of this very key that
 * were created at that time and have no part. Called when the upload itself is over, because that of
 * somebody else who began at the same moment has parts by then. Never throws: what is left costs
 * nothing, for it is empty.
 */
export async function abortStrays(
	s3: S3Client,
	{ bucket, key }: { bucket: string; key: string },
	{ from, to }: Doubt,
	mine?: string,
): Promise<void> {
	const isStray = ({ uploadId, initiated = '' }: OpenUpload) => {
		const at = Date.parse(initiated);
		return uploadId !== mine && at >= from - TOLERANCE_MS && at <= to + TOLERANCE_MS;
	};
	const signal = AbortSignal.timeout(CLEAN_UP_MS);
	try {
		for (const upload of (await uploadsOf(s3, bucket, key, signal)).filter(isStray)) {
			const { parts } = await listParts(s3, upload, {}, signal);
			if (parts.length === 0) await abortUpload(s3, upload);
		}
	} catch {
		// For instance because the credential may not list uploads.
	}
}
