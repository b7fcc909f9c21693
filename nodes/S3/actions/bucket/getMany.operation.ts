import { defineOperation } from '../../../shared/node/defineOperation';
import { listBuckets } from '../../transport/buckets';
import type { S3Client } from '../../transport/client';

import { limitField, returnAllField, rowLimit } from '../../../shared/node/rowsOutput';

export const getMany = defineOperation({
	name: 'Get Many',
	value: 'getMany',
	action: 'Get many buckets',
	description: 'List the buckets of the account',
	repeatable: true,
	properties: [
		{ ...returnAllField, default: true },
		limitField,
		{
			displayName: 'Name Begins With',
			name: 'prefix',
			type: 'string',
			typeOptions: { condition: true },
			default: '',
			placeholder: 'e.g. invoices-',
			description: 'Only buckets whose name begins with this; empty for all',
		},
	],
	async execute(s3: S3Client, { returnAll, limit = 50, prefix }) {
		const { buckets } = await listBuckets(s3, { prefix, limit: rowLimit(returnAll, limit) });
		return buckets.map(({ name, created, region }) => ({
			bucket: name,
			createdAt: created,
			...(region && { region }),
		}));
	},
});
