import { createHash } from 'node:crypto';
import type { Answer } from '../answer.ts';
import { checksumAlgorithms, checksumHeader, digestAll, type Checksum } from '../checksum.ts';
import { checkWrite } from '../conditions.ts';
import { encryptionHeaders } from '../encryption.ts';
import { S3Error } from '../errors.ts';
import { bucketOf, keyOf, xmlBody } from '../operation.ts';
import type { Call, Handler } from '../operation.ts';
import type { Bucket, MultipartUpload, StoredPart } from '../store.ts';
import { versionHeaders } from '../versions.ts';
import { childText, element, resultDocument, type Xml, type XmlNode } from '../xml.ts';
import { checksumType, uploadOf } from './multipart.ts';

function namedPart(upload: MultipartUpload, node: XmlNode): StoredPart {
	const number = childText(node, 'PartNumber') ?? '';
	const etag = childText(node, 'ETag');
	if (!/^\d{1,5}$/.test(number) || etag === undefined) throw new S3Error('MalformedXML');
	const part = upload.parts.get(Number(number));
	const checksumsHold = checksumAlgorithms.every((algorithm) => {
		const value = childText(node, `Checksum${algorithm}`);
		return (
			value === undefined ||
			(part?.checksum?.algorithm === algorithm && part.checksum.value === value)
		);
	});
	if (part?.etag === etag.replace(/^"(.*)"$/, '$1') && checksumsHold) {
		const composite = upload.checksum?.type === 'COMPOSITE' ? upload.checksum.algorithm : undefined;
		if (composite && childText(node, `Checksum${composite}`) === undefined) {
			throw new S3Error('InvalidRequest', {
				message: `The upload was created using a ${composite.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
			});
		}
		return part;
	}
	throw new S3Error('InvalidPart', {
		elements: { UploadId: upload.uploadId, PartNumber: number, ETag: etag },
	});
}

/** The parts the request lists, in order and complete. */
function listedParts(call: Call, upload: MultipartUpload): StoredPart[] {
	const root = xmlBody(call, 'CompleteMultipartUpload');
	const nodes = root.children.filter(({ name }) => name === 'Part');
	if (nodes.length === 0) throw new S3Error('MalformedXML');
	const numbers = nodes.map((node) => Number(childText(node, 'PartNumber')));
	if (numbers.some((number, at) => at > 0 && number <= (numbers[at - 1] ?? 0))) {
		throw new S3Error('InvalidPartOrder', { elements: { UploadId: upload.uploadId } });
	}
	const parts = nodes.map((node) => namedPart(upload, node));
	const small = parts.slice(0, -1).find(({ size }) => size < call.minPartSize);
	if (small) {
		throw new S3Error('EntityTooSmall', {
			elements: {
				ProposedSize: small.size,
				MinSizeAllowed: call.minPartSize,
				PartNumber: small.partNumber,
				ETag: small.etag,
			},
		});
	}
	return parts;
}

function hashOfHashes(parts: readonly StoredPart[]): string {
	const hash = createHash('md5');
	for (const { etag } of parts) hash.update(etag, 'hex');
	return `${hash.digest('hex')}-${parts.length}`;
}

function objectChecksum(
	upload: MultipartUpload,
	parts: readonly StoredPart[],
): Checksum | undefined {
	if (!upload.checksum) return undefined;
	const { algorithm, type } = upload.checksum;
	const bytes =
		type === 'FULL_OBJECT'
			? parts.flatMap(({ chunks }) => chunks)
			: parts.map(({ checksum }) => Buffer.from(checksum?.value ?? '', 'base64'));
	const value = digestAll(algorithm, bytes).toString('base64');
	return { algorithm, type, value: type === 'FULL_OBJECT' ? value : `${value}-${parts.length}` };
}

/** What the request itself claims about the whole object. */
function checkClaims(call: Call, checksum: Checksum | undefined, size: number): void {
	const { headers } = call.request;
	const claimedType = headers.get('x-amz-checksum-type');
	if (claimedType !== undefined && checksum) {
		if (checksumType(checksum.algorithm, claimedType) !== checksum.type) {
			throw new S3Error('InvalidRequest', {
				message: `The upload was created using the ${checksum.type} checksum mode. The complete request must use the same checksum mode.`,
			});
		}
	}
	for (const algorithm of checksumAlgorithms) {
		const claimed = headers.get(checksumHeader(algorithm));
		if (claimed === undefined) continue;
		if (algorithm !== checksum?.algorithm) {
			throw new S3Error('InvalidRequest', {
				message: `The upload was not created using a ${algorithm.toLowerCase()} checksum.`,
			});
		}
		// That of a composite is taken with and without the number of its parts.
		if (claimed !== checksum.value && claimed !== checksum.value.replace(/-\d+$/, '')) {
			throw new S3Error('BadDigest', {
				message: `The ${algorithm} you specified did not match the calculated checksum.`,
			});
		}
	}
	const claimedSize = headers.get('x-amz-mp-object-size');
	if (claimedSize !== undefined && claimedSize !== String(size)) {
		throw new S3Error('InvalidRequest', {
			message: `The provided 'x-amz-mp-object-size' header does not match what was computed.`,
		});
	}
}

/** Numbers and ETags of the parts that the request lists. */
function listOf(call: Call): string {
	const parts = xmlBody(call, 'CompleteMultipartUpload').children.map((node) => [
		childText(node, 'PartNumber'),
		childText(node, 'ETag')?.replaceAll('"', ''),
	]);
	return JSON.stringify(parts);
}

export const completeMultipartUpload: Handler = (call) => {
	const bucket = bucketOf(call);
	const uploadId = call.request.query.get('uploadId') ?? '';
	const before = bucket.completed.get(uploadId);
	if (before?.key === keyOf(call) && before.parts === listOf(call)) return before.answer;
	const answer = complete(call, bucket);
	if (!call.forgetsUploads) {
		bucket.completed.set(uploadId, { key: keyOf(call), parts: listOf(call), answer });
	}
	return answer;
};

function complete(call: Call, bucket: Bucket): Answer {
	const { request, store, now } = call;
	const upload = uploadOf(call);
	const parts = listedParts(call, upload);
	const size = parts.reduce((sum, part) => sum + part.size, 0);
	const checksum = objectChecksum(upload, parts);
	checkClaims(call, checksum, size);
	checkWrite(request, upload.key, bucket.objects.get(upload.key));
	const etag = hashOfHashes(parts);
	bucket.uploads.delete(upload.uploadId);
	const stored = store.put(bucket, {
		key: upload.key,
		chunks: parts.flatMap(({ chunks }) => chunks),
		size,
		etag,
		lastModified: Math.floor(now / 1000) * 1000,
		metadata: upload.metadata,
		tags: upload.tags,
		acl: upload.acl,
		lock: upload.lock,
		encryption: upload.encryption,
		owner: upload.owner,
		checksum,
		parts: parts.map((part) => ({
			partNumber: part.partNumber,
			size: part.size,
			checksum: part.checksum,
		})),
	});
	call.tell('ObjectCreated:CompleteMultipartUpload', bucket, stored);
	const fields: Xml[] = [
		element('Location', `http://${request.headers.get('host') ?? ''}${request.rawPath}`),
		element('Bucket', bucket.name),
		element('Key', upload.key),
		element('ETag', `"${etag}"`),
	];
	if (checksum) {
		fields.push(element(`Checksum${checksum.algorithm}`, checksum.value));
		fields.push(element('ChecksumType', checksum.type));
	}
	return {
		status: 200,
		headers: { ...versionHeaders(bucket, stored), ...encryptionHeaders(stored.encryption) },
		body: resultDocument('CompleteMultipartUploadResult', fields),
	};
}
