import { codePointName } from '../../shared/ground/codePointName';
import { checkUtf8, encodeKey } from './encode';
import type { AwsEndpoints, Endpoint } from './endpoint';
import { awsEndpoint, parseEndpoint } from './endpoint';

/** Where the bucket stands: in the path, in the host name, or wherever the server is sure to find it. */
export type Addressing = 'auto' | 'path' | 'virtualHost';

/** What an address is made from. An empty `endpoint` means Amazon S3 in `region`. */
export interface Location {
	/** of the server, or of that part of it which keeps a region */
	readonly endpoint?: string | ((region: string) => string);
	readonly region: string;
	readonly addressing: Addressing;
	/** which endpoints of Amazon S3 */
	readonly aws?: AwsEndpoints;
}

/** A place on the wire. */
export interface Address {
	/** Scheme, host and port, without a slash at the end. */
	readonly origin: string;
	/** The `host` header: without the port where it is the scheme's own. */
	readonly host: string;
	/** Percent-encoded, byte for byte as it is to be sent and signed. */
	readonly path: string;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
export const MAX_KEY_BYTES = 1_024;

// Buckets made in us-east-1 before 2018 may be this long, in upper case and with underscores.
const MAX_LEGACY_BUCKET = 255;

// ":" because Ceph puts the tenant before the name (tenant:bucket).
const NOT_IN_BUCKET = /[^A-Za-z0-9._:-]/u;

/**
 * Refuses names that cannot be those of an existing bucket on any server, or would lead somewhere
 * else in a path. The old names of Amazon (up to 255 characters, capitals, `_`) and Ceph's
 * `tenant:bucket` pass.
 *
 * @throws TypeError that says what is wrong with the name
 */
export function checkBucket(bucket: string): void {
	if (bucket === '') throw new TypeError('The bucket name is empty: give the name of a bucket');
	const foreign = NOT_IN_BUCKET.exec(bucket);
	if (foreign) {
		const shown = /[!-~]/.test(foreign[0]) ? `"${foreign[0]}"` : codePointName(foreign[0]);
		throw new TypeError(
			`The bucket name ${JSON.stringify(bucket)} holds ${shown}: bucket names have only letters, ` +
				'digits, dots and hyphens, and what comes after the bucket belongs into the object key',
		);
	}
	if (bucket === '.' || bucket === '..') {
		throw new TypeError(`The bucket name "${bucket}" is a path segment, not a name`);
	}
	if (bucket.length > MAX_LEGACY_BUCKET) {
		throw new TypeError(
			`The bucket name has ${bucket.length} characters: no server takes more than ${MAX_LEGACY_BUCKET}`,
		);
	}
}

/**
 * Refuses names under which no new bucket should be made: the general rules of Amazon S3. Prefixes
 * and suffixes that Amazon reserves are left to the server, for they change.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 *
 * @throws TypeError that says what is wrong with the name
 */
export function checkNewBucket(bucket: string): void {
	checkBucket(bucket);
	const refuse = (why: string) => {
		throw new TypeError(`The bucket name "${bucket}" ${why}`);
	};
	if (bucket.length < 3 || bucket.length > 63) {
		refuse(`has ${bucket.length} characters: a new bucket needs 3 to 63`);
	}
	if (/[^a-z0-9.-]/.test(bucket)) {
		refuse('must have only lower-case letters, digits, dots and hyphens');
	}
	if (!/^[a-z0-9].*[a-z0-9]$/.test(bucket)) {
		refuse('must begin and end with a lower-case letter or a digit');
	}
	if (bucket.includes('..')) refuse('must not have two dots in a row');
	if (/^\d+\.\d+\.\d+\.\d+$/.test(bucket)) refuse('must not look like an IP address');
}

/**
 * Refuses keys that no S3 server can store. Everything else is a key: `..`, slashes anywhere,
 * control characters.
 *
 * @throws TypeError for an empty key, one of more than 1,024 bytes of UTF-8, a lone surrogate
 */
export function checkKey(key: string): void {
	if (key === '') throw new TypeError('The object key is empty: give the key of an object');
	checkUtf8('The object key', key);
	const bytes = Buffer.byteLength(key);
	if (bytes > MAX_KEY_BYTES) {
		throw new TypeError(
			`The object key has ${bytes} bytes in UTF-8: S3 takes at most ${MAX_KEY_BYTES}`,
		);
	}
}

const HOST_LABELS = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
const isOneLabel = (bucket: string) => HOST_LABELS.test(bucket) && !bucket.includes('.');
const IP_ADDRESS = /^(\[.*\]|\d+\.\d+\.\d+\.\d+)$/;

function inHostName(bucket: string, endpoint: Endpoint, addressing: Addressing): boolean {
	if (addressing === 'path') return false;
	// The certificate *.s3.<region>.amazonaws.com does not cover a bucket name with a dot in it.
	if (addressing === 'auto') {
		return endpoint.isAws && isOneLabel(bucket);
	}
	if (!HOST_LABELS.test(bucket)) {
		throw new TypeError(
			`The bucket name "${bucket}" cannot be part of a host name: choose path-style addressing`,
		);
	}
	return true;
}

/**
 * Prepares the addresses of one server. `auto` puts the bucket into the host name for Amazon over
 * TLS where the name allows it, and into the path for everything else, because few other servers
 * have the wildcard DNS entry and certificate that the former needs.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 *
 * @returns the function that gives the address of the service (no arguments), of a bucket, or of an
 * object; it throws a TypeError for names that `checkBucket` or `checkKey` refuse, and for a key
 * without a bucket
 * @throws TypeError for an endpoint or region from which no address can be made
 */
export function addressOf(location: Location): (bucket?: string, key?: string) => Address {
	const { region, addressing, aws } = location;
	const named = location.endpoint ?? '';
	const written = (typeof named === 'string' ? named : named(region)).trim();
	const endpoint = written === '' ? awsEndpoint(region.trim(), aws) : parseEndpoint(written);
	const { protocol, host, prefix } = endpoint;
	if (addressing === 'virtualHost' && IP_ADDRESS.test(endpoint.hostname)) {
		throw new TypeError(
			'The endpoint is an IP address, before which no bucket name can stand: choose path-style ' +
				'addressing, or give a host name',
		);
	}

	return (bucket, key) => {
		// An undefined bucket or an empty key must never turn one request into a bigger one, such as
		// the deletion of an object into that of its bucket.
		if (bucket !== undefined) checkBucket(bucket);
		if (key !== undefined) {
			if (bucket === undefined) throw new TypeError('An object key was given without a bucket');
			checkKey(key);
		}
		const suffix = key === undefined ? '' : `/${encodeKey(key)}`;
		if (bucket !== undefined && key !== undefined && endpoint.objectHost && isOneLabel(bucket)) {
			const objectHost = `${bucket}.${endpoint.objectHost}`;
			return { origin: `${protocol}//${objectHost}`, host: objectHost, path: suffix };
		}
		if (bucket === undefined || !inHostName(bucket, endpoint, addressing)) {
			const path = bucket === undefined ? '/' : `/${encodeKey(bucket)}${suffix}`;
			return { origin: `${protocol}//${host}`, host, path: `${prefix}${path}` };
		}
		const bucketHost = `${bucket}.${host}`;
		return {
			origin: `${protocol}//${bucketHost}`,
			host: bucketHost,
			path: `${prefix}${suffix || '/'}`,
		};
	};
}
