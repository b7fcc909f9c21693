import { S3Error } from './errors.ts';
import type { S3Request } from './request.ts';
import type { ObjectMetadata } from './store.ts';

const systemHeaders = [
	'content-type',
	'cache-control',
	'content-disposition',
	'content-encoding',
	'content-language',
	'expires',
	'x-amz-website-redirect-location',
];

const storageClasses = [
	'STANDARD',
	'REDUCED_REDUNDANCY',
	'STANDARD_IA',
	'ONEZONE_IA',
	'INTELLIGENT_TIERING',
	'GLACIER_IR',
	'GLACIER',
	'DEEP_ARCHIVE',
];

const maxUserBytes = 2048;

/** The metadata of an object to be written. @throws S3Error MetadataTooLarge, InvalidStorageClass ... */
export function metadataOf({ headers }: S3Request): ObjectMetadata {
	const storageClass = headers.get('x-amz-storage-class') ?? 'STANDARD';
	if (!storageClasses.includes(storageClass)) throw new S3Error('InvalidStorageClass');
	const system: Record<string, string> = { 'content-type': 'binary/octet-stream' };
	for (const name of systemHeaders) {
		const value = headers.get(name);
		if (value) system[name] = value;
	}
	// aws-chunked describes the transfer, not the object.
	const encoding = (system['content-encoding'] ?? '')
		.split(',')
		.map((one) => one.trim())
		.filter((one) => one !== '' && one !== 'aws-chunked');
	delete system['content-encoding'];
	if (encoding.length > 0) system['content-encoding'] = encoding.join(', ');
	const user: Record<string, string> = {};
	let bytes = 0;
	for (const [name, value] of headers) {
		if (!name.startsWith('x-amz-meta-')) continue;
		const short = name.slice('x-amz-meta-'.length);
		user[short] = value;
		bytes += short.length + value.length;
	}
	if (bytes > maxUserBytes) {
		throw new S3Error('MetadataTooLarge', {
			elements: { Size: bytes, MaxSizeAllowed: maxUserBytes },
		});
	}
	return { system, user, storageClass };
}

/** The headers that bring metadata back. */
export function metadataHeaders({
	system,
	user,
	storageClass,
}: ObjectMetadata): Record<string, string> {
	const headers: Record<string, string> = { ...system };
	for (const [name, value] of Object.entries(user)) headers[`x-amz-meta-${name}`] = value;
	// S3 leaves the usual class out.
	if (storageClass !== 'STANDARD') headers['x-amz-storage-class'] = storageClass;
	return headers;
}
