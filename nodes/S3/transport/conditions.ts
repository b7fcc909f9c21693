import { toFailure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import type { Headers } from './headerValues';
import { listVersions } from './listVersions';
import { unquoted } from './objectInfo';
import type { Stored } from './objects';
import { conditionFailed } from './objects';
import { headersOfKey } from './writeHeaders';

interface Place {
	bucket: string;
	key: string;
}

/** What came of a condition that the server did not honour. */
export interface Condition {
	conditionIgnored?: true;
	/** the version that was there, and should have stopped the write */
	replacedVersionId?: string;
}

/**
 * Writes an object under If-Match or If-None-Match. There are servers that ignore both, all or in
 * versioned buckets only (Ceph), and say nothing. So unless the server is known to honour them, the
 * object is looked at before; and where versions tell that somebody came in between, the row does.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html
 */
export async function conditionally<T extends Stored>(
	s3: S3Client,
	place: Place,
	headers: Headers,
	write: (headers: Headers) => Promise<T>,
): Promise<T & Condition> {
	if (!headers['if-match'] && !headers['if-none-match']) return await write(headers);
	if (s3.quirks.conditionalWrites) return await write(headers);
	await checkBefore(s3, place, headers);
	const stored = await write(headers).catch(async (error: unknown) => {
		const failure = toFailure(error);
		if (failure.code === 'NotImplemented') throw failure.withHint(UNKNOWN);
		const bare = unquoted(headers['if-match']);
		if (failure.code !== 'PreconditionFailed' || !bare || failure.phase === 'maybeDone')
			throw failure;
		// Older versions of Ceph compare the quotes, too.
		await checkBefore(s3, place, headers);
		return await write({ ...headers, 'if-match': bare }).catch((again: unknown) => {
			throw toFailure(again).withHint(REFUSED);
		});
	});
	return { ...stored, ...(await ignored(s3, place, headers, stored)) };
}

const REFUSED =
	'The object had this ETag just before. Either somebody changed it, or the server cannot check it: Ceph cannot in versioned buckets.';
const UNKNOWN =
	'This server may not know conditions of writes. Switch off "Only If New" and "Only If ETag Matches" and use Exists before.';

/**
 * For servers that may ignore the condition of a write or of a delete.
 * @throws Failure PreconditionFailed where it does not hold now
 */
export async function checkBefore(s3: S3Client, place: Place, headers: Headers): Promise<void> {
	const { 'if-match': ifMatch } = headers;
	const found = await etagOf(s3, place, headers);
	if (found === 'hidden') return;
	const holds = ifMatch
		? found !== undefined && (ifMatch === '*' || unquoted(ifMatch) === found)
		: found === undefined;
	if (!holds) throw conditionFailed(place.bucket, place.key, headers);
}

/** `undefined`: there is no object; "hidden": the key may not look, or not without another key. */
async function etagOf(s3: S3Client, place: Place, headers: Headers): Promise<string | undefined> {
	const request = {
		operation: 'HeadObject',
		method: 'HEAD' as const,
		...place,
		headers: headersOfKey(headers),
		accept: [400, 403, 404],
	};
	return await s3.call(request, ({ status, headers: answer }) => {
		if (status === 404) return undefined;
		return status < 300 ? unquoted(answer.etag) : 'hidden';
	});
}

/** Whether the version before the one that was written shows that it should not have been. */
async function ignored(
	s3: S3Client,
	{ bucket, key }: Place,
	{ 'if-match': ifMatch }: Headers,
	{ versionId }: Stored,
): Promise<Condition> {
	if (!versionId || versionId === 'null') return {};
	const versions = await firstVersions(s3, bucket, key);
	const ours = versions.findIndex((version) => version.versionId === versionId);
	if (ours < 0) return {};
	const before = versions[ours + 1];
	const wasThere = before?.type === 'version';
	const held = ifMatch ? wasThere && unquoted(ifMatch) === before.etag : !wasThere;
	if (held || ifMatch === '*') return {};
	return { conditionIgnored: true, ...(wasThere && { replacedVersionId: before.versionId }) };
}

/** The newest ones; none where the key may not list them. */
async function firstVersions(s3: S3Client, bucket: string, key: string) {
	try {
		for await (const rows of listVersions(s3, bucket, { prefix: key, limit: 10 })) {
			return rows.flatMap((row) => (row.key === key && row.type !== 'prefix' ? [row] : []));
		}
	} catch {
		// The write is done, and a failure here is none of it.
	}
	return [];
}
