import { byDisplayName } from '../../../shared/node/byDisplayName';
import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { rewriteObject } from '../../transport/rewrite';
import { writeHeaders } from '../../transport/writeHeaders';
import { bucketField, keyField, sameObject } from '../fields';
import { customerKeyOf, customerKeyOption } from './readOptions';
import { headerOptions, metadataOptions, readWriteOptions } from './writeOptions';

export const updateMetadata = defineOperation({
	name: 'Update Metadata',
	value: 'updateMetadata',
	action: 'Update the metadata of an object',
	description:
		'Change type, headers and metadata of an object; what is not given stays. It is stored anew; in a versioned bucket as a new version.',
	repeatable: true,
	properties: [
		bucketField,
		keyField,
		{
			displayName: 'Metadata Mode',
			name: 'mode',
			type: 'options',
			options: [
				{ name: 'Merge', value: 'merge', description: 'Other metadata of the object stays' },
				{ name: 'Replace', value: 'replace', description: 'The object has no other metadata then' },
			],
			default: 'merge',
		},
		{
			displayName: 'Changes',
			name: 'changes',
			type: 'collection',
			placeholder: 'Add change',
			default: {},
			description: 'A field that is added and left empty is taken away from the object',
			options: [
				...headerOptions,
				...metadataOptions,
				{
					displayName: 'Remove Metadata',
					name: 'removeMetadata',
					type: 'string',
					default: '',
					placeholder: 'e.g. author, stage',
					description: 'Names of metadata to take away, separated by commas',
				} as const,
			].sort(byDisplayName),
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [customerKeyOption],
		},
	],
	inOrder: sameObject,
	async execute(s3: S3Client, { bucket, key, mode, changes, options }) {
		const { removeMetadata = '', ...wanted } = changes;
		const stored = await rewriteObject(
			s3,
			{ bucket, key },
			{
				set: writeHeaders(s3, readWriteOptions(wanted)),
				clear: [
					...Object.entries(HEADERS).flatMap(([name, header]) =>
						Object.entries(wanted).some(([field, value]) => field === name && value === '')
							? [header]
							: [],
					),
					...removeMetadata
						.split(',')
						.map((name) => `x-amz-meta-${name.trim().toLowerCase().replace('x-amz-meta-', '')}`),
				],
				replaceMetadata: mode === 'replace',
				customerKey: customerKeyOf(options.customerKey),
			},
		);
		return { bucket, key, ...stored };
	},
});

const HEADERS = {
	cacheControl: 'cache-control',
	contentDisposition: 'content-disposition',
	contentEncoding: 'content-encoding',
	contentLanguage: 'content-language',
	contentType: 'content-type',
	expires: 'expires',
	websiteRedirect: 'x-amz-website-redirect-location',
};
