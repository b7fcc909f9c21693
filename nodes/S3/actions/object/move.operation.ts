import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { checkLockable } from '../../transport/lockCheck';
import { moveObject } from '../../transport/move';
import {
	destinationBucketField,
	destinationKeyField,
	sourceBucketField,
	sourceKeyField,
} from '../fields';
import { copyOptions, readCopyOptions } from './copyOptions';

export const move = defineOperation({
	name: 'Move',
	value: 'move',
	action: 'Move an object',
	description:
		'Move or rename an object: it is copied, the copy is verified, and then the source is deleted. An object that is at the new place is replaced.',
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
			options: copyOptions,
		},
	],
	inOrder: ({ sourceBucket, sourceKey, bucket, key }) => ({
		reads: [],
		changes: [`${sourceBucket}/${sourceKey}`, `${bucket}/${key}`],
	}),
	async execute(s3: S3Client, { sourceBucket, sourceKey, bucket, key, options }) {
		const source = { bucket: sourceBucket, key: sourceKey };
		const wanted = readCopyOptions(s3, options);
		await checkLockable(s3, bucket, wanted.headers);
		const moved = await moveObject(s3, source, { bucket, key }, wanted);
		return { bucket, key, sourceBucket, sourceKey, ...moved };
	},
});
