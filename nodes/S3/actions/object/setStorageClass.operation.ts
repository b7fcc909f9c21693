import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import type { Headers } from '../../transport/headerValues';
import { rewriteObject } from '../../transport/rewrite';
import { writeHeaders } from '../../transport/writeHeaders';
import { bucketField, keyField, sameObject } from '../fields';
import { customerKeyOf, customerKeyOption } from './readOptions';
import { storageClassFields } from './writeOptions';

export const setStorageClass = defineOperation({
	name: 'Set Storage Class',
	value: 'setStorageClass',
	action: 'Set the storage class of an object',
	description:
		'Move an object into another storage class. It is stored anew, with all that it has; in a versioned bucket as a new version.',
	repeatable: true,
	properties: [
		bucketField,
		keyField,
		storageClassFields.storageClass,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [customerKeyOption, storageClassFields.storageClassName],
		},
	],
	inOrder: sameObject,
	async execute(s3: S3Client, { bucket, key, storageClass, options }) {
		const wanted = options.storageClassName || storageClass;
		const customerKey = customerKeyOf(options.customerKey);
		const set: Headers = writeHeaders(s3, { storageClass: wanted });
		const stored = await rewriteObject(s3, { bucket, key }, { set, customerKey });
		return { bucket, key, storageClass: wanted, ...stored };
	},
});
