import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import type { ListedVersion } from '../../transport/listVersions';
import { listVersions } from '../../transport/listVersions';
import { bucketField, prefixField } from '../fields';
import { modifiedAfterField, modifiedBeforeField, objectFilter } from '../objectFilter';
import {
	deliver,
	limitField,
	outputField,
	outputFileField,
	returnAllField,
	rowLimit,
	selected,
} from '../../../shared/node/rowsOutput';
import { OBJECT_COLUMNS } from './getMany.operation';

const WHICH = {
	all: () => true,
	current: ({ isLatest }: ListedVersion) => isLatest,
	deleteMarkers: ({ type }: ListedVersion) => type === 'deleteMarker',
	noncurrent: ({ isLatest }: ListedVersion) => !isLatest,
};

export const getManyVersions = defineOperation({
	name: 'Get Many Versions',
	value: 'getManyVersions',
	action: 'Get many versions of objects',
	description:
		'List the versions and delete markers of the objects of a bucket: by key, and those of one key from the newest to the oldest',
	repeatable: true,
	properties: [
		bucketField,
		prefixField,
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
					displayName: 'Include Owner',
					name: 'includeOwner',
					type: 'boolean',
					default: false,
					description: 'Whether to return who owns each version',
				},
				modifiedAfterField,
				modifiedBeforeField,
				{
					displayName: 'Which Versions',
					name: 'which',
					type: 'options',
					options: [
						{ name: 'All', value: 'all' },
						{ name: 'Current', value: 'current', description: 'The newest of each key' },
						{
							name: 'Delete Markers',
							value: 'deleteMarkers',
							description: 'What says that an object was deleted',
						},
						{
							name: 'Noncurrent',
							value: 'noncurrent',
							description: 'All but the newest of each key',
						},
					],
					default: 'all',
				},
			],
		},
	],
	async execute(s3: S3Client, input, item) {
		const { bucket, prefix, returnAll, options } = input;
		const limit = rowLimit(returnAll, input.limit ?? 50);
		const keep = objectFilter(options);
		const wanted = WHICH[options.which ?? 'all'];
		const all = !keep && wanted === WHICH.all;
		const pages = listVersions(s3, bucket, {
			prefix,
			owner: options.includeOwner,
			limit: all ? limit : Infinity,
		});
		const rows = selected(
			pages,
			(row) => row.type !== 'prefix' && wanted(row) && (keep?.(row) ?? true),
			limit,
		);
		const columns = [...OBJECT_COLUMNS, 'versionId', 'isLatest'];
		return await deliver(rows, input, { about: { bucket }, name: 'versions', columns }, item);
	},
});
