import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { listObjects } from '../../transport/listing';
import { bucketField, prefixField } from '../fields';
import {
	maxSizeField,
	minSizeField,
	modifiedAfterField,
	modifiedBeforeField,
	objectFilter,
	storageClassesField,
} from '../objectFilter';
import {
	deliver,
	limitField,
	outputField,
	outputFileField,
	returnAllField,
	rowLimit,
	selected,
} from '../../../shared/node/rowsOutput';

export const OBJECT_COLUMNS = [
	...['type', 'bucket', 'key', 'size', 'etag', 'lastModified', 'storageClass'],
	...['ownerId', 'ownerName'],
];

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
		returnAllField,
		limitField,
		outputField,
		outputFileField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Include Folders',
					name: 'includeFolders',
					type: 'boolean',
					default: true,
					description:
						'Whether to return the rows of the type "prefix" that a delimiter makes, besides the objects',
				},
				{
					displayName: 'Include Owner',
					name: 'includeOwner',
					type: 'boolean',
					default: false,
					description: 'Whether to return who owns each object',
				},
				maxSizeField,
				minSizeField,
				modifiedAfterField,
				modifiedBeforeField,
				{
					displayName: 'Start After',
					name: 'startAfter',
					type: 'string',
					typeOptions: { condition: true },
					default: '',
					description: 'Only objects whose key comes after this one, in the order of the listing',
				},
				storageClassesField,
			],
		},
	],
	async execute(s3: S3Client, input, item) {
		const { bucket, prefix, delimiter, returnAll, options } = input;
		const { includeFolders = true, includeOwner, startAfter } = options;
		const limit = rowLimit(returnAll, input.limit ?? 50);
		const keep = objectFilter(options);
		const all = keep === undefined && includeFolders;
		const pages = listObjects(s3, bucket, {
			prefix,
			delimiter,
			startAfter,
			owner: includeOwner,
			limit: all ? limit : Infinity,
		});
		const rows = selected(
			pages,
			(row) => (row.type === 'prefix' ? includeFolders : (keep?.(row) ?? true)),
			limit,
		);
		return await deliver(
			rows,
			input,
			{ about: { bucket }, name: 'objects', columns: OBJECT_COLUMNS },
			item,
		);
	},
});
