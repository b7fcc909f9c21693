import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { invalidInput } from '../../transport/failure';
import { presignedForm } from '../../transport/presignedForm';
import { bucketField, newKeyField } from '../fields';
import { readWriteOptions } from '../object/writeOptions';
import { expiresInField } from './fields';
import { formOptions } from './formOptions';

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
		expiresInField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: formOptions,
		},
	],
	async execute(s3: S3Client, { bucket, key, keyIs, expiresIn, options }) {
		const { askRegion = true, contentTypePrefix, minBytes, maxBytes, ...more } = options;
		const { successRedirect, successStatus, ...write } = more;
		if (write.contentType && contentTypePrefix) {
			throw invalidInput('Give either "Content Type" or "Content Type Begins With", not both');
		}
		const form = await presignedForm(s3, {
			bucket,
			key,
			keyIs,
			expiresIn,
			minBytes,
			maxBytes,
			askRegion,
			stored: readWriteOptions(write),
			fields: {
				...(successRedirect && { success_action_redirect: successRedirect }),
				...(successStatus && { success_action_status: successStatus }),
			},
			openFields: contentTypePrefix ? { 'Content-Type': contentTypePrefix } : {},
		});
		return { bucket, key, ...form };
	},
});
