import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { getRetention as read } from '../../transport/objectLock';
import { bucketField, keyField } from '../fields';
import { versionIdOption } from './readOptions';

export const getRetention = defineOperation({
	name: 'Get Retention',
	value: 'getRetention',
	action: 'Get the retention of an object',
	description: 'Get until when an object is protected from being deleted (Object Lock)',
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
		const retention = await read(s3, { bucket, key, versionId });
		const retained = retention.mode !== undefined;
		return { bucket, key, ...(versionId && { versionId }), retained, ...retention };
	},
});
