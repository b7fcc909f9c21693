import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { putObjectAcl } from '../../transport/acl';
import { bucketField, keyField, sameObject } from '../fields';
import { aclFields } from './protectionOptions';
import { versionIdOption } from './readOptions';

export const setAcl = defineOperation({
	name: 'Set ACL',
	value: 'setAcl',
	action: 'Set the acl of an object',
	description:
		'Set who may do what with an object, in place of what was set before. Public Read lets the whole world read it.',
	repeatable: true,
	properties: [
		bucketField,
		keyField,
		{
			displayName: 'Set',
			name: 'set',
			type: 'options',
			options: [
				{ name: 'ACL', value: 'acl', description: 'One of the usual sets of permissions' },
				{ name: 'Grants', value: 'grants', description: 'Permissions one by one' },
			],
			default: 'acl',
		},
		{ ...aclFields.acl, displayOptions: { show: { set: ['acl'] } } },
		{ ...aclFields.grants, displayOptions: { show: { set: ['grants'] } } },
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
	async execute(s3: S3Client, { bucket, key, acl, grants, options: { versionId } }) {
		await putObjectAcl(s3, { bucket, key, versionId }, { acl, grants: grants?.rows });
		return { bucket, key, ...(versionId && { versionId }), updated: true };
	},
});
