import { Failure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import { keyOrder } from './listPage';
import type { ListedObject } from './listing';
import { eachObject } from './listing';

/** A part of a bucket: all keys with this beginning. */
export interface Folder {
	bucket: string;
	/** ends with a slash, or is empty for the whole bucket */
	prefix: string;
}

/** What stands under the same path in two folders. At least one of both is there. */
export interface Pair {
	/** the key without the beginning */
	path: string;
	source?: ListedObject;
	target?: ListedObject;
}

/**
 * Walks through two folders side by side. Both listings come in the order of their keys, so that
 * memory holds one page of each. The objects that stand for the folders themselves are left out.
 */
export async function* compareFolders(
	s3: S3Client,
	source: Folder,
	target: Folder,
	wanted: (path: string) => boolean,
): AsyncGenerator<Pair> {
	const ours = objectsIn(s3, source, wanted);
	const theirs = objectsIn(s3, target, wanted);
	try {
		let [here, there] = await Promise.all([ours.next(), theirs.next()]);
		while (!here.done || !there.done) {
			const order = here.done ? 1 : there.done ? -1 : keyOrder(here.value.path, there.value.path);
			const [mine, other] = [
				order <= 0 ? here.value : undefined,
				order >= 0 ? there.value : undefined,
			];
			yield { path: (mine ?? other)?.path ?? '', source: mine?.object, target: other?.object };
			if (order <= 0) here = await ours.next();
			if (order >= 0) there = await theirs.next();
		}
	} finally {
		await Promise.all([ours.return(undefined), theirs.return(undefined)]);
	}
}

interface Entry {
	path: string;
	object: ListedObject;
}

async function* objectsIn(
	s3: S3Client,
	{ bucket, prefix }: Folder,
	wanted: (path: string) => boolean,
): AsyncGenerator<Entry, undefined> {
	let before = '';
	for await (const object of eachObject(s3, bucket, { prefix })) {
		const path = object.key.slice(prefix.length);
		if (keyOrder(before, path) > 0) throw unordered(bucket, before, path);
		before = path;
		if (path !== '' && wanted(path)) yield { path, object };
	}
	return undefined;
}

/** Merging would take what is there for missing, and delete it. */
const unordered = (bucket: string, before: string, path: string) =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'UNORDERED_LISTING',
		message: `The server does not list bucket "${bucket}" in the order of the keys: "${path}" comes after "${before}"`,
		hint: 'Folders on this server cannot be compared (directory buckets of S3 Express, for one).',
	});

/** How it is decided whether an object has changed. */
export type Comparison = 'size' | 'sizeAndEtag' | 'sizeAndTime';

/**
 * Whether the target is not what the source is now. Times are those of the server, some to the
 * second: where both are the same nobody knows, so it counts as changed.
 */
export function hasChanged(by: Comparison, source: ListedObject, target: ListedObject): boolean {
	if (source.size !== target.size) return true;
	if (by === 'size') return false;
	if (by === 'sizeAndEtag') {
		if (source.etag === target.etag) return false;
		if (isContentHash(source.etag) && isContentHash(target.etag)) return true;
	}
	const [read, written] = [source, target].map(({ lastModified = '' }) => Date.parse(lastModified));
	return !(read !== undefined && written !== undefined && read < written);
}

/** Objects that were stored in parts have other ETags, which depend on the sizes of the parts. */
const isContentHash = (etag: string) => /^[0-9a-f]{32}$/i.test(etag);
