import type { Glob, GlobPlace } from '../../shared/ground/glob';
import { MAX_KEY_BYTES } from './address';
import type { S3Client } from './client';
import { isSorted, PAGE_SIZE } from './listPage';
import type { ListedObject } from './listing';
import { listObjects } from './listing';

// Behind everything that begins with what stands before it: no key goes on with it.
const LAST_CHARACTER = '\u{10FFFF}';

/**
 * The objects whose key matches, in order. Only what can match is listed: the keys with the beginning
 * that the pattern prescribes, only one level where it reaches no deeper; and where a page ends among
 * keys that cannot match, the next one begins behind them.
 */
export async function* searchObjects(
	s3: S3Client,
	bucket: string,
	pattern: Glob,
): AsyncGenerator<ListedObject[]> {
	for (const place of pattern.places) yield* searchPlace(s3, bucket, pattern, place);
}

async function* searchPlace(
	s3: S3Client,
	bucket: string,
	pattern: Glob,
	{ prefix, shallow }: GlobPlace,
): AsyncGenerator<ListedObject[]> {
	const delimiter = shallow ? '/' : undefined;
	let startAfter: string | undefined;
	do {
		const pages = listObjects(s3, bucket, { prefix, delimiter, startAfter, limit: Infinity });
		startAfter = undefined;
		for await (const page of pages) {
			yield page.flatMap((row) => (row.type === 'object' && pattern.matches(row.key) ? row : []));
			startAfter = behindDeadEnd(pattern, page);
			if (startAfter !== undefined) break;
		}
	} while (startAfter !== undefined);
}

/** A new listing costs a request, so it is worth it only where a whole page may be saved. */
function behindDeadEnd(pattern: Glob, page: Array<{ key: string }>): string | undefined {
	const last = page.at(-1)?.key;
	if (page.length < PAGE_SIZE || last === undefined) return undefined;
	const end = pattern.deadEnd(last);
	if (end === undefined || !isSorted(page)) return undefined;
	const behind = end + LAST_CHARACTER;
	return Buffer.byteLength(behind) <= MAX_KEY_BYTES ? behind : undefined;
}
