import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { encodeQuery } from '../../transport/encode';
import { presignedUrl } from '../../transport/presigned';
import { bucketField, newKeyField } from '../fields';
import * as fields from './fields';

export const createUploadUrl = defineOperation({
	name: 'Create Upload URL',
	value: 'createUploadUrl',
	action: 'Create a presigned URL to upload an object',
	description:
		'Make a URL with which anybody can store one object with PUT until it expires. It replaces an object of this key, and cannot be taken back before.',
	repeatable: true,
	properties: [
		bucketField,
		newKeyField,
		fields.expiresInField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			description: 'What is set here is signed: who uploads must send these headers exactly',
			options: [
				fields.aclField,
				fields.askRegionField,
				fields.cacheControlField,
				fields.contentDispositionField,
				fields.contentEncodingField,
				{
					displayName: 'Content Length',
					name: 'contentLength',
					type: 'number',
					typeOptions: { minValue: 0 },
					default: 0,
					description: 'In bytes. A file of another size is refused.',
				},
				{
					displayName: 'Content MD5',
					name: 'contentMd5',
					type: 'string',
					default: '',
					description: 'In Base64. A file with another content is refused.',
				},
				{
					displayName: 'Content Type',
					name: 'contentType',
					type: 'string',
					default: '',
					placeholder: 'e.g. application/pdf',
				},
				fields.encryptionField,
				fields.kmsKeyIdField,
				fields.metadataField,
				{
					displayName: 'Only If New',
					name: 'onlyIfNew',
					type: 'boolean',
					default: false,
					description:
						'Whether the upload is refused when the object exists already. Not every server knows this condition.',
				},
				fields.storageClassField,
				fields.tagsField,
			],
		},
	],
	async execute(s3: S3Client, { bucket, key, expiresIn, options }) {
		const { contentLength, contentMd5, onlyIfNew } = options;
		const tags = fields.tagPairs(options.tags);
		const url = await presignedUrl(s3, {
			method: 'PUT',
			bucket,
			key,
			expiresIn,
			askRegion: options.askRegion ?? true,
			headers: {
				...fields.storedHeaders(options),
				...(contentLength !== undefined && { 'content-length': String(contentLength) }),
				...(contentMd5 && { 'content-md5': contentMd5 }),
				...(onlyIfNew && { 'if-none-match': '*' }),
				...(tags.length > 0 && { 'x-amz-tagging': encodeQuery(tags) }),
			},
		});
		return { bucket, key, ...url };
	},
});
