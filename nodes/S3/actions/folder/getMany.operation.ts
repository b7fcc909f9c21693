import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { listObjects } from '../../transport/listing';
import { bucketField } from '../fields';
import {
	deliver,
	limitField,
	outputField,
	outputFileField,
	returnAllField,
	rowLimit,
	selected,
} from '../../../shared/node/rowsOutput';
import { asFolder, folderField } from './folderFields';

const COLUMNS = ['type', 'bucket', 'key', 'name', 'size', 'etag', 'lastModified', 'storageClass'];

export const getMany = defineOperation({
	name: 'Get Many',
	value: 'getMany',
	action: 'Get many folders and files',
	description: 'List the folders and files that are directly in a folder',
	repeatable: true,
	properties: [
		bucketField,
		folderField,
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
					displayName: 'Show',
					name: 'show',
					type: 'options',
					options: [
						{ name: 'Files', value: 'object' },
						{ name: 'Folders', value: 'prefix' },
						{ name: 'Folders and Files', value: 'all' },
					],
					default: 'all',
				},
			],
		},
	],
	async execute(s3: S3Client, input, item) {
		const { bucket, folder, returnAll, options } = input;
		const limit = rowLimit(returnAll, input.limit ?? 50);
		const { show = 'all' } = options;
		const prefix = asFolder(folder);
		// One more, for the object that stands for the folder itself.
		const pages = listObjects(s3, bucket, {
			prefix,
			delimiter: '/',
			limit: show === 'all' ? limit + 1 : Infinity,
		});
		const wanted = selected(
			pages,
			({ type, key }) => key !== prefix && (show === 'all' || show === type),
			limit,
		);
		async function* rows() {
			for await (const page of wanted) {
				yield page.map(({ type, key, ...more }) => ({
					type: type === 'prefix' ? 'folder' : 'file',
					key,
					name: key.slice(prefix.length).replace(/\/$/, ''),
					...more,
				}));
			}
		}
		return await deliver(
			rows(),
			input,
			{ about: { bucket }, name: 'folder', columns: COLUMNS },
			item,
		);
	},
});
