import type { INodeProperties } from 'n8n-workflow';
import type { InputOf } from '../../../shared/node/defineOperation';
import type { WriteOptions } from '../../transport/writeHeaders';
import { flatTexts, inRows } from './nameValues';
import { protectionOptions, readProtection } from './protectionOptions';

/** What stands in the headers of the object. */
export const headerOptions = [
	{
		displayName: 'Cache Control',
		name: 'cacheControl',
		type: 'string',
		default: '',
		placeholder: 'e.g. max-age=3600',
	},
	{
		displayName: 'Content Disposition',
		name: 'contentDisposition',
		type: 'string',
		default: '',
		placeholder: 'e.g. attachment; filename="invoice.pdf"',
		description: 'What browsers do with the object. A file name may have any letters.',
	},
	{
		displayName: 'Content Encoding',
		name: 'contentEncoding',
		type: 'string',
		default: '',
		placeholder: 'e.g. gzip',
		description: 'How the content was packed before it came here. Nothing is packed by this node.',
	},
	{
		displayName: 'Content Language',
		name: 'contentLanguage',
		type: 'string',
		default: '',
		placeholder: 'e.g. de-DE',
	},
	{
		displayName: 'Content Type',
		name: 'contentType',
		type: 'string',
		default: '',
		placeholder: 'e.g. application/json',
		description: 'Instead of the type that the file has, or that follows from its name',
	},
	{
		displayName: 'Expires',
		name: 'expires',
		type: 'dateTime',
		default: '',
		description: 'Until when caches may keep the object. It is not deleted then.',
	},
	{
		displayName: 'Website Redirect',
		name: 'websiteRedirect',
		type: 'string',
		default: '',
		placeholder: 'e.g. /other-page.html',
		description: 'Where a website bucket sends whoever asks for the object',
	},
] as const satisfies INodeProperties[];

/** What only its owner gives a meaning to. */
export const metadataOptions = [
	{
		displayName: 'Metadata',
		name: 'metadata',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		default: {},
		placeholder: 'Add Metadata',
		description: 'Stored with the object as x-amz-meta-...; names and values up to 2 KB together',
		options: [
			{
				displayName: 'Metadata',
				name: 'rows',
				values: [
					{ displayName: 'Name', name: 'name', type: 'string', default: '' },
					{ displayName: 'Value', name: 'value', type: 'string', default: '' },
				],
			},
		],
	},
	{
		displayName: 'Metadata (JSON)',
		name: 'metadataJson',
		type: 'json',
		default: '{}',
		description: 'More metadata, as an object of names and values',
	},
] as const satisfies INodeProperties[];

export const tagFields = [
	{
		displayName: 'Tags',
		name: 'tags',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		default: {},
		placeholder: 'Add Tag',
		description: 'Up to 10',
		options: [
			{
				displayName: 'Tags',
				name: 'rows',
				values: [
					{ displayName: 'Key', name: 'name', type: 'string', default: '' },
					{ displayName: 'Value', name: 'value', type: 'string', default: '' },
				],
			},
		],
	},
	{
		displayName: 'Tags (JSON)',
		name: 'tagsJson',
		type: 'json',
		default: '{}',
		description: 'More tags, as an object of keys and values',
	},
] as const satisfies INodeProperties[];

export const storageClassFields = {
	storageClass: {
		displayName: 'Storage Class',
		name: 'storageClass',
		type: 'options',
		options: [
			{ name: 'Express One Zone', value: 'EXPRESS_ONEZONE' },
			{ name: 'Glacier Deep Archive', value: 'DEEP_ARCHIVE' },
			{ name: 'Glacier Flexible Retrieval', value: 'GLACIER' },
			{ name: 'Glacier Instant Retrieval', value: 'GLACIER_IR' },
			{ name: 'Intelligent Tiering', value: 'INTELLIGENT_TIERING' },
			{ name: 'One Zone Infrequent Access', value: 'ONEZONE_IA' },
			{ name: 'Outposts', value: 'OUTPOSTS' },
			{ name: 'Reduced Redundancy', value: 'REDUCED_REDUNDANCY' },
			{ name: 'Standard', value: 'STANDARD' },
			{ name: 'Standard Infrequent Access', value: 'STANDARD_IA' },
		],
		default: 'STANDARD',
	},
	storageClassName: {
		displayName: 'Storage Class Name',
		name: 'storageClassName',
		type: 'string',
		default: '',
		description:
			'For servers that have storage classes of their own: used instead of Storage Class',
	},
} as const satisfies Record<string, INodeProperties>;

/** What an object is stored with. */
export const contentOptions = [
	...headerOptions,
	...metadataOptions,
	...tagFields,
	storageClassFields.storageClass,
	storageClassFields.storageClassName,
	...protectionOptions,
] as const satisfies INodeProperties[];

/** Whether it is stored at all. */
export const conditionOptions = [
	{
		displayName: 'Only If ETag Matches',
		name: 'ifMatch',
		type: 'string',
		typeOptions: { condition: true },
		default: '',
		description:
			'The item fails unless the object of this key has this ETag now: nothing that somebody else wrote meanwhile is lost. Not every server knows this condition.',
	},
	{
		displayName: 'Only If New',
		name: 'onlyIfNew',
		type: 'boolean',
		default: false,
		description:
			'Whether the item fails when the object exists already. Not every server knows this condition.',
	},
] as const satisfies INodeProperties[];

/** The members of an "Options" collection that say how an object is stored. */
export const writeOptions = [
	...contentOptions,
	...conditionOptions,
] as const satisfies INodeProperties[];

/** What the fields say, as the client takes it. @throws Failure naming the field */
export function readWriteOptions(options: Partial<InputOf<typeof writeOptions>>): WriteOptions {
	const { encryption, grants, lock, metadata, metadataJson, tags, tagsJson, ...rest } = options;
	return {
		...rest,
		storageClass: options.storageClassName || options.storageClass,
		metadata: {
			...flatTexts('Metadata (JSON)', metadataJson),
			...inRows('Metadata', metadata?.rows),
		},
		tags: { ...flatTexts('Tags (JSON)', tagsJson), ...inRows('Tags', tags?.rows) },
		...readProtection({ encryption, grants, lock }),
	};
}
