import { defineOperation } from '../../../shared/node/defineOperation';
import { listBuckets } from '../../transport/buckets';
import type { S3Client } from '../../transport/client';
import { limitField, rowLimit } from '../fields';

export const getMany = defineOperation({
	name: 'Get Many',
	value: 'getMany',
	action: 'Get many buckets',
	description: 'List the buckets of the account',
	repeatable: true,
	properties: [
		{
			displayName: 'Return All',
			name: 'returnAll',
			type: 'boolean',
			default: true,
			description: 'Whether to return all results or only up to a given limit',
		},
		limitField,
	],
	async execute(s3: S3Client, { returnAll, limit = 50 }) {
		const most = rowLimit(returnAll, limit);
		const { buckets } = await listBuckets(s3);
		return buckets
			.slice(0, most)
			.map(({ name, created }) => ({ bucket: name, createdAt: created }));
	},
});
