import type { S3Client } from './client';
import { successBody } from './failure';
import type { ListedPrefix, Owner } from './listPage';
import {
	checkPrefix,
	contentOf,
	inOrder,
	isSorted,
	keyDecoder,
	keyOrder,
	noNextPage,
	ownerOf,
	PAGE_SIZE,
	prefixesOf,
} from './listPage';
import type { XmlElement } from './xml';
import { text } from './xml';

/** A version of an object, or the mark that it was deleted. */
export interface ListedVersion extends Owner {
	type: 'version' | 'deleteMarker';
	bucket: string;
	key: string;
	/** "null" for what was written while the bucket had no versioning */
	versionId: string;
	isLatest: boolean;
	lastModified?: string;
	/** absent for delete markers, which have no content */
	size?: number;
	etag?: string;
	storageClass?: string;
}

export interface VersionListing {
	prefix?: string;
	delimiter?: string;
	/** with the owners of the versions, which the server names in any case */
	owner?: boolean;
	/** versions, delete markers and prefixes together; Infinity for all */
	limit: number;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html */
const TYPES = new Map<string, ListedVersion['type']>([
	['Version', 'version'],
	['DeleteMarker', 'deleteMarker'],
]);

/**
 * All versions and delete markers, page by page: by the bytes of the key, and those of one key from
 * the newest to the oldest.
 */
export async function* listVersions(
	s3: S3Client,
	bucket: string,
	{ prefix, delimiter, owner = false, limit }: VersionListing,
): AsyncGenerator<Array<ListedVersion | ListedPrefix>> {
	let left = limit;
	let position: { key?: string; versionId?: string } = {};
	while (left > 0) {
		const page = await s3.call(
			{
				operation: 'ListObjectVersions',
				method: 'GET',
				bucket,
				query: [
					['versions', ''],
					['encoding-type', 'url'],
					['max-keys', Math.min(PAGE_SIZE, left)],
					['prefix', prefix || undefined],
					['delimiter', delimiter || undefined],
					['key-marker', position.key],
					['version-id-marker', position.versionId],
				],
			},
			(received) => {
				const answer = successBody('ListVersionsResult', received, s3.clock.now());
				return readPage(answer, bucket, owner);
			},
		);
		checkPrefix(page.rows, bucket, prefix);
		const rows = page.rows.slice(0, left);
		left -= rows.length;
		const { key, versionId } = page.next;
		const stuck = key === undefined || (key === position.key && versionId === position.versionId);
		if (page.truncated && left > 0 && stuck) throw noNextPage(bucket);
		yield rows;
		if (!page.truncated) return;
		position = page.next;
	}
}

function readPage(answer: XmlElement, bucket: string, owner: boolean) {
	const decode = keyDecoder(answer);
	const versions = answer.children.flatMap((entry): ListedVersion[] => {
		const type = TYPES.get(entry.name);
		if (!type) return [];
		const { lastModified, ...content } = contentOf(entry);
		return [
			{
				type,
				bucket,
				key: decode(text(entry, 'Key') ?? ''),
				versionId: text(entry, 'VersionId') || 'null',
				isLatest: text(entry, 'IsLatest') === 'true',
				lastModified,
				...(type === 'version' && content),
				...ownerOf(entry, owner),
			},
		];
	});
	const key = text(answer, 'NextKeyMarker');
	return {
		rows: inOrder(together(versions), prefixesOf(answer, bucket, decode)),
		truncated: text(answer, 'IsTruncated') === 'true',
		next: {
			key: key ? decode(key) : undefined,
			versionId: text(answer, 'NextVersionIdMarker') || undefined,
		},
	};
}

/** Amazon and Ceph mix versions and delete markers in order; others send first these, then those. */
function together(versions: ListedVersion[]): ListedVersion[] {
	return isSorted(versions)
		? versions
		: versions.sort((a, b) => keyOrder(a.key, b.key) || newestFirst(a, b));
}

const newestFirst = (a: ListedVersion, b: ListedVersion) =>
	Number(b.isLatest) - Number(a.isLatest) ||
	Date.parse(b.lastModified ?? '') - Date.parse(a.lastModified ?? '');
