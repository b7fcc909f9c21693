import { createHash } from 'node:crypto';
import { Failure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import { invalidInput } from './failure';
import type { Headers } from './headerValues';
import { compact, plain } from './headerValues';

export interface Encryption {
	/** "customer" is SSE-C: the server keeps no key, every request brings it */
	method: 'AES256' | 'aws:kms' | 'aws:kms:dsse' | 'customer';
	kmsKeyId?: string;
	/** a flat JSON object */
	kmsContext?: Record<string, string>;
	bucketKey?: boolean;
	customerKey?: CustomerKey;
}

/** The key of SSE-C. */
export interface CustomerKey {
	/** base64 of 32 bytes, or 32 characters */
	key: string;
	/** it may be sent where anybody on the way can read it */
	withoutTls?: boolean;
}

const SSE = 'x-amz-server-side-encryption';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/serv-side-encryption.html */
export function encryptionHeaders(
	server: Pick<S3Client, 'tls'>,
	encryption: Encryption | undefined,
): Headers {
	if (!encryption) return {};
	const { method, kmsKeyId, kmsContext, bucketKey, customerKey } = encryption;
	if (method === 'customer') {
		if (!customerKey?.key) throw invalidInput('"Customer Key" is empty');
		return customerKeyHeaders(server, customerKey);
	}
	if (method === 'AES256') return { [SSE]: method };
	const context = kmsContext && Object.keys(kmsContext).length > 0 && JSON.stringify(kmsContext);
	return compact({
		[SSE]: method,
		[`${SSE}-aws-kms-key-id`]: plain('KMS Key ID', kmsKeyId),
		[`${SSE}-context`]: context ? Buffer.from(context).toString('base64') : undefined,
		[`${SSE}-bucket-key-enabled`]: bucketKey === undefined ? undefined : String(bucketKey),
	});
}

/**
 * The key of SSE-C as headers.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
 * @param of "copy-source-" for the key of the source of a copy
 */
export function customerKeyHeaders(
	{ tls }: Pick<S3Client, 'tls'>,
	{ key, withoutTls }: CustomerKey,
	of: '' | 'copy-source-' = '',
): Headers {
	if (!tls && !withoutTls) {
		throw invalidInput(
			'The customer key would be sent in the clear, because the endpoint begins with http://: use https://, or switch on "Send Key Without TLS"',
		);
	}
	const bytes = keyBytes(key);
	const name = `x-amz-${of}server-side-encryption-customer`;
	return {
		[`${name}-algorithm`]: 'AES256',
		[`${name}-key`]: bytes.toString('base64'),
		[`${name}-key-md5`]: createHash('md5').update(bytes).digest('base64'),
	};
}

const KEY_BYTES = 32;

function keyBytes(key: string): Buffer {
	const trimmed = key.trim();
	const decoded = /^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed) && Buffer.from(trimmed, 'base64');
	if (decoded && decoded.length === KEY_BYTES) return decoded;
	const raw = Buffer.from(key);
	if (raw.length === KEY_BYTES) return raw;
	// Without the key, or its length: it may be nearly right.
	throw invalidInput('"Customer Key" must be 32 characters, or 32 bytes in base64');
}

/** Whether a header carries the key of SSE-C (not that of the source of a copy). */
export const isCustomerKey = (name: string): boolean => name.startsWith(`${SSE}-customer-`);

/** The keys among the headers of a request, in both forms in which people have them. */
export const secretHeaders = (headers: Headers): string[] =>
	Object.entries(headers).flatMap(([name, value]) =>
		name.endsWith('server-side-encryption-customer-key')
			? [value, Buffer.from(value, 'base64').toString('latin1')]
			: [],
	);

/** Whether a server that was sent a key of SSE-C says that it used it, or was sent none. */
export const tookKey = (sent: Headers, answer: Headers): boolean =>
	!Object.keys(sent).some(isCustomerKey) || Object.keys(answer).some(isCustomerKey);

/**
 * There are servers (Swift) that take no notice of SSE-C and keep the object in the clear. An object
 * that is really under a key cannot be looked at without it.
 * @throws Failure ENCRYPTION_IGNORED
 */
export async function checkUnderKey(
	s3: S3Client,
	place: { bucket: string; key: string },
	versionId: string | undefined,
): Promise<void> {
	const request = {
		operation: 'HeadObject',
		method: 'HEAD' as const,
		...place,
		query: [['versionId', versionId]] as Array<[string, string | undefined]>,
		accept: [400, 403, 404],
	};
	const inTheClear = await s3.call(request, ({ status }) => status < 300);
	if (!inTheClear) return;
	throw new Failure({
		kind: 'invalid',
		phase: 'maybeDone',
		code: 'ENCRYPTION_IGNORED',
		message: `"${place.key}" is stored in bucket "${place.bucket}", but in the clear: the server took no notice of the customer key`,
		hint: 'This server does not have SSE-C. Delete the object, and encrypt the content before it is uploaded.',
	});
}
