import { S3Error } from './errors.ts';
import { invalidArgument } from './operation.ts';
import type { S3Request } from './request.ts';
import { childText, element, resultDocument, type XmlNode } from './xml.ts';

export type Tags = ReadonlyMap<string, string>;

const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * Checks tags as S3 does (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html).
 * @param max 10 for an object, 50 for a bucket
 * @throws S3Error InvalidTag
 */
export function checkTags(pairs: ReadonlyArray<readonly [string, string]>, max: number): Tags {
	const what = max > 10 ? 'Bucket tag count' : 'Object tags';
	if (pairs.length > max) {
		throw new S3Error('InvalidTag', { message: `${what} cannot be greater than ${max}` });
	}
	for (const [key, value] of pairs) {
		const details = { elements: { TagKey: key, TagValue: value } };
		if (key === '' || key.length > 128 || !allowed.test(key) || /^aws:/i.test(key)) {
			throw new S3Error('InvalidTag', {
				message: 'The TagKey you have provided is invalid',
				...details,
			});
		}
		if (value.length > 256 || !allowed.test(value)) {
			throw new S3Error('InvalidTag', {
				message: 'The TagValue you have provided is invalid',
				...details,
			});
		}
	}
	const tags = new Map(pairs);
	if (tags.size === pairs.length) return tags;
	throw new S3Error('InvalidTag', { message: 'Cannot provide multiple Tags with the same key' });
}

/** The tags of `x-amz-tagging`, which is written like a query. */
export function tagsOf({ headers }: S3Request): Tags {
	return readTagQuery(headers.get('x-amz-tagging') ?? '');
}

/** Tags written like a query. @throws S3Error InvalidArgument, InvalidTag */
export function readTagQuery(text: string): Tags {
	if (/%(?![0-9a-f]{2})/i.test(text)) {
		throw invalidArgument(
			'x-amz-tagging',
			text,
			'The header must be encoded as URL query parameters',
		);
	}
	return checkTags([...new URLSearchParams(text)], 10);
}

/** The tags of a `<Tagging>` document. @throws S3Error MalformedXML, InvalidTag */
export function readTagging(root: XmlNode, max: number): Tags {
	const [set, ...more] = root.children;
	if (set?.name !== 'TagSet' || more.length > 0) throw new S3Error('MalformedXML');
	const pairs = set.children.map((tag) => {
		const key = childText(tag, 'Key');
		const value = childText(tag, 'Value');
		if (tag.name !== 'Tag' || key === undefined || value === undefined) {
			throw new S3Error('MalformedXML');
		}
		return [key, value] as const;
	});
	return checkTags(pairs, max);
}

/** A `<Tagging>` document. */
export function taggingDocument(tags: Tags): string {
	const rows = [...tags].map(([key, value]) =>
		element('Tag', [element('Key', key), element('Value', value)]),
	);
	return resultDocument('Tagging', [element('TagSet', rows)]);
}
