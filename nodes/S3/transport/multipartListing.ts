import type { S3Client } from './client';
import { successBody } from './failure';
import { checkPrefix, keyDecoder, noNextPage, PAGE_SIZE } from './listPage';
import { unquoted } from './objectInfo';
import { children, text } from './xml';

/** A multipart upload that is neither completed nor aborted. */
export interface OpenUpload {
	bucket: string;
	key: string;
	uploadId: string;
	/** ISO 8601 */
	initiated?: string;
	storageClass?: string;
}

/**
 * Uploads that are open, page by page: by key, and those of one key from the oldest on. MinIO finds
 * nothing by the beginning of a key, but all without one.
 * https://github.com/minio/minio/issues/20989
 */
export async function* listUploads(
	s3: S3Client,
	bucket: string,
	prefix = '',
): AsyncGenerator<OpenUpload[]> {
	let found = false;
	for await (const page of uploadPages(s3, bucket, prefix)) {
		found ||= page.length > 0;
		yield page;
	}
	if (found || prefix === '' || s3.quirks.uploadPrefixes) return;
	for await (const page of uploadPages(s3, bucket)) {
		yield page.filter(({ key }) => key.startsWith(prefix));
	}
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html */
async function* uploadPages(
	s3: S3Client,
	bucket: string,
	prefix?: string,
	signal?: AbortSignal,
): AsyncGenerator<OpenUpload[]> {
	let keyMarker: string | undefined;
	let idMarker: string | undefined;
	for (;;) {
		const page = await s3.call(
			{
				operation: 'ListMultipartUploads',
				method: 'GET',
				bucket,
				query: [
					['uploads', ''],
					['encoding-type', 'url'],
					['max-uploads', PAGE_SIZE],
					['prefix', prefix || undefined],
					['key-marker', keyMarker],
					['upload-id-marker', idMarker],
				],
				signal,
			},
			(received) => {
				const answer = successBody('ListMultipartUploadsResult', received, s3.clock.now());
				const decode = keyDecoder(answer);
				const uploads = children(answer, 'Upload').map((entry): OpenUpload => {
					const storageClass = text(entry, 'StorageClass');
					return {
						bucket,
						key: decode(text(entry, 'Key') ?? ''),
						uploadId: text(entry, 'UploadId') ?? '',
						initiated: text(entry, 'Initiated'),
						...(storageClass && { storageClass }),
					};
				});
				return {
					uploads,
					truncated: text(answer, 'IsTruncated') === 'true',
					key: decode(text(answer, 'NextKeyMarker') ?? ''),
					id: text(answer, 'NextUploadIdMarker'),
				};
			},
		);
		checkPrefix(page.uploads, bucket, prefix);
		yield page.uploads;
		if (!page.truncated) return;
		if (!page.key || (page.key === keyMarker && page.id === idMarker)) throw noNextPage(bucket);
		keyMarker = page.key;
		idMarker = page.id;
	}
}

/** Those of exactly this key, the newest first. */
export async function uploadsOf(
	s3: S3Client,
	bucket: string,
	key: string,
	signal?: AbortSignal,
): Promise<OpenUpload[]> {
	const found: OpenUpload[] = [];
	for await (const page of uploadPages(s3, bucket, key, signal)) {
		const mine = page.filter((upload) => upload.key === key);
		found.push(...mine);
		// Longer keys come after it.
		if (mine.length < page.length) break;
	}
	return found.sort((a, b) => (b.initiated ?? '').localeCompare(a.initiated ?? ''));
}

/** A part as the server has it. */
export interface StoredPart {
	number: number;
	size: number;
	/** without the quotes */
	etag: string;
	/** base64 */
	crc32?: string;
	sha256?: string;
}

export interface StoredParts {
	parts: StoredPart[];
	/** "CRC32": what the upload was created with */
	algorithm?: string;
	/** COMPOSITE or FULL_OBJECT */
	checksumType?: string;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html */
export async function listParts(
	s3: S3Client,
	{ bucket, key, uploadId }: Pick<OpenUpload, 'bucket' | 'key' | 'uploadId'>,
	headers: Record<string, string> = {},
	signal?: AbortSignal,
): Promise<StoredParts> {
	const all: StoredParts = { parts: [] };
	let marker: string | undefined;
	for (;;) {
		const page = await s3.call(
			{
				operation: 'ListParts',
				method: 'GET',
				bucket,
				key,
				query: [
					['uploadId', uploadId],
					['max-parts', PAGE_SIZE],
					['part-number-marker', marker],
				],
				headers,
				signal,
			},
			(received) => {
				const answer = successBody('ListPartsResult', received, s3.clock.now());
				return {
					parts: children(answer, 'Part').map((entry): StoredPart => ({
						number: Number(text(entry, 'PartNumber')),
						size: Number(text(entry, 'Size')),
						etag: unquoted(text(entry, 'ETag')),
						crc32: text(entry, 'ChecksumCRC32') || undefined,
						sha256: text(entry, 'ChecksumSHA256') || undefined,
					})),
					algorithm: text(answer, 'ChecksumAlgorithm') || undefined,
					checksumType: text(answer, 'ChecksumType') || undefined,
					truncated: text(answer, 'IsTruncated') === 'true',
					next: text(answer, 'NextPartNumberMarker'),
				};
			},
		);
		all.parts.push(...page.parts);
		all.algorithm = page.algorithm;
		all.checksumType = page.checksumType;
		if (!page.truncated || !page.next || page.next === marker) return all;
		marker = page.next;
	}
}
