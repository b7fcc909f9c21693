import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { restoreObject } from '../../transport/restore';
import { bucketField, keyField, sameObject } from '../fields';
import { versionIdOption } from './readOptions';

export const restore = defineOperation({
	name: 'Restore',
	value: 'restore',
	action: 'Restore an archived object',
	description:
		'Ask for an object that is archived (Glacier). It takes minutes to days until it can be read: Head tells when.',
	repeatable: true,
	properties: [
		bucketField,
		keyField,
		{
			displayName: 'Days',
			name: 'days',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 1,
			description:
				'How long the restored copy stays. 0 for objects in the archive tiers of Intelligent-Tiering, which come back for good.',
		},
		{
			displayName: 'Tier',
			name: 'tier',
			type: 'options',
			options: [
				{ name: 'Bulk', value: 'Bulk', description: 'Up to 12 or 48 hours, the cheapest' },
				{ name: 'Expedited', value: 'Expedited', description: 'Minutes, not for Deep Archive' },
				{ name: 'Standard', value: 'Standard', description: 'Up to 5 or 12 hours' },
			],
			default: 'Standard',
			description: 'How fast, and at what price',
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
	async execute(s3: S3Client, { bucket, key, days, tier, options: { versionId } }) {
		const status = await restoreObject(s3, { bucket, key, versionId }, { days, tier });
		return { bucket, key, ...(versionId && { versionId }), status };
	},
});
