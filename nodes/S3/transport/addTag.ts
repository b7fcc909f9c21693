import type { S3Client } from './client';
import { successBody } from './failure';
import { contentMd5 } from './objects';
import { child, children, text, writeXml } from './xml';

export interface Tag {
	name: string;
	value: string;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html */
async function tagsOf(s3: S3Client, bucket: string, key: string): Promise<Tag[]> {
	const request = { operation: 'GetObjectTagging', method: 'GET' as const, bucket, key };
	return await s3.call({ ...request, query: [['tagging', '']] }, (received) => {
		const set = child(successBody('Tagging', received, s3.clock.now()), 'TagSet');
		return (set ? children(set, 'Tag') : []).map((tag) => ({
			name: text(tag, 'Key') ?? '',
			value: text(tag, 'Value') ?? '',
		}));
	});
}

export async function hasTag(s3: S3Client, bucket: string, key: string, tag: Tag) {
	const tags = await tagsOf(s3, bucket, key);
	return tags.some(({ name, value }) => name === tag.name && value === tag.value);
}

/**
 * Sets one tag and keeps the others; S3 only knows how to replace all of them.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html
 */
export async function addTag(s3: S3Client, bucket: string, key: string, tag: Tag): Promise<void> {
	const others = (await tagsOf(s3, bucket, key)).filter(({ name }) => name !== tag.name);
	const tags = [...others, tag].map(({ name, value }) => ({ Key: name, Value: value }));
	const body = Buffer.from(writeXml('Tagging', { TagSet: { Tag: tags } }));
	await s3.call(
		{
			operation: 'PutObjectTagging',
			method: 'PUT',
			bucket,
			key,
			query: [['tagging', '']],
			headers: { 'content-type': 'application/xml', 'content-md5': contentMd5(body) },
			body,
		},
		() => {},
	);
}
