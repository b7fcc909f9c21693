import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { getLegalHold as read } from '../../transport/objectLock';
import { bucketField, keyField } from '../fields';
import { versionIdOption } from './readOptions';

export const getLegalHold = defineOperation({
	name: 'Get Legal Hold',
	value: 'getLegalHold',
	action: 'Get the legal hold of an object',
	description: 'Find out whether an object is under a legal hold (Object Lock)',
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
			options: [versionIdOption],
		},
	],

	async execute(s3: S3Client, { bucket, key, options: { versionId } }) {
		const legalHold = await read(s3, { bucket, key, versionId });
		return { bucket, key, ...(versionId && { versionId }), legalHold };
	},
});
