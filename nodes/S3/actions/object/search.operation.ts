import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { searchObjects } from '../../transport/search';
import { bucketField } from '../fields';
import { keyFilter } from '../../transport/keyFilter';
import { compiled, excludeField, patternField } from '../globs';
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
import { OBJECT_COLUMNS } from './getMany.operation';

export const search = defineOperation({
	name: 'Search',
	value: 'search',
	action: 'Search for objects',
	description:
		'Find the objects whose key matches a pattern. Only keys with the beginning that the pattern prescribes are listed.',
	repeatable: true,
	properties: [
		bucketField,
		patternField,
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
				excludeField,
				maxSizeField,
				minSizeField,
				modifiedAfterField,
				modifiedBeforeField,
				storageClassesField,
			],
		},
	],
	async execute(s3: S3Client, input, item) {
		const { bucket, pattern, returnAll, options } = input;
		const limit = rowLimit(returnAll, input.limit ?? 50);
		const wanted = keyFilter({ exclude: options.exclude });
		const keep = objectFilter(options);
		const rows = selected(
			searchObjects(s3, bucket, compiled(pattern)),
			(row) => wanted(row.key) && (keep?.(row) ?? true),
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
