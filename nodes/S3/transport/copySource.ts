import { Failure, toFailure } from '../../shared/resilience/failure';
import { checkBucket, checkKey } from './address';
import type { S3Client } from './client';
import { encodeKey, encodeQuery } from './encode';
import { allowed } from './headerValues';
import type { ReadOptions } from './readHeaders';
import { readRequest } from './readHeaders';
import { unquoted } from './objectInfo';

export interface ObjectPlace {
	bucket: string;
	key: string;
	/** the current one where absent */
	versionId?: string;
}

/** A copy that is to be made: all of it in terms of the wire. */
export interface Copy {
	source: ObjectPlace;
	target: { bucket: string; key: string };
	headers: Record<string, string>;
	sourceHeaders: Record<string, string>;
	replaceMetadata: boolean;
	partBytes?: number;
	parallel: number;
}

/** What the copy is made of, before it is made in parts. */
export interface SourceInfo {
	size: number;
	/** without the quotes */
	etag: string;
	/** of the answer to HEAD */
	headers: Record<string, string>;
}

/** Under a key of KMS or of the customer, and in parts, the ETag is no MD5 of the content. */
export const hasMd5Etag = ({ etag, headers }: SourceInfo): boolean =>
	/^[0-9a-f]{32}$/.test(etag) &&
	!headers['x-amz-server-side-encryption']?.startsWith('aws:') &&
	!headers['x-amz-server-side-encryption-customer-algorithm'];

/** Headers that say what the content is: CopyObject carries them over, CreateMultipartUpload does not. */
export const CONTENT_HEADERS = [
	'cache-control',
	'content-disposition',
	'content-encoding',
	'content-language',
	'content-type',
	'expires',
];

/** Headers that say how an object is kept: CopyObject leaves them behind. */
export const KEEPING_HEADERS = [
	'x-amz-storage-class',
	'x-amz-website-redirect-location',
	'x-amz-server-side-encryption',
	'x-amz-server-side-encryption-aws-kms-key-id',
	'x-amz-server-side-encryption-bucket-key-enabled',
];

/** The source under the conditions and with the key that the copy is asked for with. */
export async function copySourceInfo(
	s3: S3Client,
	copy: Pick<Copy, 'source' | 'sourceHeaders'>,
): Promise<SourceInfo> {
	const { bucket, key, versionId } = copy.source;
	const request = {
		operation: 'HeadObject',
		method: 'HEAD' as const,
		bucket,
		key,
		query: [['versionId', versionId]] as Array<[string, string | undefined]>,
		headers: {
			...Object.fromEntries(
				Object.entries(copy.sourceHeaders).map(([name, value]) => [headName(name), value]),
			),
			'x-amz-checksum-mode': 'ENABLED',
		},
		accept: [304],
	};
	return await s3.call(request, ({ status, headers }) => {
		if (status === 304) throw unchanged(copy.source);
		return { size: Number(headers['content-length'] ?? 0), etag: unquoted(headers.etag), headers };
	});
}

/** What is asked of the source, as headers of a copy. @throws Failure that names what cannot be sent */
export const copySourceHeaders = (
	s3: Pick<S3Client, 'tls'>,
	options: Omit<ReadOptions, 'versionId' | 'partNumber' | 'checksum'>,
): Record<string, string> =>
	Object.fromEntries(
		Object.entries(readRequest(s3, options).headers).map(([name, value]) => [
			`x-amz-copy-source-${name.replace('x-amz-', '')}`,
			value,
		]),
	);

const headName = (name: string) =>
	name.replace('x-amz-copy-source-if-', 'if-').replace('x-amz-copy-source-', 'x-amz-');

const unchanged = ({ bucket, key }: ObjectPlace) =>
	new Failure({
		kind: 'conflict',
		phase: 'rejected',
		code: 'PreconditionFailed',
		status: 412,
		message: `"${key}" in bucket "${bucket}" does not meet the condition of the copy`,
	});

/**
 * Copies this very object, or nothing (If-Match). There are servers that compare another ETag than
 * the one that they tell (Swift, of objects that came in parts); from then on the time of the last
 * change stands for it.
 * @param make copies under the condition that it gets, as headers
 */
export async function whileStill<T>(
	s3: S3Client,
	copy: Pick<Copy, 'source' | 'sourceHeaders' | 'headers'>,
	found: SourceInfo,
	make: (condition: Record<string, string>) => Promise<T>,
): Promise<T> {
	const byDate = { 'x-amz-copy-source-if-unmodified-since': found.headers[MODIFIED] ?? '' };
	if (dated.has(found)) return await make(byDate);
	try {
		return await make({ 'x-amz-copy-source-if-match': `"${found.etag}"` });
	} catch (error) {
		const failure = toFailure(error);
		// After a lost answer an earlier attempt may have changed the object.
		const ours = failure.attempts < 2 && !('if-none-match' in copy.headers);
		if (failure.code !== 'PreconditionFailed' || !ours) throw failure;
		const now = await copySourceInfo(s3, copy).catch(() => undefined);
		if (!now || !isUnchanged(found, now)) throw failure;
		dated.add(found);
		return await make(byDate);
	}
}

const MODIFIED = 'last-modified';
const dated = new WeakSet<SourceInfo>();

/** Whether a server says, by ETag and time, that both are the same object. */
export const isUnchanged = ({ etag, headers }: SourceInfo, now: SourceInfo): boolean =>
	etag === now.etag &&
	headers[MODIFIED] !== undefined &&
	headers[MODIFIED] === now.headers[MODIFIED];

/** The value of x-amz-copy-source: encoded once, so that no character of the key is taken apart. */
export const copySource = ({ bucket, key, versionId }: ObjectPlace): string =>
	`/${encodeKey(bucket)}/${encodeKey(key)}${versionId ? `?${encodeQuery([['versionId', versionId]])}` : ''}`;

/** Before anything is sent. */
export function checkSource({ bucket, key }: ObjectPlace): void {
	allowed(() => {
		checkBucket(bucket);
		checkKey(key);
	});
}
