import type { S3Client } from './client';
import { successBody } from './failure';
import type { Version } from './subresource';
import { aboutObject, withXml } from './subresource';
import { checkTags } from './writeHeaders';
import { child, children, text } from './xml';

export type Tags = Record<string, string>;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html */
export async function getObjectTags(s3: S3Client, object: Version): Promise<Tags> {
	const request = aboutObject('GetObjectTagging', 'GET', object, 'tagging');
	return await s3.call(request, (received) => {
		// Ceph says nothing at all of an object that never had any.
		if (received.body.length === 0) return {};
		const set = child(successBody('Tagging', received, s3.clock.now()), 'TagSet');
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
	await s3.call(request, () => {});
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjectTagging.html */
export async function deleteObjectTags(s3: S3Client, object: Version): Promise<void> {
	await s3.call(aboutObject('DeleteObjectTagging', 'DELETE', object, 'tagging'), () => {});
}
