import { Failure, toFailure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import type { Copied, CopyOptions } from './copy';
import { copyObject, samePlace } from './copy';
import type { SourceInfo } from './copySource';
import { copySourceInfo, hasMd5Etag, isUnchanged, KEEPING_HEADERS } from './copySource';
import { invalidInput } from './failure';
import { listObjects } from './listing';

interface Place {
	bucket: string;
	key: string;
}

export interface Moved extends Copied {
	/** in bytes */
	size: number;
}

/**
 * Copies an object, looks whether the copy is what the source was, and only then deletes the source,
 * unless somebody has replaced it meanwhile. Whatever breaks in between, one of the two is whole, and
 * doing it again ends well.
 */
export async function moveObject(
	s3: S3Client,
	source: Place,
	target: Place,
	options: Omit<CopyOptions, 'found'> = {},
): Promise<Moved> {
	if (samePlace(source, target)) throw ontoItself(source);
	const { headers = {}, sourceHeaders = {} } = options;
	const found = await copySourceInfo(s3, { source, sourceHeaders });
	const copied = await copyObject(s3, source, target, {
		...options,
		headers: { ...keptBy(found, headers), ...headers },
		found,
	});
	if (copied.tagsCopied === false) throw tagsUnread(source, target);
	const copy = await copySourceInfo(s3, { source: target, sourceHeaders: keyOf(headers) });
	if (!proven(found, copied, copy)) throw notProven(source, target);
	if (!(await areTwo(s3, source, target))) throw sameObject(source, target);
	await deleteIfStill(s3, source, found, keyHeaders(sourceHeaders));
	return { ...copied, size: found.size };
}

function keptBy(source: SourceInfo, wanted: Record<string, string>): Record<string, string> {
	const encrypted = Object.keys(wanted).some((name) => name.includes('-server-side-encryption'));
	// A moved object shall stay what it was.
	const kept = KEEPING_HEADERS.filter(
		(name) => !(encrypted && name.includes('-server-side-encryption')),
	);
	return Object.fromEntries(
		kept.flatMap((name) => (source.headers[name] ? [[name, source.headers[name]]] : [])),
	);
}

const SSE_KEY = 'server-side-encryption-customer-';
const renamed = (headers: Record<string, string>, from: string, to: string) =>
	Object.fromEntries(
		Object.entries(headers)
			.filter(([name]) => name.startsWith(from))
			.map(([name, value]) => [name.replace(from, to), value]),
	);
/** To look at a copy under a key of the customer, as if it were a source. */
const keyOf = (headers: Record<string, string>) =>
	renamed(headers, `x-amz-${SSE_KEY}`, `x-amz-copy-source-${SSE_KEY}`);
/** Of the headers of a source only the key: the conditions were met when the copy was made. */
const keyHeaders = (headers: Record<string, string>) =>
	renamed(headers, `x-amz-copy-source-${SSE_KEY}`, `x-amz-copy-source-${SSE_KEY}`);

/**
 * Whether the copy is another object than the source. To MinIO "/a" is "a", and "/a//b" is "a/b"
 * (unescapePath in cmd/generic-handlers.go): only a listing shows by which name an object is kept.
 */
async function areTwo(s3: S3Client, source: Place, target: Place): Promise<boolean> {
	if (source.bucket !== target.bucket || bare(source.key) !== bare(target.key)) return true;
	for (const { bucket, key } of [source, target])
		if (!(await isListed(s3, bucket, key))) return false;
	return true;
}

const bare = (key: string) => key.replace(/\/+/g, '/').replace(/^\//, '');

async function isListed(s3: S3Client, bucket: string, key: string): Promise<boolean> {
	for await (const rows of listObjects(s3, bucket, { prefix: key, limit: 1 }))
		if (rows.some((row) => row.key === key)) return true;
	return false;
}

const CHECKSUM = /^x-amz-checksum-(crc|sha)/;

/** The copy is there, is the one that was made, and nothing that can be compared speaks against it. */
function proven(source: SourceInfo, copied: Copied, copy: SourceInfo): boolean {
	if (copy.size !== source.size || copy.etag !== copied.etag) return false;
	if (hasMd5Etag(source) && hasMd5Etag(copy) && copy.etag !== source.etag) return false;
	return Object.entries(source.headers).every(([name, value]) => {
		const other = copy.headers[name];
		// A composite one depends on the parts.
		const comparable = CHECKSUM.test(name) && other && !/-\d+$/.test(value + other);
		return !comparable || value === other;
	});
}

/**
 * Deletes an object as it was copied or read. Servers without conditional deletes ignore the condition, so
 * it is looked at once more before. That somebody else deleted it is as good.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html
 */
export async function deleteIfStill(
	s3: S3Client,
	source: Place,
	{ etag }: Pick<SourceInfo, 'etag'>,
	sourceHeaders: Record<string, string> = {},
): Promise<void> {
	const current = async () =>
		await copySourceInfo(s3, { source, sourceHeaders }).catch((error: unknown) => {
			const failure = toFailure(error);
			if (failure.status === 404) return undefined;
			throw failure;
		});
	const before = await current();
	if (!before) return;
	if (before.etag !== etag) throw replaced(source);
	let ended = await deleteOnce(s3, source, { 'if-match': `"${etag}"` });
	if (ended.status === 412) {
		const now = await current();
		// After a lost answer an earlier attempt may have deleted what the condition was about.
		if (!now && ended.lost) return;
		if (!now || ended.lost || !isUnchanged(before, now)) throw replaced(source);
		// Swift compares another ETag than it tells, for objects that came in parts.
		ended = await deleteOnce(s3, source, {});
	}
	if (ended.status === 501) await deleteOnce(s3, source, {});
}

/** How it ended: also with 404, 412 or, where the server does not have the condition, 501. */
const deleteOnce = async (s3: S3Client, source: Place, headers: Record<string, string>) =>
	await s3.call(
		{ operation: 'DeleteObject', method: 'DELETE', ...source, headers, accept: [404, 412, 501] },
		({ status }, { lost }) => ({ status, lost }),
	);

const ontoItself = ({ bucket, key }: Place) =>
	invalidInput(
		`"${key}" in bucket "${bucket}" cannot be moved onto itself: source and destination are the same`,
	);

const tagsUnread = (source: Place, target: Place) =>
	new Failure({
		kind: 'auth',
		phase: 'rejected',
		code: 'TAGS_NOT_COPIED',
		message: `The key may not read the tags of "${source.key}" in bucket "${source.bucket}": the source was kept, beside a copy without tags, "${target.key}" in bucket "${target.bucket}"`,
		hint: 'Allow the key s3:GetObjectTagging, then run the item again.',
	});

const notProven = (source: Place, target: Place) =>
	new Failure({
		kind: 'conflict',
		phase: 'rejected',
		code: 'COPY_NOT_PROVEN',
		message: `"${target.key}" in bucket "${target.bucket}" is not what "${source.key}" was: the source was kept`,
		hint: 'Somebody may have written to the destination at the same time. Compare the two, then run the item again.',
	});

const sameObject = (source: Place, target: Place) =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'SAME_OBJECT',
		message: `"${source.key}" and "${target.key}" in bucket "${source.bucket}" are one object to this server: nothing was deleted`,
		hint: 'The server overlooks slashes at the beginning of a key, or next to each other. Choose another key.',
	});

const replaced = ({ bucket, key }: Place) =>
	new Failure({
		kind: 'conflict',
		phase: 'rejected',
		code: 'OBJECT_CHANGED',
		status: 412,
		message: `"${key}" in bucket "${bucket}" was replaced meanwhile: the new one was kept`,
		hint: 'Run the item again for the new object.',
	});
