import { checkOwner, demand } from '../access.ts';
import { checkReadable } from '../archive.ts';
import { algorithmNamed, digestAll, type Checksum } from '../checksum.ts';
import { checkRead, checkWrite } from '../conditions.ts';
import { checkKey, copySourceCustomer, encryptionHeaders, etagOf } from '../encryption.ts';
import { S3Error } from '../errors.ts';
import { bucketOf, findBucket, invalidArgument, isoTime, keyOf } from '../operation.ts';
import type { Call, Handler } from '../operation.ts';
import { propertiesOf } from '../properties.ts';
import { percentDecode } from '../sigv4.ts';
import type { Bucket, ObjectMetadata, StoredObject } from '../store.ts';
import { checkVersionId, findVersion, versionHeaders } from '../versions.ts';
import { element, resultDocument, type Xml } from '../xml.ts';

export interface CopySource {
	bucket: Bucket;
	object: StoredObject;
}

/**
 * The object that x-amz-copy-source names: percent-encoded `bucket/key`, with or without a slash in
 * front.
 * @throws S3Error InvalidArgument, InvalidRequest, NoSuchBucket, NoSuchKey, PreconditionFailed
 */
export function copySource(call: Call): CopySource {
	const { request } = call;
	const header = request.headers.get('x-amz-copy-source') ?? '';
	const [path = '', query] = header.replace(/^\//, '').split('?');
	const version = query === undefined ? undefined : /^versionId=(.*)$/.exec(query)?.[1];
	if (query !== undefined && version === undefined) {
		throw invalidArgument('x-amz-copy-source', header, 'Unsupported copy source parameter.');
	}
	const versionId = version === undefined ? undefined : checkVersionId(version);
	const decoded = Buffer.from(percentDecode(path), 'latin1').toString();
	const slash = decoded.indexOf('/');
	if (slash < 1 || slash === decoded.length - 1) {
		throw invalidArgument(
			'x-amz-copy-source',
			header,
			'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
		);
	}
	const bucket = findBucket(call, decoded.slice(0, slash));
	const key = decoded.slice(slash + 1);
	const action = versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
	checkOwner(request, 'x-amz-source-expected-bucket-owner', bucket);
	demand(call, action, bucket, key, versionId);
	const object = sourceVersion(bucket, key, versionId);
	checkKey(request, object.encryption, copySourceCustomer);
	checkReadable(object, call.now, 'ObjectNotInActiveTierError');
	if (checkRead(request, object, 'x-amz-copy-source-') === 'notModified') {
		throw new S3Error('PreconditionFailed', {
			elements: { Condition: 'x-amz-copy-source-If-None-Match' },
		});
	}
	return { bucket, object };
}

/** A delete marker is no source: to name it is a mistake, to find it is to find nothing. */
function sourceVersion(bucket: Bucket, key: string, versionId?: string): StoredObject {
	try {
		return findVersion(bucket, key, versionId);
	} catch (error) {
		if (!(error instanceof S3Error) || error.code !== 'MethodNotAllowed') throw error;
		throw new S3Error('InvalidRequest', {
			message:
				'The source of a copy request may not specifically refer to a delete marker by version id.',
		});
	}
}

/** Which version was copied. */
export function sourceHeaders({ bucket, object }: CopySource): Record<string, string> {
	const { 'x-amz-version-id': version } = versionHeaders(bucket, object);
	return version === undefined ? {} : { 'x-amz-copy-source-version-id': version };
}

/** ETag, time and checksum, as CopyObjectResult and CopyPartResult hold them. */
export function copyResult(
	name: string,
	{ etag, lastModified, checksum }: { etag: string; lastModified: number; checksum?: Checksum },
): string {
	const fields: Xml[] = [
		element('LastModified', isoTime(lastModified)),
		element('ETag', `"${etag}"`),
	];
	if (checksum) fields.push(element(`Checksum${checksum.algorithm}`, checksum.value));
	return resultDocument(name, fields);
}

/** Whether a directive says REPLACE instead of COPY. */
function replaces({ request }: Call, what: 'metadata' | 'tagging'): boolean {
	const name = `x-amz-${what}-directive`;
	const directive = request.headers.get(name) ?? 'COPY';
	if (directive === 'COPY' || directive === 'REPLACE') return directive === 'REPLACE';
	throw invalidArgument(name, directive, `Unknown ${what} directive.`);
}

/** Where a website redirects to and the storage class are never copied. */
function keptMetadata(old: ObjectMetadata, given: ObjectMetadata): ObjectMetadata {
	const redirect = 'x-amz-website-redirect-location';
	const { [redirect]: _old, ...system } = old.system;
	const { [redirect]: location } = given.system;
	return {
		...old,
		system: location === undefined ? system : { ...system, [redirect]: location },
		storageClass: given.storageClass,
	};
}

/** Each of these makes a copy onto itself one that changes something, also where it names what is. */
const changing = [
	'x-amz-storage-class',
	'x-amz-website-redirect-location',
	'x-amz-server-side-encryption',
	'x-amz-server-side-encryption-customer-algorithm',
];

export const copyObject: Handler = (call) => {
	const { request, store, now } = call;
	const bucket = bucketOf(call);
	const key = keyOf(call);
	const replace = replaces(call, 'metadata');
	const newTags = replaces(call, 'tagging');
	const source = copySource(call);
	const given = propertiesOf(call);
	const changes =
		replace ||
		changing.some((name) => request.headers.has(name)) ||
		JSON.stringify(given.encryption) !== JSON.stringify(source.object.encryption);
	const same = source.object === bucket.objects.get(key);
	if (same && !changes) {
		throw new S3Error('InvalidRequest', {
			message:
				"This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
		});
	}
	checkWrite(request, key, bucket.objects.get(key));
	const { object } = source;
	// A copy is one part, so its ETag is a plain MD5 even where the source had many parts.
	const plain = !object.parts && object.encryption.kind === 'none';
	const md5 = plain ? object.etag : digestAll('MD5', object.chunks).toString('hex');
	const etag = etagOf(md5, given.encryption);
	const copy = store.put(bucket, {
		key,
		chunks: object.chunks,
		size: object.size,
		etag,
		lastModified: Math.floor(now / 1000) * 1000,
		metadata: replace ? given.metadata : keptMetadata(object.metadata, given.metadata),
		tags: newTags ? given.tags : object.tags,
		acl: given.acl,
		lock: given.lock,
		encryption: given.encryption,
		owner: given.owner,
		checksum: copiedChecksum(call, object),
	});
	call.tell('ObjectCreated:Copy', bucket, copy);
	const headers = {
		...sourceHeaders(source),
		...versionHeaders(bucket, copy),
		...encryptionHeaders(copy.encryption),
	};
	return { status: 200, headers, body: copyResult('CopyObjectResult', copy) };
};

/** A copy has the checksum of its source or the one the request asks for, always of the whole. */
function copiedChecksum(
	{ request }: Call,
	{ checksum, chunks }: StoredObject,
): Checksum | undefined {
	const name = request.headers.get('x-amz-checksum-algorithm');
	const algorithm = name === undefined ? checksum?.algorithm : algorithmNamed(name);
	if (name !== undefined && !algorithm) {
		throw new S3Error('InvalidRequest', {
			message:
				'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
		});
	}
	if (!algorithm) return undefined;
	if (checksum?.algorithm === algorithm && checksum.type === 'FULL_OBJECT') return checksum;
	const value = digestAll(algorithm, chunks).toString('base64');
	return { algorithm, value, type: 'FULL_OBJECT' };
}
