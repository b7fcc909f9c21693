import type { INodeProperties } from 'n8n-workflow';
import type { Item } from '../../../shared/node/defineOperation';
import { byDisplayName } from '../../../shared/node/byDisplayName';
import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { conditionally } from '../../transport/conditions';
import { checkLockable } from '../../transport/lockCheck';
import { upload as store } from '../../transport/upload';
import { writeHeaders } from '../../transport/writeHeaders';
import { bucketField, newKeyField, sameObject } from '../fields';
import { contentTypeOf } from './contentType';
import { readWriteOptions, writeOptions } from './writeOptions';

const MIB = 1024 * 1024;

const transferOptions = [
	{
		displayName: 'Integrity Check',
		name: 'integrity',
		type: 'options',
		options: [
			{
				name: 'Automatic',
				value: 'automatic',
				description: 'CRC32 where the server is known to check it, else SHA-256',
			},
			{
				name: 'CRC32',
				value: 'crc32',
				description: 'The cheapest; servers that do not know it take the file unchecked',
			},
			{
				name: 'MD5',
				value: 'md5',
				description: 'Content-MD5, which old servers check too',
			},
			{
				name: 'None',
				value: 'none',
				description: 'Only what TCP and TLS do',
			},
			{
				name: 'SHA-256',
				value: 'sha256',
				description: 'Part of the signature, so every server checks it',
			},
		],
		default: 'automatic',
		description: 'How the server notices that a file was damaged on the way, and refuses it',
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
	{
		displayName: 'Resume Interrupted Upload',
		name: 'resume',
		type: 'boolean',
		default: false,
		description:
			'Whether to look for an unfinished upload of this key, and to send only the parts that are missing or differ. An upload that fails or is stopped then keeps its parts. Only for keys that nobody else writes at the same time.',
	},
] as const satisfies INodeProperties[];

export const upload = defineOperation({
	name: 'Upload',
	value: 'upload',
	action: 'Upload an object',
	description:
		'Store a file of the item, or a text, as an object. An object of this key is replaced.',
	repeatable: true,
	preselected: true,
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
			options: [...writeOptions, ...transferOptions].sort(byDisplayName),
		},
	],
	inOrder: sameObject,
	async execute(
		s3: S3Client,
		{ bucket, key, source, binaryPropertyName = '', text = '', options },
		item,
	) {
		const { integrity, parallelParts = 4, partSize = 16, resume, ...write } = options;
		// Before the file is opened, which what is wrong here would leave open.
		const wanted = writeHeaders(s3, readWriteOptions(write));
		await checkLockable(s3, bucket, wanted);
		const stored = await conditionally(s3, { bucket, key }, wanted, async (headers) => {
			const file =
				source === 'text' ? textFile(text, key) : await fileOf(item, binaryPropertyName, key);
			return await store(s3, {
				bucket,
				key,
				source: file.content,
				size: file.size,
				partBytes: partSize * MIB,
				parallel: parallelParts,
				integrity,
				resume,
				headers: { 'content-type': file.contentType, ...headers },
			});
		});
		return { bucket, key, ...stored };
	},
});

function textFile(text: string, key: string) {
	const bytes = Buffer.from(text);
	return {
		content: bytes,
		size: bytes.length,
		contentType: contentTypeOf(undefined, [key], 'text/plain; charset=utf-8'),
	};
}

async function fileOf(item: Item, property: string, key: string) {
	const { content, size, mimeType, fileName } = await item.open(property);
	return { content, size, contentType: contentTypeOf(mimeType, [fileName, key]) };
}
