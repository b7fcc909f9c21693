import { Failure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import type { Digest, DigestName } from './digest';
import { digestOf } from './digest';
import type { Wanted } from './download';
import type { ObjectInfo } from './objectInfo';
import { partLayout } from './partLayout';

/**
 * `automatic`: with the checksum that the server keeps, and over plain HTTP else with an ETag that is
 * an MD5. `always`: the download fails where neither is there.
 */
export type Verify = 'automatic' | 'always' | 'off';

/** Of the checksums that servers keep, the fastest first. */
const ALGORITHMS = ['crc32', 'sha1', 'sha256', 'crc32c', 'crc64nvme'] as const;

/** What the content should come to. */
interface Expected {
	algorithm: DigestName;
	/** as the server writes it, with the number of parts where it is one of parts */
	value: string;
	parts?: number;
}

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 * @returns `undefined` where nothing is to be compared, or can be
 */
export async function contentCheck(
	s3: S3Client,
	wanted: Wanted,
	{ size, etag }: ObjectInfo,
	headers: Record<string, string>,
	signal: AbortSignal,
): Promise<ContentCheck | undefined> {
	const { verify = 'off', range, key } = wanted;
	if (verify === 'off' || range) return undefined;
	const withMd5 = verify === 'always' || !s3.tls;
	const expected = checksumOf(headers) ?? (withMd5 ? md5Of(etag, headers) : undefined);
	if (expected && expected.parts === undefined) return new ContentCheck(key, expected);
	// Where the ETag of parts may be anything, only that it is right proves something.
	const known = expected?.algorithm !== 'md5' || s3.quirks.multipartEtag;
	const layout =
		expected?.parts !== undefined && (known || verify === 'always')
			? await partLayout(s3, wanted, { etag, size, parts: expected.parts }, signal)
			: undefined;
	if (expected && layout && (layout.certain || verify === 'always')) {
		return new ContentCheck(key, expected, layout.partBytes, async () => {
			if (known && layout.certain && (await layout.isUniform())) return undefined;
			if (verify === 'always') throw cannotVerify(key);
			return 'unknown';
		});
	}
	if (verify === 'always') throw cannotVerify(key);
	return undefined;
}

function checksumOf(headers: Record<string, string>): Expected | undefined {
	for (const algorithm of ALGORITHMS) {
		const value = headers[`x-amz-checksum-${algorithm}`];
		if (value) return { algorithm, value, parts: partsIn(value) };
	}
	return undefined;
}

/** Under a key of KMS or of the customer the ETag is something else. */
function md5Of(etag: string, headers: Record<string, string>): Expected | undefined {
	const sse = 'x-amz-server-side-encryption';
	const secret = headers[sse]?.startsWith('aws:') || headers[`${sse}-customer-algorithm`];
	if (secret || !/^[0-9a-f]{32}(-\d+)?$/.test(etag)) return undefined;
	return { algorithm: 'md5', value: etag, parts: partsIn(etag) };
}

const partsIn = (value: string) => {
	const parts = /-(\d+)$/.exec(value)?.[1];
	return parts === undefined ? undefined : Number(parts);
};

/** Adds up what passes by, and compares it with what it should come to. */
export class ContentCheck {
	/** "CRC32", once the content is known to be right */
	verifiedBy?: string;
	private whole: Digest;
	private part: Digest;
	private inPart = 0;

	/**
	 * @param partBytes of the upload: the digest is that of the digests of the parts
	 * @param doubt asked before a failure of such a digest: the parts may have been others
	 */
	constructor(
		private readonly key: string,
		private readonly expected: Expected,
		private readonly partBytes = Infinity,
		private readonly doubt: () => Promise<'unknown' | undefined> = async () => undefined,
	) {
		this.whole = digestOf(expected.algorithm);
		this.part = digestOf(expected.algorithm);
	}

	update(block: Buffer): void {
		for (let at = 0; at < block.length;) {
			const taken = block.subarray(at, at + this.partBytes - this.inPart);
			this.part.update(taken);
			at += taken.length;
			this.inPart += taken.length;
			if (this.inPart === this.partBytes) this.endPart();
		}
	}

	/** @throws Failure where the content is not what the server says it is */
	async finish(): Promise<void> {
		const { algorithm, value } = this.expected;
		const found = this.result();
		const by = algorithm.toUpperCase();
		if (found === value) this.verifiedBy = by;
		else if ((await this.doubt()) !== 'unknown') throw mismatch(this.key, by, value, found);
	}

	private endPart(): void {
		this.whole.update(this.part.digest());
		this.part = digestOf(this.expected.algorithm);
		this.inPart = 0;
	}

	private result(): string {
		const { algorithm, parts } = this.expected;
		if (parts !== undefined && this.inPart > 0) this.endPart();
		const digest = parts === undefined ? this.part : this.whole;
		const text = digest.digest().toString(algorithm === 'md5' ? 'hex' : 'base64');
		return parts === undefined ? text : `${text}-${parts}`;
	}
}

const cannotVerify = (key: string) =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'CANNOT_VERIFY',
		message: `The content of "${key}" cannot be verified: the server keeps no checksum of it that fits, and its ETag is no MD5 of it`,
		hint: 'Upload the object with a checksum, or set "Verify Content" to Automatic.',
	});

const mismatch = (key: string, by: string, expected: string, found: string) =>
	new Failure({
		kind: 'network',
		phase: 'rejected',
		code: 'CONTENT_MISMATCH',
		message: `The content of "${key}" is not what was stored: its ${by} should be ${expected}, but is ${found}`,
		hint: 'The object was damaged in the store or on the way. If it is known to be right, set "Verify Content" to Off.',
	});
