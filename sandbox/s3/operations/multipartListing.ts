import { ownerElement } from '../acl.ts';
import { bucketOf, integerArgument, isoTime } from '../operation.ts';
import type { Handler } from '../operation.ts';
import { compareKeys } from '../sortedKeys.ts';
import type { MultipartUpload } from '../store.ts';
import { element, resultDocument } from '../xml.ts';
import { nameEncoder } from './listing.ts';
import { uploadOf } from './multipart.ts';
import { pageOf } from './paging.ts';

export const listParts: Handler = (call) => {
	const { request } = call;
	const upload = uploadOf(call);
	const max = integerArgument(request, 'max-parts', { usual: 1000, min: 0, max: 1000 });
	const marker = integerArgument(request, 'part-number-marker', {
		usual: 0,
		min: 0,
		max: 2_147_483_647,
	});
	const encode = nameEncoder(request);
	const rest = [...upload.parts.values()]
		.filter(({ partNumber }) => partNumber > marker)
		.sort((a, b) => a.partNumber - b.partNumber);
	const page = rest.slice(0, max);
	const truncated = rest.length > page.length && max > 0;
	const body = resultDocument('ListPartsResult', [
		element('Bucket', upload.bucket),
		element('Key', encode(upload.key)),
		element('UploadId', upload.uploadId),
		ownerElement(upload.owner, 'Initiator'),
		ownerElement(upload.owner),
		element('StorageClass', upload.metadata.storageClass),
		upload.checksum !== undefined && element('ChecksumAlgorithm', upload.checksum.algorithm),
		upload.checksum !== undefined && element('ChecksumType', upload.checksum.type),
		element('PartNumberMarker', marker),
		truncated && element('NextPartNumberMarker', page.at(-1)?.partNumber ?? marker),
		element('MaxParts', max),
		element('IsTruncated', truncated),
		...page.map(({ partNumber, lastModified, etag, size, checksum }) =>
			element('Part', [
				element('PartNumber', partNumber),
				element('LastModified', isoTime(lastModified)),
				element('ETag', `"${etag}"`),
				element('Size', size),
				checksum !== undefined && element(`Checksum${checksum.algorithm}`, checksum.value),
			]),
		),
	]);
	return { status: 200, body };
};

/** By key, and the uploads of one key by age. */
function inOrder(a: MultipartUpload, b: MultipartUpload): number {
	return compareKeys(a.key, b.key) || a.initiated - b.initiated;
}

export const listMultipartUploads: Handler = (call) => {
	const { request } = call;
	const bucket = bucketOf(call);
	const max = integerArgument(request, 'max-uploads', { usual: 1000, min: 1, max: 1000 });
	const prefix = request.query.get('prefix') ?? '';
	const delimiter = request.query.get('delimiter') ?? '';
	const keyMarker = request.query.get('key-marker') ?? '';
	const idMarker = request.query.get('upload-id-marker') ?? '';
	const encode = nameEncoder(request);
	const all = [...bucket.uploads.values()].sort(inOrder);
	// Several uploads may share a key, so the position is the upload, not the key.
	const at = all.findIndex(({ key, uploadId }) => key === keyMarker && uploadId === idMarker);
	const rest =
		at < 0 ? all.filter(({ key }) => compareKeys(key, keyMarker) > 0) : all.slice(at + 1);
	const seen = at < 0 && delimiter !== '' ? keyMarker : '';
	const page = pageOf(
		(holds) => rest.filter(({ key }) => holds(key)).map((upload) => [upload.key, upload] as const),
		{ prefix, delimiter, after: seen, max },
	);
	const last = page.entries.at(-1);
	const next = page.next;
	const body = resultDocument('ListMultipartUploadsResult', [
		element('Bucket', bucket.name),
		element('KeyMarker', encode(keyMarker)),
		element('UploadIdMarker', idMarker),
		next !== undefined && element('NextKeyMarker', encode(next)),
		next !== undefined && element('NextUploadIdMarker', last?.key === next ? last.uploadId : ''),
		element('Prefix', encode(prefix)),
		delimiter !== '' && element('Delimiter', encode(delimiter)),
		request.query.has('encoding-type') && element('EncodingType', 'url'),
		element('MaxUploads', max),
		element('IsTruncated', next !== undefined),
		...page.entries.map((upload) =>
			element('Upload', [
				element('Key', encode(upload.key)),
				element('UploadId', upload.uploadId),
				ownerElement(upload.owner, 'Initiator'),
				ownerElement(upload.owner),
				element('StorageClass', upload.metadata.storageClass),
				element('Initiated', isoTime(upload.initiated)),
				upload.checksum !== undefined && element('ChecksumAlgorithm', upload.checksum.algorithm),
			]),
		),
		...page.prefixes.map((one) => element('CommonPrefixes', [element('Prefix', encode(one))])),
	]);
	return { status: 200, body };
};
