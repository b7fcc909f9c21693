import { Failure, toFailure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import type { Version } from './subresource';
import { aboutObject, checkTakesNotice, readSubresource, withXml } from './subresource';
import { checkTags } from './writeHeaders';
import { child, children, text } from './xml';

export type Tags = Record<string, string>;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html */
export async function getObjectTags(s3: S3Client, object: Version): Promise<Tags> {
	const request = aboutObject('GetObjectTagging', 'GET', object, 'tagging');
	// Ceph says nothing at all of an object that never had any.
	return await readSubresource(s3, request, 'Tagging', (tagging) => {
		const set = tagging && child(tagging, 'TagSet');
		return Object.fromEntries(
			(set ? children(set, 'Tag') : []).map((tag) => [
				text(tag, 'Key') ?? '',
				text(tag, 'Value') ?? '',
			]),
		);
	});
}

/**
 * All tags of the object are these.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html
 */
export async function putObjectTags(s3: S3Client, object: Version, tags: Tags): Promise<void> {
	checkTags(tags);
	const request = withXml(aboutObject('PutObjectTagging', 'PUT', object, 'tagging'), 'Tagging', {
		TagSet: { Tag: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
	});
	await checkKnowsTags(s3, object);
	await s3.call(request, () => {});
}

/**
 * Sets tags beside those that the object has; S3 only knows how to replace all of them.
 * @returns all that it has then
 */
export async function mergeObjectTags(s3: S3Client, object: Version, tags: Tags): Promise<Tags> {
	const all = { ...(await getObjectTags(s3, object)), ...tags };
	await putObjectTags(s3, object, all);
	return all;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjectTagging.html */
export async function deleteObjectTags(s3: S3Client, object: Version): Promise<void> {
	await checkKnowsTags(s3, object);
	await s3.call(aboutObject('DeleteObjectTagging', 'DELETE', object, 'tagging'), () => {});
}

const checkKnowsTags = async (s3: S3Client, object: Version) =>
	await checkTakesNotice(s3, object, 'tagging', async () => await getObjectTags(s3, object));

/** What came of tags that a server may have forgotten. */
export interface TagsKept {
	/** false: the key may neither read nor set them, so nobody knows whether the object has them */
	tagsChecked?: false;
}

/**
 * Ceph (measured with 16.2) forgets the tags that a multipart upload was begun with, and those of a
 * copy that gets new metadata. So unless the server is known to keep them, they are looked at, and
 * set where they are missing.
 * @param object that was stored just now
 * @param header x-amz-tagging that it was stored with
 * @throws Failure saying that the object is there, and perhaps without its tags
 */
export async function keepTags(
	s3: S3Client,
	object: Version,
	header: string | undefined,
): Promise<TagsKept> {
	return s3.quirks.keepsTags ? {} : await ensureTags(s3, object, header);
}

/** The same whatever the server is known for: where nobody gave it the tags before. */
export async function ensureTags(
	s3: S3Client,
	object: Version,
	header: string | undefined,
): Promise<TagsKept> {
	if (!header) return {};
	const tags = Object.fromEntries(new URLSearchParams(header));
	try {
		const found = await unlessHidden(getObjectTags(s3, object));
		if (found && Object.entries(tags).every(([name, value]) => found[name] === value)) return {};
		const putting = putObjectTags(s3, object, tags).then(() => true);
		const set = found ? await putting : await unlessHidden(putting);
		return set ? {} : { tagsChecked: false };
	} catch (error) {
		throw perhapsUntagged(object, toFailure(error));
	}
}

async function unlessHidden<T>(call: Promise<T>): Promise<T | undefined> {
	return await call.catch((error: unknown) => {
		const failure = toFailure(error);
		if (isHidden(failure)) return undefined;
		throw failure;
	});
}

/** The key may not see this one thing, which says nothing about the rest. */
export const isHidden = ({ kind, scope }: Failure): boolean =>
	kind === 'auth' && scope !== 'credential';

/** The server does not have this one thing, so there is none of it to lose. */
export const isLacking = ({ code, status }: Failure): boolean =>
	code === 'NotImplemented' || [404, 405, 501].includes(status ?? 0);

/** The tags, none on servers without tags; `undefined` where the key may not read them. */
export async function visibleTags(s3: S3Client, object: Version): Promise<Tags | undefined> {
	return await getObjectTags(s3, object).catch((error: unknown) => {
		const failure = toFailure(error);
		if (isLacking(failure)) return {};
		if (isHidden(failure)) return undefined;
		throw failure;
	});
}

function perhapsUntagged({ bucket, key }: Version, failure: Failure): Failure {
	const { attempts, firstAt, lastAt } = failure;
	const tagless = new Failure({
		...failure,
		phase: 'maybeDone',
		message: `"${key}" is stored in bucket "${bucket}", but perhaps without its tags: ${failure.message}`,
		hint: `Set its tags with Set Tags. ${failure.hint ?? ''}`.trim(),
		cause: failure,
	});
	return Object.assign(tagless, { attempts, firstAt, lastAt });
}
