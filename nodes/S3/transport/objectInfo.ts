import type { Headers } from './headerValues';
import { strong } from './headerValues';
import { metadataOf } from './metadata';

/** What the headers of an answer say of an object. What they do not say is absent. */
export interface ObjectInfo {
	bucket: string;
	key: string;
	/** in bytes */
	size: number;
	/** without the quotes */
	etag: string;
	contentType?: string;
	/** ISO 8601 */
	lastModified?: string;
	storageClass?: string;
	versionId?: string;
	cacheControl?: string;
	contentDisposition?: string;
	contentEncoding?: string;
	contentLanguage?: string;
	/** ISO 8601; the text itself where it is no date */
	expires?: string;
	websiteRedirect?: string;
	encryption?: { method: string; kmsKeyId?: string; bucketKey?: boolean; customerKeyMd5?: string };
	/** when a lifecycle rule deletes it */
	expiration?: { expiresAt?: string; ruleId?: string };
	/** of an archived object */
	restore?: { inProgress: boolean; availableUntil?: string };
	/** where Intelligent-Tiering has put it */
	archiveStatus?: string;
	lock?: { mode?: string; retainUntil?: string; legalHold?: boolean };
	/** PENDING, COMPLETED, FAILED or REPLICA */
	replicationStatus?: string;
	/** of an object that was uploaded in parts, when one of them was asked for */
	partsCount?: number;
	tagCount?: number;
	/** base64, as the server keeps them, when they were asked for */
	checksums?: { type?: string } & Record<string, string | undefined>;
	/** entries of the metadata that a header cannot carry */
	missingMetadata?: number;
	/** x-amz-meta-* without the prefix */
	metadata: Record<string, string>;
}

/** Ceph leaves the quotes out where AWS has them. */
export const unquoted = (etag: string | undefined): string =>
	strong(etag ?? '').replace(/^"|"$/g, '');

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html */
export function infoOf(bucket: string, key: string, headers: Headers, size: number): ObjectInfo {
	return {
		bucket,
		key,
		size,
		etag: unquoted(headers.etag),
		...present({
			contentType: headers['content-type'],
			lastModified: dateOf(headers['last-modified']),
			storageClass: headers['x-amz-storage-class'],
			versionId: headers['x-amz-version-id'],
			cacheControl: headers['cache-control'],
			contentDisposition: headers['content-disposition'],
			contentEncoding: headers['content-encoding'],
			contentLanguage: headers['content-language'],
			expires: dateOf(headers.expires) ?? headers.expires,
			websiteRedirect: headers['x-amz-website-redirect-location'],
			encryption: encryptionOf(headers),
			expiration: expirationOf(headers['x-amz-expiration']),
			restore: restoreOf(headers['x-amz-restore']),
			archiveStatus: headers['x-amz-archive-status'],
			lock: lockOf(headers),
			replicationStatus: headers['x-amz-replication-status'],
			partsCount: numberOf(headers['x-amz-mp-parts-count']),
			tagCount: numberOf(headers['x-amz-tagging-count']),
			checksums: checksumsOf(headers),
			missingMetadata: numberOf(headers['x-amz-missing-meta']),
		}),
		metadata: metadataOf(headers),
	};
}

/** Without what is not known. */
function present<T extends object>(values: T): Partial<T> {
	const known = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
	return Object.fromEntries(known) as Partial<T>;
}

/** A part of the row, or nothing where nothing of it is known. */
function group<T extends object>(values: T): Partial<T> | undefined {
	const known = present(values);
	return Object.keys(known).length > 0 ? known : undefined;
}

function dateOf(date: string | undefined): string | undefined {
	const at = Date.parse(date ?? '');
	return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

const numberOf = (text: string | undefined) => (text ? Number(text) : undefined);

const SSE = 'x-amz-server-side-encryption';

function encryptionOf(headers: Headers): ObjectInfo['encryption'] {
	const customer = headers[`${SSE}-customer-algorithm`];
	const method = headers[SSE] ?? (customer && 'customer');
	if (!method) return undefined;
	const bucketKey = headers[`${SSE}-bucket-key-enabled`];
	return {
		method,
		...present({
			kmsKeyId: headers[`${SSE}-aws-kms-key-id`],
			bucketKey: bucketKey === undefined ? undefined : bucketKey === 'true',
			customerKeyMd5: headers[`${SSE}-customer-key-md5`],
		}),
	};
}

/** `expiry-date="Fri, 21 Dec 2012 00:00:00 GMT", rule-id="Rule%201"` */
function expirationOf(header: string | undefined): ObjectInfo['expiration'] {
	const ruleId = quotedIn(header, 'rule-id');
	return group({
		expiresAt: dateOf(quotedIn(header, 'expiry-date')),
		ruleId: ruleId === undefined ? undefined : unescaped(ruleId),
	});
}

/** `ongoing-request="false", expiry-date="Fri, 21 Dec 2012 00:00:00 GMT"` */
function restoreOf(header: string | undefined): ObjectInfo['restore'] {
	if (!header) return undefined;
	return {
		inProgress: quotedIn(header, 'ongoing-request') === 'true',
		...present({ availableUntil: dateOf(quotedIn(header, 'expiry-date')) }),
	};
}

const quotedIn = (header: string | undefined, name: string): string | undefined =>
	new RegExp(`${name}="([^"]*)"`).exec(header ?? '')?.[1];

function unescaped(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

function lockOf(headers: Headers): ObjectInfo['lock'] {
	const legalHold = headers['x-amz-object-lock-legal-hold'];
	return group({
		mode: headers['x-amz-object-lock-mode'],
		retainUntil: dateOf(headers['x-amz-object-lock-retain-until-date']),
		legalHold: legalHold ? legalHold === 'ON' : undefined,
	});
}

const CHECKSUM = 'x-amz-checksum-';

const checksumsOf = (headers: Headers): ObjectInfo['checksums'] =>
	group(
		Object.fromEntries(
			Object.entries(headers)
				.filter(([name]) => name.startsWith(CHECKSUM))
				.map(([name, value]) => [name.slice(CHECKSUM.length), value]),
		),
	);
