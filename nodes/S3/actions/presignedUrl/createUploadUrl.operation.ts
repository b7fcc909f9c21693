import type { INodeProperties } from 'n8n-workflow';
import { byDisplayName } from '../../../shared/node/byDisplayName';
import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { presignedUrl } from '../../transport/presigned';
import { writeHeaders } from '../../transport/writeHeaders';
import { bucketField, newKeyField } from '../fields';
import { readWriteOptions, writeOptions } from '../object/writeOptions';
import { askRegionField, expiresInField } from './fields';

const urlOptions = [
	askRegionField,
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
		typeOptions: { condition: true },
		default: '',
		description: 'In Base64. A file with another content is refused.',
	},
] as const satisfies INodeProperties[];

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
		expiresInField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			description: 'What is set here is signed: who uploads must send these headers exactly',
			options: [...urlOptions, ...writeOptions].sort(byDisplayName),
		},
	],
	async execute(s3: S3Client, { bucket, key, expiresIn, options }) {
		const { askRegion = true, contentLength, contentMd5, ...write } = options;
		const url = await presignedUrl(s3, {
			method: 'PUT',
			bucket,
			key,
			expiresIn,
			askRegion,
			headers: {
				...writeHeaders(s3, readWriteOptions(write)),
				...(contentLength !== undefined && { 'content-length': String(contentLength) }),
				...(contentMd5 && { 'content-md5': contentMd5 }),
			},
		});
		return { bucket, key, ...url };
	},
});
