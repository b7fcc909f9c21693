import { setImmediate as nextTurn } from 'node:timers/promises';
import { Failure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import type { DigestName } from './digest';
import { digestOf } from './digest';
import { UNSIGNED_PAYLOAD } from './sign';

/** What the user chose; `docs/decisions/0005-integrity-of-uploads.md` says what each one costs. */
export type IntegrityMode = 'automatic' | 'crc32' | 'md5' | 'none' | 'sha256';

/** A checksum that S3 keeps with the object. */
export type ChecksumName = 'crc32' | 'sha256';

/** How the server is to notice that it did not get what was sent. */
export interface Integrity {
	/** sent as x-amz-checksum-*, and kept by servers that know it */
	checksum?: ChecksumName;
	/** sent as Content-MD5 */
	md5: boolean;
	/** the signature covers the SHA-256 of the body */
	signed: boolean;
}

export const UNGUARDED: Integrity = { md5: false, signed: false };

/** @param headers of the object: servers ask for more where it is to be locked */
export function integrityOf(
	{ quirks, tls }: Pick<S3Client, 'quirks' | 'tls'>,
	mode: IntegrityMode = 'automatic',
	headers: Record<string, string> = {},
): Integrity {
	if (mode !== 'automatic') {
		return {
			checksum: mode === 'crc32' ? mode : mode === 'sha256' && quirks.crc32 ? mode : undefined,
			md5: mode === 'md5',
			signed: mode === 'sha256',
		};
	}
	// Over plain HTTP anybody on the way could change the body and its checksum.
	if (quirks.crc32) return { checksum: 'crc32', md5: false, signed: !tls };
	const locked = Object.keys(headers).some((name) => name.startsWith('x-amz-object-lock-'));
	return { md5: locked, signed: true };
}

/** A body with what proves that it arrived. */
export interface Guarded {
	headers: Record<string, string>;
	payloadHash: string;
	/** base64, as on the wire */
	checksum?: string;
}

/** Computes what the integrity asks for, in one pass over the body. */
export async function guard(body: Buffer, { checksum, md5, signed }: Integrity): Promise<Guarded> {
	const wanted: DigestName[] = [
		...(md5 ? (['md5'] as const) : []),
		...(signed || checksum === 'sha256' ? (['sha256'] as const) : []),
		...(checksum === 'crc32' ? (['crc32'] as const) : []),
	];
	const found = await digests(body, wanted);
	const sum = checksum && found[checksum]?.toString('base64');
	return {
		headers: {
			...(found.md5 && { 'content-md5': found.md5.toString('base64') }),
			...(checksum && sum && { [checksumHeader(checksum)]: sum }),
		},
		payloadHash: (signed && found.sha256?.toString('hex')) || UNSIGNED_PAYLOAD,
		checksum: sum,
	};
}

export const checksumHeader = (name: ChecksumName): string => `x-amz-checksum-${name}`;

// 2 ms of SHA-256 on a fast processor, 10 ms on a slow one: others get their turn in between.
const SLICE_BYTES = 4 * 1024 * 1024;

/** Digests of a body that may be large, without holding up the process for long. */
export async function digests(
	body: Buffer,
	names: DigestName[],
): Promise<Partial<Record<DigestName, Buffer>>> {
	if (names.length === 0) return {};
	const running = names.map((name) => [name, digestOf(name)] as const);
	for (let at = 0; at < body.length; at += SLICE_BYTES) {
		if (at > 0) await nextTurn();
		const slice = body.subarray(at, at + SLICE_BYTES);
		for (const [, digest] of running) digest.update(slice);
	}
	return Object.fromEntries(running.map(([name, digest]) => [name, digest.digest()]));
}

/**
 * Servers that keep the checksum return the one they computed: the last chance to notice that the
 * body was damaged behind the point where it was checked.
 */
export function checkReturned(
	what: string,
	{ checksum: name }: Integrity,
	sent: string | undefined,
	answer: Record<string, string>,
): void {
	const returned = name && answer[checksumHeader(name)];
	if (!sent || !returned || returned === sent) return;
	throw new Failure({
		kind: 'network',
		phase: 'maybeDone',
		code: 'CHECKSUM_DIFFERS',
		message: `The server stored other bytes than were sent: ${what} has the checksum ${returned} there, ${sent} here`,
	});
}
