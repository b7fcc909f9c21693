import { algorithmNamed, checksumHeader } from '../checksum.ts';
import type { ChecksumAlgorithm, ChecksumType } from '../checksum.ts';
import { digestAll } from '../checksum.ts';
import { sliceChunks } from '../content.ts';
import { checkPartKey, encryptionHeaders, etagOf } from '../encryption.ts';
import { S3Error } from '../errors.ts';
import { bucketOf, invalidArgument, keyOf } from '../operation.ts';
import type { Call, Handler } from '../operation.ts';
import { propertiesOf } from '../properties.ts';
import type { S3Request } from '../request.ts';
import { newUploadId, type MultipartUpload, type StoredPart } from '../store.ts';
import { element, resultDocument } from '../xml.ts';
import { copyResult, copySource, sourceHeaders } from './copy.ts';

/** The upload of the request, which must be one of this very key. @throws S3Error NoSuchUpload */
export function uploadOf(call: Call): MultipartUpload {
	const uploadId = call.request.query.get('uploadId') ?? '';
	const upload = bucketOf(call).uploads.get(uploadId);
	if (upload?.key === keyOf(call)) return upload;
	throw new S3Error('NoSuchUpload', { elements: { UploadId: uploadId } });
}

function uploadChecksum({ headers }: S3Request): MultipartUpload['checksum'] {
	const name = headers.get('x-amz-checksum-algorithm');
	const type = headers.get('x-amz-checksum-type');
	if (name === undefined) {
		if (type === undefined) return undefined;
		throw new S3Error('InvalidRequest', {
			message:
				'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
		});
	}
	const algorithm = algorithmNamed(name);
	if (!algorithm) {
		throw new S3Error('NotImplemented', { elements: { Header: 'x-amz-checksum-algorithm' } });
	}
	const usual = algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE';
	return { algorithm, type: checksumType(algorithm, type ?? usual) };
}

/** Only a CRC of the whole follows from those of parts. @throws S3Error InvalidRequest */
export function checksumType(algorithm: ChecksumAlgorithm, type: string): ChecksumType {
	if (type === 'COMPOSITE' && algorithm !== 'CRC64NVME') return type;
	if (type === 'FULL_OBJECT' && algorithm.startsWith('CRC')) return type;
	throw new S3Error('InvalidRequest', {
		message: `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
	});
}

export const createMultipartUpload: Handler = (call) => {
	const { request, now } = call;
	const bucket = bucketOf(call);
	const upload: MultipartUpload = {
		bucket: bucket.name,
		key: keyOf(call),
		uploadId: newUploadId(),
		initiated: now,
		...propertiesOf(call),
		checksum: uploadChecksum(request),
		parts: new Map(),
	};
	bucket.uploads.set(upload.uploadId, upload);
	const headers: Record<string, string> = encryptionHeaders(upload.encryption);
	if (upload.checksum) {
		headers['x-amz-checksum-algorithm'] = upload.checksum.algorithm;
		headers['x-amz-checksum-type'] = upload.checksum.type;
	}
	return {
		status: 200,
		headers,
		body: resultDocument('InitiateMultipartUploadResult', [
			element('Bucket', upload.bucket),
			element('Key', upload.key),
			element('UploadId', upload.uploadId),
		]),
	};
};

function partNumberOf({ query }: S3Request): number {
	const text = query.get('partNumber') ?? '';
	const partNumber = /^\d{1,5}$/.test(text) ? Number(text) : 0;
	if (partNumber >= 1 && partNumber <= 10_000) return partNumber;
	throw invalidArgument(
		'partNumber',
		text,
		'Part number must be an integer between 1 and 10000, inclusive',
	);
}

export const uploadPart: Handler = (call) => {
	const { request, body, now } = call;
	const partNumber = partNumberOf(request);
	const upload = uploadOf(call);
	const expected = upload.checksum?.algorithm;
	const actual = body.checksum?.algorithm;
	if (expected !== undefined && expected !== actual) {
		throw new S3Error('InvalidRequest', {
			message: `Checksum Type mismatch occurred, expected checksum Type: ${expected.toLowerCase()}, actual checksum Type: ${actual?.toLowerCase() ?? 'null'}`,
		});
	}
	checkPartKey(request, upload.encryption);
	const etag = etagOf(body.md5.toString('hex'), upload.encryption);
	upload.parts.set(partNumber, {
		partNumber,
		chunks: call.forgetful.has(upload.bucket) ? [] : body.chunks,
		size: body.size,
		etag,
		lastModified: now,
		checksum: body.checksum,
	});
	const headers: Record<string, string> = {
		etag: `"${etag}"`,
		...encryptionHeaders(upload.encryption),
	};
	if (body.checksum) headers[checksumHeader(body.checksum.algorithm)] = body.checksum.value;
	return { status: 200, headers };
};

/** The span of `x-amz-copy-source-range`, which must lie within the source. */
function sourceSpan(request: S3Request, size: number): { start: number; end: number } {
	const header = request.headers.get('x-amz-copy-source-range');
	if (header === undefined) return { start: 0, end: size };
	const match = /^bytes=(\d+)-(\d+)$/.exec(header);
	if (!match) {
		throw invalidArgument(
			'x-amz-copy-source-range',
			header,
			'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
		);
	}
	const [start, end] = [Number(match[1]), Number(match[2]) + 1];
	if (start < end && end <= size) return { start, end };
	throw invalidArgument(
		'x-amz-copy-source-range',
		header,
		`Range specified is not valid for source object of size: ${size}`,
	);
}

export const uploadPartCopy: Handler = (call) => {
	const { request, now } = call;
	const partNumber = partNumberOf(request);
	const upload = uploadOf(call);
	checkPartKey(request, upload.encryption);
	const source = copySource(call);
	const { object } = source;
	const { start, end } = sourceSpan(request, object.size);
	const chunks = sliceChunks(object.chunks, start, end);
	const algorithm = upload.checksum?.algorithm;
	const part: StoredPart = {
		partNumber,
		chunks,
		size: end - start,
		etag: etagOf(digestAll('MD5', chunks).toString('hex'), upload.encryption),
		lastModified: now,
		checksum: algorithm && { algorithm, value: digestAll(algorithm, chunks).toString('base64') },
	};
	upload.parts.set(partNumber, part);
	const checksum = part.checksum && { ...part.checksum, type: 'FULL_OBJECT' as const };
	return {
		status: 200,
		headers: { ...sourceHeaders(source), ...encryptionHeaders(upload.encryption) },
		body: copyResult('CopyPartResult', { ...part, checksum }),
	};
};

export const abortMultipartUpload: Handler = (call) => {
	bucketOf(call).uploads.delete(uploadOf(call).uploadId);
	return { status: 204 };
};
