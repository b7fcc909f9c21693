import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { putLegalHold } from '../../transport/objectLock';
import { bucketField, keyField, sameObject } from '../fields';
import { versionIdOption } from './readOptions';

export const setLegalHold = defineOperation({
	name: 'Set Legal Hold',
	value: 'setLegalHold',
	action: 'Set the legal hold of an object',
	description:
		'Protect an object from being deleted until the hold is taken away (Object Lock), or take it away',
	repeatable: true,
	properties: [
		bucketField,
		keyField,
		{
			displayName: 'Legal Hold',
			name: 'legalHold',
			type: 'boolean',
			default: true,
			description: 'Whether the object is under a legal hold',
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [versionIdOption],
		},
	],
	inOrder: sameObject,
	async execute(s3: S3Client, { bucket, key, legalHold, options: { versionId } }) {
		await putLegalHold(s3, { bucket, key, versionId }, legalHold);
		return { bucket, key, ...(versionId && { versionId }), legalHold };
	},
});
