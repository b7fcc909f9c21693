import type { Failure } from '../../shared/resilience/failure';
import { toFailure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import { copyInParts } from './copyParts';
import type { Copy, ObjectPlace, SourceInfo } from './copySource';
import { checkSource, copySource, copySourceInfo, whileStill } from './copySource';
import { checkUnderKey, tookKey } from './encryption';
import { successBody } from './failure';
import type { Stored } from './objects';
import { unquoted } from './objectInfo';
import { afterLostAnswer, conditionFailed } from './objects';
import type { TagsKept } from './tagging';
import { text } from './xml';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/copy-object.html */
const LARGEST_COPY_BYTES = 5 * 1024 ** 3;

export interface CopyOptions {
	/**
	 * How the copy is written, lower-case names: storage class, encryption, ACL; `x-amz-tagging` in
	 * place of the tags of the source; with `replaceMetadata` its type and metadata as well.
	 */
	headers?: Record<string, string>;
	/** `x-amz-copy-source-*`: conditions on the source, and the key of a source under SSE-C */
	sourceHeaders?: Record<string, string>;
	/** type and metadata are those in `headers`, not those of the source */
	replaceMetadata?: boolean;
	/** what is known of the source, to be copied only while it is that */
	found?: SourceInfo;
	/** larger objects are copied in parts, at the cost of asking for the size first */
	singleBytes?: number;
	partBytes?: number;
	/** parts on the way at the same time */
	parallel?: number;
}

export interface Copied extends Stored, TagsKept {
	/** ISO 8601 */
	lastModified?: string;
	/** absent for a copy in one piece */
	parts?: number;
	/** false: the key may not read the tags of the source, so the copy has none */
	tagsCopied?: boolean;
}

/**
 * Copies inside the server an object of any size, with its type, metadata and tags. One request up
 * to 5 GiB; above that, or above `singleBytes`, by parts.
 */
export async function copyObject(
	s3: S3Client,
	source: ObjectPlace,
	target: { bucket: string; key: string },
	options: CopyOptions = {},
): Promise<Copied> {
	const { headers = {}, sourceHeaders = {}, replaceMetadata = false, parallel = 4 } = options;
	const { singleBytes = LARGEST_COPY_BYTES, partBytes } = options;
	const copy = { source, target, headers, sourceHeaders, replaceMetadata, partBytes, parallel };
	checkSource(source);
	let { found } = options;
	if (!found && singleBytes < LARGEST_COPY_BYTES) found = await copySourceInfo(s3, copy);
	if (found && found.size > singleBytes) return await copyInParts(s3, copy, found);
	const whole = async (condition = {}) =>
		await copyWhole(s3, { ...copy, sourceHeaders: { ...sourceHeaders, ...condition } });
	try {
		return await (options.found ? whileStill(s3, copy, options.found, whole) : whole());
	} catch (error) {
		const failure = toFailure(error);
		if (!TOO_LARGE.has(failure.code)) throw failure;
		// AWS says InvalidRequest of many things; only the size tells whether this is it.
		found ??= await copySourceInfo(s3, copy).catch(() => undefined);
		if (found && found.size > LARGEST_COPY_BYTES) return await copyInParts(s3, copy, found);
		throw explained(failure, copy);
	}
}

const TOO_LARGE = new Set(['InvalidRequest', 'InvalidArgument', 'EntityTooLarge']);

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
async function copyWhole(s3: S3Client, copy: Copy): Promise<Copied> {
	const { bucket, key } = copy.target;
	const { headers } = copy;
	const conditional = headers['if-none-match'] !== undefined;
	const request = {
		operation: 'CopyObject',
		method: 'PUT' as const,
		bucket,
		key,
		headers: {
			...headers,
			...copy.sourceHeaders,
			'x-amz-copy-source': copySource(copy.source),
			...(copy.replaceMetadata && { 'x-amz-metadata-directive': 'REPLACE' }),
			...('x-amz-tagging' in headers && { 'x-amz-tagging-directive': 'REPLACE' }),
		},
		// The server copies while the client waits.
		attemptTimeoutMs: 600_000,
		accept: conditional ? [412] : [],
	};
	let underKey = true;
	const copied = await s3.call(request, (received, { attempt, lost }) => {
		if (received.status === 412) {
			const refused = conditionFailed(bucket, key, headers);
			throw lost ? afterLostAnswer(refused, attempt) : refused;
		}
		const result = successBody('CopyObjectResult', received, s3.clock.now());
		underKey = tookKey(headers, received.headers);
		return {
			etag: unquoted(text(result, 'ETag')),
			lastModified: text(result, 'LastModified'),
			versionId: received.headers['x-amz-version-id'],
		};
	});
	if (!underKey) await checkUnderKey(s3, copy.target, copied.versionId);
	return copied;
}

/** Whether both are the same object; the copy of an older version onto the newest restores it. */
export const samePlace = (
	{ bucket, key, versionId }: ObjectPlace,
	target: { bucket: string; key: string },
): boolean => bucket === target.bucket && key === target.key && versionId === undefined;

function explained(failure: Failure, { source, target }: Copy): Failure {
	if (failure.code !== 'InvalidRequest' || !samePlace(source, target)) return failure;
	const hint =
		'A copy of an object onto itself must change something: replace its metadata, or choose another storage class or encryption.';
	return failure.withHint(hint);
}
