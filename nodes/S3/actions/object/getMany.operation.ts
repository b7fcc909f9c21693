import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import type { ListedObject, ListedPrefix } from '../../transport/listing';
import { listObjects } from '../../transport/listing';
import { bucketField, limitField, prefixField, rowLimit } from '../fields';

export const getMany = defineOperation({
	name: 'Get Many',
	value: 'getMany',
	action: 'Get many objects',
	description: 'List the objects of a bucket, all pages',
	repeatable: true,
	properties: [
		bucketField,
		prefixField,
		{
			displayName: 'Delimiter',
			name: 'delimiter',
			type: 'string',
			default: '',
			placeholder: 'e.g. /',
			description:
				'Objects whose key has this after the prefix are rolled up into one row of the type "prefix", as in a folder view',
		},
		{
			displayName: 'Return All',
			name: 'returnAll',
			type: 'boolean',
			default: false,
			description: 'Whether to return all results or only up to a given limit',
		},
		limitField,
	],
	async execute(s3: S3Client, { bucket, prefix, delimiter, returnAll, limit = 50 }) {
		const rows: Array<ListedObject | ListedPrefix> = [];
		const listing = { prefix, delimiter, limit: rowLimit(returnAll, limit) };
		for await (const page of listObjects(s3, bucket, listing)) rows.push(...page);
		return rows;
	},
});
