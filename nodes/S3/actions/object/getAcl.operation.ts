import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { getObjectAcl } from '../../transport/acl';
import { bucketField, keyField } from '../fields';
import { versionIdOption } from './readOptions';

export const getAcl = defineOperation({
	name: 'Get ACL',
	value: 'getAcl',
	action: 'Get the acl of an object',
	description: 'Get the owner of an object, and who else may do what with it',
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
		const acl = await getObjectAcl(s3, { bucket, key, versionId });
		return { bucket, key, ...(versionId && { versionId }), ...acl };
	},
});
