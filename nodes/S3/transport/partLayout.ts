import { pump } from '../../shared/ground/pump';
import { toFailure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import type { Wanted } from './download';
import { readRequest } from './readHeaders';

const MIB = 1024 * 1024;
/** parts looked at at the same time */
const PARALLEL = 8;

/** How an object was cut when it was uploaded. */
export interface PartLayout {
	partBytes: number;
	/** the server says so, not arithmetic */
	certain: boolean;
	/** Whether all parts but the last have this size: asks for each of them. */
	isUniform(): Promise<boolean>;
}

/**
 * Checksums of parts can be compared only by who knows the parts. The server tells the size of the
 * first one; where it does not, there may be one size in whole MiB only that makes so many parts.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html (partNumber)
 */
export async function partLayout(
	s3: S3Client,
	wanted: Wanted,
	{ etag, size, parts }: { etag: string; size: number; parts: number },
	signal: AbortSignal,
): Promise<PartLayout | undefined> {
	const { bucket, key, versionId, customerKey } = wanted;
	const sizeOf = async (partNumber: number) => {
		const options = { versionId, customerKey, ifMatch: etag, partNumber };
		const place = { operation: 'HeadObject', method: 'HEAD' as const, bucket, key, signal };
		return await s3.call({ ...place, ...readRequest(s3, options) }, ({ headers }) => ({
			bytes: Number(headers['content-length'] ?? 0),
			parts: Number(headers['x-amz-mp-parts-count'] ?? 0),
		}));
	};
	const fits = (bytes: number) => bytes > 0 && Math.ceil(size / bytes) === parts;
	const isUniform = async (partBytes: number) => {
		let uniform = true;
		const look = async (index: number) => {
			const rest = size - index * partBytes;
			if ((await sizeOf(index + 1)).bytes !== Math.min(partBytes, rest)) uniform = false;
		};
		await pump(parts, PARALLEL, look, () => !uniform);
		return uniform;
	};
	const first = await sizeOf(1).catch((error: unknown) => {
		// A server without this, or a key that may not ask, leaves only arithmetic.
		if (toFailure(error).phase !== 'rejected') throw error;
		return { bytes: 0, parts: 0 };
	});
	if (first.parts === parts && fits(first.bytes)) {
		const partBytes = first.bytes;
		return { partBytes, certain: true, isUniform: async () => await isUniform(partBytes) };
	}
	const least = Math.ceil(size / parts / MIB);
	const onlyOne = fits(least * MIB) && !fits((least + 1) * MIB);
	if (first.parts > 0 || !onlyOne) return undefined;
	return { partBytes: least * MIB, certain: false, isUniform: async () => false };
}
