import { Readable } from 'node:stream';
import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { upload as store } from '../../transport/upload';
import { bucketField, newKeyField, sameObject } from '../fields';

const MIB = 1024 * 1024;

export const upload = defineOperation({
	name: 'Upload',
	value: 'upload',
	action: 'Upload an object',
	description:
		'Store a file of the item, or a text, as an object. An object of this key is replaced.',
	repeatable: true,
	properties: [
		bucketField,
		newKeyField,
		{
			displayName: 'Source',
			name: 'source',
			type: 'options',
			options: [
				{ name: 'File', value: 'binary', description: 'A binary field of the item' },
				{ name: 'Text', value: 'text' },
			],
			default: 'binary',
			description: 'What to store',
		},
		{
			displayName: 'Input Binary Field',
			name: 'binaryPropertyName',
			type: 'string',
			required: true,
			displayOptions: { show: { source: ['binary'] } },
			default: 'data',
			hint: 'The name of the input binary field containing the file to be uploaded',
		},
		{
			displayName: 'Text',
			name: 'text',
			type: 'string',
			typeOptions: { rows: 4 },
			displayOptions: { show: { source: ['text'] } },
			default: '',
			description: 'Stored as UTF-8',
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
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
				},
				{
					displayName: 'Content Type',
					name: 'contentType',
					type: 'string',
					default: '',
					placeholder: 'e.g. application/json',
					description: 'Instead of the type of the file, or of text/plain',
				},
				{
					displayName: 'Only If New',
					name: 'onlyIfNew',
					type: 'boolean',
					default: false,
					description:
						'Whether the item fails when the object exists already. Not every server knows this condition.',
				},
				{
					displayName: 'Parallel Parts',
					name: 'parallelParts',
					type: 'number',
					typeOptions: { minValue: 1, maxValue: 16 },
					default: 4,
					description: 'How many parts of one large file are on the way at the same time',
				},
				{
					displayName: 'Part Size (MiB)',
					name: 'partSize',
					type: 'number',
					typeOptions: { minValue: 5, maxValue: 1024 },
					default: 16,
					description:
						'A larger file is sent in parts of this size. At least 5; raised by itself for files that need more than 10,000 parts.',
				},
			],
		},
	],
	inOrder: sameObject,
	async execute(
		s3: S3Client,
		{ bucket, key, source, binaryPropertyName = '', text = '', options },
		item,
	) {
		const file = source === 'text' ? textFile(text) : await item.open(binaryPropertyName);
		const { cacheControl, contentDisposition, contentType, onlyIfNew } = options;
		const stored = await store(s3, {
			bucket,
			key,
			source: file.stream,
			size: file.size,
			partBytes: (options.partSize ?? 16) * MIB,
			parallel: options.parallelParts ?? 4,
			headers: {
				'content-type': contentType || file.mimeType || 'application/octet-stream',
				...(cacheControl && { 'cache-control': cacheControl }),
				...(contentDisposition && { 'content-disposition': contentDisposition }),
				...(onlyIfNew && { 'if-none-match': '*' }),
			},
		});
		return { bucket, key, ...stored };
	},
});

function textFile(text: string) {
	const bytes = Buffer.from(text);
	return {
		stream: Readable.from([bytes]),
		size: bytes.length,
		mimeType: 'text/plain; charset=utf-8',
	};
}
