import type { S3Client } from './client';
import type { IntegrityMode } from './integrity';
import { integrityOf } from './integrity';
import type { Stored } from './objects';
import { putObject } from './objects';
import { PartBuffers } from './partBuffers';
import { partSizes } from './partSizes';
import { canStream, putFile } from './putFile';
import { findInterrupted } from './resume';
import { sendParts } from './sendParts';
import type { Content } from './source';
import { checkLength, isFile, openSource } from './source';
import type { TagsKept } from './tagging';
import { keepTags } from './tagging';

export interface Upload {
	bucket: string;
	key: string;
	source: Content;
	/** in bytes, where it is known */
	size?: number;
	/** Content-Type and so on, lower-case names */
	headers: Record<string, string>;
	partBytes: number;
	/** parts on the way at the same time */
	parallel: number;
	integrity?: IntegrityMode;
	/** goes on with an upload of this key that was interrupted, and leaves one behind when it fails */
	resume?: boolean;
}

export type Uploaded = Stored & TagsKept & { size: number; parts: number };

/**
 * Stores content of any length as one object: in one request where it fits into a part, else as a
 * multipart upload, which is aborted when anything fails, but for one that is to be resumed. Memory
 * stays at a few parts.
 */
export async function upload(s3: S3Client, options: Upload): Promise<Uploaded> {
	const { bucket, key, headers, parallel } = options;
	const integrity = integrityOf(s3, options.integrity, headers);
	const put = async (body: Buffer) => {
		const stored = await putObject(s3, bucket, key, body, headers, integrity);
		return { ...stored, size: body.length, parts: 1 };
	};
	const sizesOf = (size: number | undefined) => partSizes(s3.quirks, options.partBytes, size);
	const { source: content } = options;
	if (Buffer.isBuffer(content) && content.length <= sizesOf(content.length)(0))
		return await put(content);

	const source = await openSource(content, options.size, s3.signal);
	let buffers: PartBuffers | undefined;
	try {
		const { size } = source;
		const sizes = sizesOf(size);
		const single = size !== undefined && size <= sizes(0);
		if (single && isFile(content) && canStream(s3, { ...content, size }, integrity)) {
			const stored = await putFile(s3, bucket, key, { ...content, size }, headers, integrity);
			return { ...stored, size, parts: 1 };
		}
		const wanted = { bucket, key, headers, integrity, size };
		const interrupted = options.resume && !single ? await findInterrupted(s3, wanted) : undefined;
		const partBytes = interrupted?.partBytes;
		// With room for one byte more, the read that takes all of it meets the end as well.
		const firstBytes = single ? size + 1 : (partBytes ?? sizes(0));
		buffers = new PartBuffers(firstBytes, single ? 1 : parallel + 1);
		const first = await buffers.take(s3.signal);
		const length = await source.fill(first);
		if (!interrupted && (single || length < first.length || (await source.ended()))) {
			await checkLength(source);
			return await put(first.subarray(0, length));
		}
		const stored = await sendParts(s3, {
			bucket,
			key,
			headers,
			integrity,
			source,
			sizes: partBytes === undefined ? sizes : () => partBytes,
			buffers,
			first,
			length,
			interrupted,
			keepParts: options.resume ?? false,
			checkLength: async () => await checkLength(source),
		});
		const object = { bucket, key, versionId: stored.versionId };
		return { ...stored, ...(await keepTags(s3, object, headers['x-amz-tagging'])) };
	} finally {
		await source.close();
		buffers?.close();
	}
}
