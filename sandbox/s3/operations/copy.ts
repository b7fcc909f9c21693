import { digestAll, type Checksum } from '../checksum.ts';
import { checkRead, checkWrite } from '../conditions.ts';
import { S3Error } from '../errors.ts';
import { metadataOf } from '../metadata.ts';
import { bucketOf, findBucket, invalidArgument, isoTime, keyOf } from '../operation.ts';
import type { Call, Handler } from '../operation.ts';
import { percentDecode } from '../sigv4.ts';
import type { Bucket, StoredObject } from '../store.ts';
import { element, resultDocument, type Xml } from '../xml.ts';

export interface CopySource {
	bucket: Bucket;
	object: StoredObject;
}

/**
 * The object that x-amz-copy-source names: percent-encoded `bucket/key`, with or without a slash in
 * front.
 * @throws S3Error InvalidArgument, NotImplemented (versions), NoSuchBucket, NoSuchKey, PreconditionFailed
 */
export function copySource(call: Call): CopySource {
	const { request } = call;
	const header = request.headers.get('x-amz-copy-source') ?? '';
	const [path = '', version] = header.replace(/^\//, '').split('?');
	if (version !== undefined && version !== 'versionId=null') {
		throw new S3Error('NotImplemented', { elements: { Header: 'x-amz-copy-source' } });
	}
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
	const object = bucket.objects.get(key);
	if (!object) throw new S3Error('NoSuchKey', { elements: { Key: key } });
	if (checkRead(request, object, 'x-amz-copy-source-') === 'notModified') {
		throw new S3Error('PreconditionFailed', {
			elements: { Condition: 'x-amz-copy-source-If-None-Match' },
		});
	}
	return { bucket, object };
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

function replacesMetadata(call: Call): boolean {
	const directive = call.request.headers.get('x-amz-metadata-directive') ?? 'COPY';
	if (directive === 'COPY' || directive === 'REPLACE') return directive === 'REPLACE';
	throw invalidArgument('x-amz-metadata-directive', directive, 'Unknown metadata directive.');
}

export const copyObject: Handler = (call) => {
	const { request, store, account, now } = call;
	const bucket = bucketOf(call);
	const key = keyOf(call);
	const replace = replacesMetadata(call);
	const source = copySource(call);
	const given = metadataOf(request);
	const newClass = request.headers.has('x-amz-storage-class');
	if (source.bucket === bucket && source.object.key === key && !replace && !newClass) {
		throw new S3Error('InvalidRequest', {
			message:
				"This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
		});
	}
	checkWrite(request, key, bucket.objects.get(key));
	const { object } = source;
	// A copy is one part, so its ETag is a plain MD5 even where the source had many parts.
	const etag = object.partSizes ? digestAll('MD5', object.chunks).toString('hex') : object.etag;
	const copy: StoredObject = {
		key,
		chunks: object.chunks,
		size: object.size,
		etag,
		lastModified: Math.floor(now / 1000) * 1000,
		metadata: {
			...(replace ? given : object.metadata),
			storageClass: given.storageClass,
		},
		owner: account.accessKeyId,
		checksum: object.checksum && fullChecksum(object.checksum, object.chunks),
	};
	store.put(bucket, copy);
	return { status: 200, body: copyResult('CopyObjectResult', copy) };
};

function fullChecksum(checksum: Checksum, chunks: readonly Buffer[]): Checksum {
	if (checksum.type === 'FULL_OBJECT') return checksum;
	const { algorithm } = checksum;
	return {
		algorithm,
		value: digestAll(algorithm, chunks).toString('base64'),
		type: 'FULL_OBJECT',
	};
}
