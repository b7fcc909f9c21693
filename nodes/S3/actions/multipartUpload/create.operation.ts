import { byDisplayName } from '../../../shared/node/byDisplayName';
import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { invalidInput } from '../../transport/failure';
import { checkLockable } from '../../transport/lockCheck';
import { createUpload } from '../../transport/multipart';
import { headersOfKey, writeHeaders } from '../../transport/writeHeaders';
import { bucketField, newKeyField } from '../fields';
import { contentTypeOf } from '../object/contentType';
import { contentOptions, readWriteOptions } from '../object/writeOptions';

export const create = defineOperation({
	name: 'Create',
	value: 'create',
	action: 'Create a multipart upload',
	description:
		'Begin an upload whose parts somebody else sends, such as with the URLs of Create Part URL. Nothing is stored until Complete; abort what will not be completed, because its parts cost like objects.',
	repeatable: true,
	properties: [
		bucketField,
		newKeyField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [...contentOptions].sort(byDisplayName),
		},
	],
	async execute(s3: S3Client, { bucket, key, options }) {
		const headers = writeHeaders(s3, readWriteOptions(options));
		if (Object.keys(headersOfKey(headers)).length > 0) throw noCustomerKey();
		await checkLockable(s3, bucket, headers);
		const { uploadId } = await createUpload(s3, bucket, key, {
			'content-type': contentTypeOf(undefined, [key]),
			...headers,
		});
		return { bucket, key, uploadId };
	},
});

const noCustomerKey = () =>
	invalidInput(
		'"Encryption" cannot be Customer Key (SSE-C) here, because a URL for a part cannot carry the key: choose another method, or use Upload',
	);
