import { Failure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import type { Condition } from './conditions';
import { conditionally } from './conditions';
import { UNGUARDED } from './integrity';
import type { Part, UploadPlace } from './multipart';
import { completeUpload, sizeOf } from './multipart';
import type { OpenUpload, StoredParts } from './multipartListing';
import { listParts } from './multipartListing';
import type { Stored } from './objects';
import type { TagsKept } from './tagging';
import { ensureTags } from './tagging';

export interface Completion {
	/** instead of those that the server has */
	parts?: Part[];
	/** how many there must be */
	count?: number;
	/** conditions, and tags that the object is to have */
	headers: Record<string, string>;
}

export interface Completed extends Stored, Condition, TagsKept {
	parts: number;
	/** in bytes, where it is known */
	size?: number;
}

/** Makes an object of the parts that somebody has sent. */
export async function completeOpenUpload(
	s3: S3Client,
	{ bucket, key, uploadId }: Pick<OpenUpload, 'bucket' | 'key' | 'uploadId'>,
	{ parts: given, count, headers }: Completion,
): Promise<Completed> {
	const upload = { bucket, key, uploadId };
	const { parts, ...kept } = given
		? { parts: given, ...WITHOUT_CHECKSUMS }
		: partsOf(await listParts(s3, upload));
	checkCount(key, parts, count);
	const stored = await conditionally(
		s3,
		{ bucket, key },
		headers,
		async (wanted) => await completeUpload(s3, { ...upload, ...kept, headers: wanted }, parts),
	);
	const { versionId } = stored;
	const size = sizeOf(parts);
	return {
		...stored,
		...(size !== undefined && { size }),
		parts: parts.length,
		...(await ensureTags(s3, { bucket, key, versionId }, headers['x-amz-tagging'])),
	};
}

type Kept = Pick<UploadPlace, 'integrity' | 'keepsChecksums' | 'fullObject'>;

const WITHOUT_CHECKSUMS: Kept = { integrity: UNGUARDED, keepsChecksums: false, fullObject: false };

/** With the checksums that the server has of them, which some uploads cannot be completed without. */
function partsOf({ parts, algorithm, checksumType }: StoredParts): Kept & { parts: Part[] } {
	const name = (['crc32', 'sha256'] as const).find((one) => one === algorithm?.toLowerCase());
	if (!name || !parts.every((part) => part[name])) return { parts, ...WITHOUT_CHECKSUMS };
	return {
		parts: parts.map((part) => ({ ...part, checksum: part[name] })),
		integrity: { ...UNGUARDED, checksum: name },
		keepsChecksums: true,
		fullObject: name === 'crc32' && checksumType === 'FULL_OBJECT',
	};
}

function checkCount(key: string, parts: Part[], count: number | undefined): void {
	const there = parts.map(({ number }) => number);
	if (there.length > 0 && (count === undefined || there.length === count)) return;
	const wanted = count === undefined ? '' : ` of ${count}`;
	const which = there.length > 0 ? `: ${ranges(there)}` : '';
	throw new Failure({
		kind: 'conflict',
		phase: 'rejected',
		code: 'PARTS_MISSING',
		message: `The upload of "${key}" has ${there.length}${wanted} parts${which}. Nothing was completed`,
		hint: 'Send the parts that are missing, or correct how many there are to be.',
	});
}

/** "1-4, 6": of ascending numbers. */
function ranges(numbers: number[]): string {
	const found: Array<[number, number]> = [];
	for (const number of numbers) {
		const last = found.at(-1);
		if (last && number === last[1] + 1) last[1] = number;
		else found.push([number, number]);
	}
	return found.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}
