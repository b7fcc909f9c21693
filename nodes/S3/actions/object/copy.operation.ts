import { byDisplayName } from '../../../shared/node/byDisplayName';
import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { copyObject } from '../../transport/copy';
import { checkLockable } from '../../transport/lockCheck';
import {
	destinationBucketField,
	destinationKeyField,
	sourceBucketField,
	sourceKeyField,
} from '../fields';
import { copyOptions, readCopyOptions, sourceVersionOption } from './copyOptions';

export const copy = defineOperation({
	name: 'Copy',
	value: 'copy',
	action: 'Copy an object',
	description:
		'Copy an object of any size inside the server, with its metadata and tags. An object that is at the new place is replaced.',
	repeatable: true,
	properties: [
		sourceBucketField,
		sourceKeyField,
		destinationBucketField,
		destinationKeyField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [...copyOptions, sourceVersionOption].sort(byDisplayName),
		},
	],
	inOrder: ({ sourceBucket, sourceKey, bucket, key }) => ({
		reads: [`${sourceBucket}/${sourceKey}`],
		changes: [`${bucket}/${key}`],
	}),
	async execute(s3: S3Client, { sourceBucket, sourceKey, bucket, key, options }) {
		const { sourceVersionId: versionId, ...others } = options;
		const source = { bucket: sourceBucket, key: sourceKey, versionId: versionId || undefined };
		const wanted = readCopyOptions(s3, others);
		await checkLockable(s3, bucket, wanted.headers);
		const copied = await copyObject(s3, source, { bucket, key }, wanted);
		return { bucket, key, sourceBucket, sourceKey, ...copied };
	},
});
