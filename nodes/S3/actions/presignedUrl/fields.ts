import type { INodeProperties } from 'n8n-workflow';
import { invalidInput } from '../../transport/failure';

export const expiresInField = {
	displayName: 'Expires In (Seconds)',
	name: 'expiresIn',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 604800 },
	default: 3600,
	description: 'From 1 second to 604,800 (7 days). Temporary credentials may expire earlier.',
} as const satisfies INodeProperties;

export const askRegionField = {
	displayName: 'Ask for the Region',
	name: 'askRegion',
	type: 'boolean',
	default: true,
	description:
		'Whether to ask Amazon S3 once per bucket and run where the bucket is (HeadBucket), because what is signed for another region does not work. Other servers are never asked.',
} as const satisfies INodeProperties;

export const aclField = {
	displayName: 'ACL',
	name: 'acl',
	type: 'options',
	options: [
		{ name: 'Authenticated Read', value: 'authenticated-read' },
		{ name: 'Bucket Owner Full Control', value: 'bucket-owner-full-control' },
		{ name: 'Bucket Owner Read', value: 'bucket-owner-read' },
		{ name: 'Private', value: 'private' },
		{ name: 'Public Read', value: 'public-read' },
		{ name: 'Public Read Write', value: 'public-read-write' },
	],
	default: 'private',
	description: 'Who may do what with the object',
} as const satisfies INodeProperties;

export const cacheControlField = {
	displayName: 'Cache Control',
	name: 'cacheControl',
	type: 'string',
	default: '',
	placeholder: 'e.g. max-age=3600',
} as const satisfies INodeProperties;

export const contentDispositionField = {
	displayName: 'Content Disposition',
	name: 'contentDisposition',
	type: 'string',
	default: '',
	placeholder: 'e.g. attachment; filename="invoice.pdf"',
} as const satisfies INodeProperties;

export const contentEncodingField = {
	displayName: 'Content Encoding',
	name: 'contentEncoding',
	type: 'string',
	default: '',
	placeholder: 'e.g. gzip',
} as const satisfies INodeProperties;

export const encryptionField = {
	displayName: 'Encryption',
	name: 'encryption',
	type: 'options',
	options: [
		{ name: 'Keys of S3 (AES256)', value: 'AES256' },
		{ name: 'KMS', value: 'aws:kms' },
		{ name: 'KMS, Two Layers', value: 'aws:kms:dsse' },
	],
	default: 'AES256',
	description: 'How the server encrypts the object',
} as const satisfies INodeProperties;

export const kmsKeyIdField = {
	displayName: 'KMS Key ID',
	name: 'kmsKeyId',
	type: 'string',
	default: '',
	description: 'For encryption with KMS; empty for the default key of the account',
} as const satisfies INodeProperties;

export const storageClassField = {
	displayName: 'Storage Class',
	name: 'storageClass',
	type: 'string',
	default: '',
	placeholder: 'e.g. STANDARD_IA',
} as const satisfies INodeProperties;

export const metadataField = {
	displayName: 'Metadata',
	name: 'metadata',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add entry',
	default: {},
	options: [
		{
			displayName: 'Entry',
			name: 'entry',
			values: [
				{ displayName: 'Name', name: 'name', type: 'string', default: '' },
				{ displayName: 'Value', name: 'value', type: 'string', default: '' },
			],
		},
	],
	description: 'Stored with the object as x-amz-meta-*',
} as const satisfies INodeProperties;

export const tagsField = {
	displayName: 'Tags',
	name: 'tags',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add tag',
	default: {},
	options: [
		{
			displayName: 'Tag',
			name: 'tag',
			values: [
				{ displayName: 'Key', name: 'key', type: 'string', default: '' },
				{ displayName: 'Value', name: 'value', type: 'string', default: '' },
			],
		},
	],
	description: 'Tags of the object, at most 10',
} as const satisfies INodeProperties;

interface Stored {
	acl?: string;
	cacheControl?: string;
	contentDisposition?: string;
	contentEncoding?: string;
	contentType?: string;
	encryption?: string;
	kmsKeyId?: string;
	metadata?: { entry?: Array<{ name: string; value: string }> };
	storageClass?: string;
}

/** Headers of an upload. Empty ones are left out. */
export function storedHeaders(options: Stored): Record<string, string> {
	if (options.kmsKeyId && !options.encryption?.startsWith('aws:kms')) {
		throw invalidInput('"KMS Key ID" needs "Encryption" to be KMS');
	}
	const metadata = (options.metadata?.entry ?? []).map(({ name, value }): [string, string] => {
		if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
			return [`x-amz-meta-${name.toLowerCase()}`, value];
		}
		throw invalidInput(`"Metadata" has the name ${JSON.stringify(name)}, which no header can have`);
	});
	const given: Array<[name: string, value: string | undefined]> = [
		['cache-control', options.cacheControl],
		['content-disposition', options.contentDisposition],
		['content-encoding', options.contentEncoding],
		['content-type', options.contentType],
		['x-amz-acl', options.acl],
		['x-amz-server-side-encryption', options.encryption],
		['x-amz-server-side-encryption-aws-kms-key-id', options.kmsKeyId],
		['x-amz-storage-class', options.storageClass],
		...metadata,
	];
	return Object.fromEntries(given.filter((pair): pair is [string, string] => Boolean(pair[1])));
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTForms.html
const FORM_FIELDS: Record<string, string> = {
	'cache-control': 'Cache-Control',
	'content-disposition': 'Content-Disposition',
	'content-encoding': 'Content-Encoding',
	'content-type': 'Content-Type',
	'x-amz-acl': 'acl',
};

/** The same as fields of a form. */
export const storedFields = (options: Stored): Record<string, string> =>
	Object.fromEntries(
		Object.entries(storedHeaders(options)).map(([name, value]) => [
			FORM_FIELDS[name] ?? name,
			value,
		]),
	);

/** Tags as pairs. */
export function tagPairs(tags: { tag?: Array<{ key: string; value: string }> } = {}) {
	return (tags.tag ?? []).map(({ key, value }): [key: string, value: string] => {
		if (key === '') throw invalidInput('"Tags" has a tag without a key');
		return [key, value];
	});
}
