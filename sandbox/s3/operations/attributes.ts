import { S3Error } from '../errors.ts';
import { bucketOf, invalidArgument } from '../operation.ts';
import type { Handler } from '../operation.ts';
import type { S3Request } from '../request.ts';
import type { StoredObject } from '../store.ts';
import { objectOf, versionHeaders } from '../versions.ts';
import { element, resultDocument, type Xml } from '../xml.ts';

function integerHeader({ headers }: S3Request, name: string, usual: number): number {
	const text = headers.get(name);
	if (text === undefined) return usual;
	if (/^\d{1,9}$/.test(text)) return Number(text);
	throw invalidArgument(name, text, `Provided ${name} not an integer or within integer range`);
}

/** Sizes and checksums of the parts; Amazon lists them only where they have checksums. */
function objectParts(request: S3Request, { parts, checksum }: StoredObject): Xml | false {
	if (!parts) return false;
	if (checksum?.type !== 'COMPOSITE') {
		return element('ObjectParts', [element('PartsCount', parts.length)]);
	}
	const max = Math.min(integerHeader(request, 'x-amz-max-parts', 1000), 1000);
	const marker = integerHeader(request, 'x-amz-part-number-marker', 0);
	const rest = parts.filter(({ partNumber }) => partNumber > marker);
	const page = rest.slice(0, max);
	return element('ObjectParts', [
		element('PartsCount', parts.length),
		element('PartNumberMarker', marker),
		element('NextPartNumberMarker', page.at(-1)?.partNumber ?? marker),
		element('MaxParts', max),
		element('IsTruncated', rest.length > page.length),
		...page.map((part) =>
			element('Part', [
				element('PartNumber', part.partNumber),
				element('Size', part.size),
				part.checksum !== undefined &&
					element(`Checksum${part.checksum.algorithm}`, part.checksum.value),
			]),
		),
	]);
}

const attributes: Record<string, (object: StoredObject, request: S3Request) => Xml | false> = {
	ETag: ({ etag }) => element('ETag', etag),
	Checksum: ({ checksum }) =>
		checksum !== undefined &&
		element('Checksum', [
			// The number of parts is no part of the checksum here.
			element(`Checksum${checksum.algorithm}`, checksum.value.replace(/-\d+$/, '')),
			element('ChecksumType', checksum.type),
		]),
	ObjectParts: (object, request) => objectParts(request, object),
	StorageClass: ({ metadata }) => element('StorageClass', metadata.storageClass),
	ObjectSize: ({ size }) => element('ObjectSize', size),
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html */
export const getObjectAttributes: Handler = (call) => {
	const { request } = call;
	const wanted = (request.headers.get('x-amz-object-attributes') ?? '')
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '');
	if (wanted.length === 0) {
		throw new S3Error('InvalidArgument', {
			message:
				'The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty',
			elements: { ArgumentName: 'x-amz-object-attributes', ArgumentValue: '' },
		});
	}
	const wrong = wanted.find((name) => !(name in attributes));
	if (wrong !== undefined) {
		throw invalidArgument('x-amz-object-attributes', wrong, 'Invalid attribute name specified.');
	}
	const object = objectOf(call);
	const fields = Object.entries(attributes)
		.filter(([name]) => wanted.includes(name))
		.map(([, write]) => write(object, request));
	return {
		status: 200,
		headers: {
			'last-modified': new Date(object.lastModified).toUTCString(),
			...versionHeaders(bucketOf(call), object),
		},
		body: resultDocument('GetObjectAttributesResponse', fields),
	};
};
