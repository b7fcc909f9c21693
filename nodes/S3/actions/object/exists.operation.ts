import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { findObject } from '../../transport/findObject';
import { bucketField, keyField } from '../fields';
import { customerKeyOf, customerKeyOption, versionIdOption } from './readOptions';

export const exists = defineOperation({
	name: 'Exists',
	value: 'exists',
	action: 'Check whether an object exists',
	description:
		'Find out whether an object is there, and what is known of it. An object that is not there is no error.',
	repeatable: true,
	properties: [
		bucketField,
		keyField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [customerKeyOption, versionIdOption],
		},
	],
	async execute(s3: S3Client, { bucket, key, options }) {
		const { versionId, customerKey } = options;
		const found = await findObject(s3, bucket, key, {
			versionId,
			customerKey: customerKeyOf(customerKey),
		});
		return { bucket, key, exists: found !== undefined, ...found };
	},
});
