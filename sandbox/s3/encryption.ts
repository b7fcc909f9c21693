import { createHash } from 'node:crypto';
import { S3Error } from './errors.ts';
import { invalidArgument } from './operation.ts';
import type { S3Request } from './request.ts';

/** How an object is encrypted, as far as anybody can tell from outside. */
export type Encryption =
	| { kind: 'none' }
	| { kind: 'server'; headers: Record<string, string> }
	| { kind: 'customer'; keyMd5: string };

const algorithms = ['AES256', 'aws:kms', 'aws:kms:dsse', 'aws:fsx'];
const header = 'x-amz-server-side-encryption';
/** In front of the three headers of a key that the client keeps. */
const customer = `${header}-customer`;
export const copySourceCustomer = 'x-amz-copy-source-server-side-encryption-customer';

/** The key the client keeps, as far as the request brings it. @throws S3Error */
function customerKey({ headers }: S3Request, prefix: string): string | undefined {
	const algorithm = headers.get(`${prefix}-algorithm`);
	const key = headers.get(`${prefix}-key`);
	const keyMd5 = headers.get(`${prefix}-key-md5`);
	if (algorithm === undefined && key === undefined && keyMd5 === undefined) return undefined;
	const missing = (what: string) =>
		new S3Error('InvalidArgument', {
			message: `Requests specifying Server Side Encryption with Customer provided keys must provide ${what}.`,
			elements: { ArgumentName: prefix, ArgumentValue: 'null' },
		});
	if (algorithm === undefined) throw missing('a valid encryption algorithm');
	if (key === undefined) throw missing('an appropriate secret key');
	if (keyMd5 === undefined) throw missing('the client calculated MD5 of the secret key');
	if (algorithm !== 'AES256') throw new S3Error('InvalidEncryptionAlgorithmError');
	const bytes = Buffer.from(key, 'base64');
	if (bytes.length !== 32) {
		throw invalidArgument(
			`${prefix}-key`,
			'',
			'The secret key was invalid for the specified algorithm.',
		);
	}
	if (createHash('md5').update(bytes).digest('base64') !== keyMd5) {
		throw invalidArgument(
			`${prefix}-key-MD5`,
			keyMd5,
			'The calculated MD5 hash of the key did not match the hash that was provided.',
		);
	}
	return keyMd5;
}

/**
 * How a new object is to be encrypted.
 * @param usual what the bucket does by itself
 * @throws S3Error InvalidArgument, InvalidEncryptionAlgorithmError
 */
export function encryptionOf(request: S3Request, usual: Encryption): Encryption {
	const { headers } = request;
	const algorithm = headers.get(header);
	const keyMd5 = customerKey(request, customer);
	if (algorithm !== undefined && keyMd5 !== undefined) {
		throw invalidArgument(
			header,
			algorithm,
			'Server Side Encryption with Customer provided key is incompatible with the encryption method specified',
		);
	}
	if (keyMd5 !== undefined) return { kind: 'customer', keyMd5 };
	const details = [`${header}-aws-kms-key-id`, `${header}-context`];
	const detail = details.find((name) => headers.has(name));
	if (detail !== undefined && !algorithm?.startsWith('aws:kms')) {
		throw invalidArgument(
			detail,
			headers.get(detail) ?? '',
			`${detail} is only applicable for ${header}: aws:kms`,
		);
	}
	if (algorithm === undefined) return usual;
	if (!algorithms.includes(algorithm)) {
		throw invalidArgument(header, algorithm, 'The encryption method specified is not supported');
	}
	const shown = [header, `${header}-aws-kms-key-id`, `${header}-bucket-key-enabled`];
	return {
		kind: 'server',
		headers: Object.fromEntries(
			shown.flatMap((name) => (headers.has(name) ? [[name, headers.get(name) ?? '']] : [])),
		),
	};
}

/** The headers that show an encryption. */
export function encryptionHeaders(encryption: Encryption): Record<string, string> {
	if (encryption.kind === 'none') return {};
	if (encryption.kind === 'server') return encryption.headers;
	return { [`${customer}-algorithm`]: 'AES256', [`${customer}-key-md5`]: encryption.keyMd5 };
}

/**
 * Whoever reads what is encrypted with a key of the client must bring the same key.
 * @param prefix of the headers that bring it
 * @throws S3Error InvalidRequest, AccessDenied
 */
export function checkKey(request: S3Request, encryption: Encryption, prefix = customer): void {
	const given = customerKey(request, prefix);
	if (encryption.kind !== 'customer') {
		if (given === undefined) return;
		throw new S3Error('InvalidRequest', {
			message: 'The encryption parameters are not applicable to this object.',
		});
	}
	if (given === undefined) {
		throw new S3Error('InvalidRequest', {
			message:
				'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
		});
	}
	if (given !== encryption.keyMd5) throw new S3Error('AccessDenied');
}

/** Every part of an upload comes with the key the upload began with. @throws S3Error InvalidRequest */
export function checkPartKey(request: S3Request, encryption: Encryption): void {
	const given = customerKey(request, customer);
	const expected = encryption.kind === 'customer' ? encryption.keyMd5 : undefined;
	if (given === expected) return;
	throw new S3Error('InvalidRequest', {
		message:
			expected === undefined
				? 'The multipart upload initiate did not request encryption. Please resend the request without the encryption parameters.'
				: given === undefined
					? 'The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.'
					: 'The provided encryption parameters did not match the ones used originally.',
	});
}

/** The ETag of some bytes: their MD5, unless a key of KMS or of the client went into them. */
export function etagOf(md5: string, encryption: Encryption): string {
	const plain =
		encryption.kind === 'none' ||
		(encryption.kind === 'server' && encryption.headers[header] === 'AES256');
	if (plain) return md5;
	return createHash('md5').update(JSON.stringify(encryption)).update(md5).digest('hex');
}
