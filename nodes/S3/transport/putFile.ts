import { toFailure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import { digestOf } from './digest';
import type { Integrity } from './integrity';
import type { Stored } from './objects';
import { sendObject } from './objects';
import { CHUNK_BYTES } from './signChunks';
import { checkLength, openSource } from './source';

// What is smaller is as well held in memory: then its proof stands in the headers, as servers like it best.
const FROM_BYTES = 16 * 1024 * 1024;

/** A file of this machine. */
export interface StoredFile {
	path: string;
	/** in bytes */
	size: number;
}

/** Whether a file that goes in one request can be proven while it is sent. */
export const canStream = (s3: S3Client, { size }: StoredFile, integrity: Integrity): boolean =>
	size > FROM_BYTES &&
	!integrity.md5 &&
	(s3.quirks.chunks || !(integrity.signed || integrity.checksum));

/**
 * PutObject of a file of any size, read once for each attempt and never held in memory: signature and
 * checksum are made of the bytes as they pass.
 */
export async function putFile(
	s3: S3Client,
	bucket: string,
	key: string,
	file: StoredFile,
	headers: Record<string, string>,
	{ signed, checksum }: Integrity,
): Promise<Stored> {
	const open = () => piecesOf(file, s3.signal);
	// The server compares: a checksum in its answer could not tell more.
	const proof = signed || checksum ? { signed, checksum } : undefined;
	const put = { bucket, key, headers, content: { size: file.size, proof, open } };
	const evidence = async () => {
		const [md5, crc32] = [digestOf('md5'), digestOf('crc32')];
		for await (const piece of open()) for (const digest of [md5, crc32]) digest.update(piece);
		return {
			size: file.size,
			etag: md5.digest().toString('hex'),
			crc32: crc32.digest().toString('base64'),
		};
	};
	const send = async () => await sendObject(s3, put, headers, { evidence });
	try {
		return await send();
	} catch (error) {
		// A chunk that was damaged on the way does not match its signature either.
		if (!proof?.signed || toFailure(error).code !== 'SignatureDoesNotMatch') throw error;
		return await send();
	}
}

async function* piecesOf({ path, size }: StoredFile, signal: AbortSignal): AsyncGenerator<Buffer> {
	const source = await openSource({ path }, size, signal);
	try {
		while (source.bytes < size) {
			const piece = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size - source.bytes));
			const length = await source.fill(piece);
			// Before the last byte is on its way: a body that breaks off is not stored.
			if (length < piece.length || source.bytes === size) await checkLength(source);
			yield piece;
		}
	} finally {
		await source.close();
	}
}
