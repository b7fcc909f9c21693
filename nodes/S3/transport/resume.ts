import { toFailure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import type { Integrity } from './integrity';
import { digests } from './integrity';
import type { UploadPlace } from './multipart';
import type { OpenUpload, StoredPart, StoredParts } from './multipartListing';
import { listParts, uploadsOf } from './multipartListing';
import { MAX_PART_BYTES } from './partSizes';
import type { Quirks } from './quirks';
import { headersOfKey } from './writeHeaders';

/** An upload that was interrupted, and how it is to be gone on with. */
export interface Interrupted {
	place: UploadPlace;
	/** of all parts but the last; absent where none is stored yet */
	partBytes?: number;
	/** by their number */
	parts: Map<number, StoredPart>;
}

export interface Wanted {
	bucket: string;
	key: string;
	headers: Record<string, string>;
	integrity: Integrity;
	/** of the file, where it is known */
	size: number | undefined;
}

/**
 * The newest open upload of exactly this key whose parts can be parts of such a file; else one that
 * has no parts yet. What is in the parts is for `holds` to say.
 */
export async function findInterrupted(
	s3: S3Client,
	wanted: Wanted,
): Promise<Interrupted | undefined> {
	let empty: Interrupted | undefined;
	for (const upload of await uploadsOf(s3, wanted.bucket, wanted.key)) {
		const stored = await partsOf(s3, upload, wanted.headers);
		const guarded = stored && guardOf(stored, wanted.integrity);
		if (!stored || !guarded) continue;
		const place = { ...upload, headers: wanted.headers, ...guarded };
		const parts = new Map(stored.parts.map((part) => [part.number, part]));
		if (parts.size === 0) empty ??= { place, parts };
		const partBytes = commonSize(stored.parts, wanted.size, s3.quirks);
		if (partBytes !== undefined) return { place, partBytes, parts };
	}
	return empty;
}

/** `undefined` where the upload is gone meanwhile. */
async function partsOf(s3: S3Client, upload: OpenUpload, headers: Record<string, string>) {
	try {
		return await listParts(s3, upload, headersOfKey(headers));
	} catch (error) {
		if (toFailure(error).status === 404) return undefined;
		throw error;
	}
}

/** The parts to come need the kind of checksum that the upload was created with. */
function guardOf({ algorithm, checksumType }: StoredParts, integrity: Integrity) {
	const { md5, signed } = integrity;
	const name = algorithm?.toLowerCase();
	if (name === undefined) {
		// Something must guard the rest where the checksum did.
		const unguarded = integrity.checksum !== undefined;
		return {
			integrity: { md5, signed: signed || unguarded },
			keepsChecksums: false,
			fullObject: false,
		};
	}
	// Node has no CRC32C and no CRC64NVME.
	if (name !== 'crc32' && name !== 'sha256') return undefined;
	return {
		integrity: { md5, signed, checksum: name } as const,
		keepsChecksums: true,
		fullObject: checksumType === 'FULL_OBJECT',
	};
}

/** The size that all parts have, but for the last one of the file; `undefined` where they do not fit. */
function commonSize(
	parts: StoredPart[],
	size: number | undefined,
	{ minPartBytes, maxParts }: Quirks,
): number | undefined {
	const partBytes = Math.max(0, ...parts.map((part) => part.size));
	if (partBytes < minPartBytes || partBytes > MAX_PART_BYTES) return undefined;
	const count = size === undefined ? Math.max(...parts.map(numberOf)) : Math.ceil(size / partBytes);
	const lastBytes = size === undefined ? undefined : size - (count - 1) * partBytes;
	const fits = parts.every(
		(part) =>
			(part.number < count && part.size === partBytes) ||
			(part.number === count && (lastBytes === undefined || part.size === lastBytes)),
	);
	return fits && count <= maxParts ? partBytes : undefined;
}

const numberOf = ({ number }: StoredPart) => number;

/** Whether the stored part has these very bytes: by its checksum, else by the MD5 that its ETag is. */
export async function holds(
	stored: StoredPart,
	body: Buffer,
	{ checksum }: Integrity,
): Promise<boolean> {
	if (stored.size !== body.length) return false;
	if (checksum) {
		const found = await digests(body, [checksum]);
		return stored[checksum] === found[checksum]?.toString('base64');
	}
	const { md5 } = await digests(body, ['md5']);
	return stored.etag.toLowerCase() === md5?.toString('hex');
}
