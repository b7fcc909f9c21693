import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { invalidInput } from '../../transport/failure';
import { presignedForm } from '../../transport/presignedForm';
import { writeXml } from '../../transport/xml';
import { bucketField, newKeyField } from '../fields';
import * as fields from './fields';

export const createUploadForm = defineOperation({
	name: 'Create Upload Form',
	value: 'createUploadForm',
	action: 'Create a presigned form to upload an object',
	description:
		'Make URL and fields of a web form (POST policy) with which a browser can store files until it expires, within the limits set here',
	repeatable: true,
	properties: [
		bucketField,
		{
			displayName: 'Key Is',
			name: 'keyIs',
			type: 'options',
			options: [
				{
					name: 'Beginning of the Key',
					value: 'prefix',
					description: 'The name of the file follows',
				},
				{ name: 'Whole Key', value: 'exact', description: 'The form stores this one object' },
			],
			default: 'exact',
			description: 'Whether the form may store one object, or any whose key begins so',
		},
		{ ...newKeyField, description: 'The full name of the object, or the beginning of it' },
		fields.expiresInField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				fields.aclField,
				fields.askRegionField,
				fields.cacheControlField,
				fields.contentDispositionField,
				fields.contentEncodingField,
				{
					displayName: 'Content Type',
					name: 'contentType',
					type: 'string',
					default: '',
					placeholder: 'e.g. application/pdf',
					description: 'The only type that the form may send',
				},
				{
					displayName: 'Content Type Begins With',
					name: 'contentTypePrefix',
					type: 'string',
					default: '',
					placeholder: 'e.g. image/',
					description: 'The form must add the field Content-Type itself',
				},
				fields.encryptionField,
				fields.kmsKeyIdField,
				{
					displayName: 'Largest Size',
					name: 'maxBytes',
					type: 'number',
					typeOptions: { minValue: 0 },
					default: 10485760,
					description: 'In bytes. A larger file is refused.',
				},
				fields.metadataField,
				{
					displayName: 'Smallest Size',
					name: 'minBytes',
					type: 'number',
					typeOptions: { minValue: 0 },
					default: 1,
					description: 'In bytes. A smaller file is refused.',
				},
				fields.storageClassField,
				{
					displayName: 'Success Redirect',
					name: 'successRedirect',
					type: 'string',
					default: '',
					placeholder: 'e.g. https://example.com/thanks',
					description: 'Where the browser goes after the upload; wins over Success Status',
				},
				{
					displayName: 'Success Status',
					name: 'successStatus',
					type: 'options',
					options: [
						{ name: '200', value: '200', description: 'With an empty answer' },
						{
							name: '201',
							value: '201',
							description: 'With an XML document that names the object',
						},
						{ name: '204', value: '204', description: 'Without an answer' },
					],
					default: '204',
					description: 'What the server answers after the upload',
				},
				fields.tagsField,
			],
		},
	],
	async execute(s3: S3Client, { bucket, key, keyIs, expiresIn, options }) {
		const { contentTypePrefix, minBytes, maxBytes, successRedirect, successStatus } = options;
		if (options.contentType && contentTypePrefix) {
			throw invalidInput('Give either "Content Type" or "Content Type Begins With", not both');
		}
		const tags = fields.tagPairs(options.tags);
		const form = await presignedForm(s3, {
			bucket,
			key,
			keyIs,
			expiresIn,
			minBytes,
			maxBytes,
			askRegion: options.askRegion ?? true,
			fields: {
				...fields.storedFields(options),
				...(successRedirect && { success_action_redirect: successRedirect }),
				...(successStatus && { success_action_status: successStatus }),
				...(tags.length > 0 && {
					tagging: writeXml('Tagging', {
						TagSet: { Tag: tags.map(([Key, Value]) => ({ Key, Value })) },
					}),
				}),
			},
			openFields: contentTypePrefix ? { 'Content-Type': contentTypePrefix } : {},
		});
		return { bucket, key, ...form };
	},
});
