import { defineOperation, WithFiles } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { destinationBucketField, sourceBucketField } from '../fields';
import { keyFilter } from '../../transport/keyFilter';
import { excludeField, includeField } from '../globs';
import { deliver, outputFileField } from '../../../shared/node/rowsOutput';
import { asFolder, destinationFolderField, sourceFolderField } from './folderFields';
import { drain, fileOfFailures, ifSomeFailField } from '../partialFailure';
import type { Change } from './syncRun';
import { Sync } from './syncRun';

export const sync = defineOperation({
	name: 'Sync',
	value: 'sync',
	action: 'Sync a folder',
	description:
		'Copy what is new or changed in a folder to another one, inside the server. With "Delete" on, what the source does not have is deleted from the destination for good.',
	repeatable: true,
	properties: [
		sourceBucketField,
		sourceFolderField,
		destinationBucketField,
		destinationFolderField,
		{
			displayName: 'Output',
			name: 'output',
			type: 'options',
			options: [
				{ name: 'Summary', value: 'summary', description: 'One item with the numbers' },
				{
					name: 'Summary and CSV File',
					value: 'csv',
					description: 'The same, with a file that has a line for each change',
				},
				{
					name: 'Summary and Items',
					value: 'items',
					description: 'The same, and an item for each change',
				},
				{
					name: 'Summary and NDJSON File',
					value: 'ndjson',
					description: 'The same, with a file that has a line of JSON for each change',
				},
			],
			default: 'summary',
		},
		outputFileField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Compare By',
					name: 'compareBy',
					type: 'options',
					options: [
						{ name: 'Size', value: 'size' },
						{
							name: 'Size and ETag',
							value: 'sizeAndEtag',
							description:
								'By the hash of the content. Where an ETag is none, as for objects stored in parts, by time.',
						},
						{
							name: 'Size and Time',
							value: 'sizeAndTime',
							description: 'Changed is what has another size, or is not older than its copy',
						},
					],
					default: 'sizeAndTime',
				},
				{
					displayName: 'Delete',
					name: 'deleteExtra',
					type: 'boolean',
					default: false,
					description:
						'Whether to delete from the destination for good what the source does not have. Excluded keys stay, and nothing is deleted if a copy failed.',
				},
				{
					displayName: 'Delete Even If Source Is Empty',
					name: 'allowEmptySource',
					type: 'boolean',
					default: false,
					description:
						'Whether an empty source may empty the destination. Without it the item fails, because the name of the source may be wrong.',
				},
				{
					displayName: 'Delete in Whole Bucket',
					name: 'allowWholeBucket',
					type: 'boolean',
					default: false,
					description:
						'Whether to delete even where the destination folder is empty, which means the whole bucket',
				},
				{
					displayName: 'Dry Run',
					name: 'dryRun',
					type: 'boolean',
					default: false,
					description: 'Whether to count what would be copied and deleted, and to change nothing',
				},
				{
					...excludeField,
					description:
						'Patterns of what to leave alone, in the source and in the destination, one per line. They are of the key below the folder.',
				},
				ifSomeFailField,
				{
					...includeField,
					description:
						'Patterns of all that is to be compared, one per line, of the key below the folder. Empty for everything.',
				},
				{
					displayName: 'Parallel Copies',
					name: 'parallelCopies',
					type: 'number',
					typeOptions: { minValue: 1, maxValue: 50 },
					default: 10,
					description: 'How many objects are copied at the same time',
				},
			],
		},
	],
	async execute(s3: S3Client, input, item) {
		const { sourceBucket, sourceFolder, bucket, folder, options } = input;
		const run = new Sync(s3, {
			...options,
			source: { bucket: sourceBucket, prefix: asFolder(sourceFolder) },
			target: { bucket, prefix: asFolder(folder) },
			wanted: keyFilter(options),
		});
		const report = options.ifSomeFail === 'report';
		async function* changes() {
			yield* run.changes();
			if (!report && run.failures.count > 0) throw run.failures.failure(run.summary());
		}
		const row = () => ({ ...run.row(), ...(report && { failures: run.failures.rows() }) });
		if (input.output === 'summary') {
			if (report) {
				const files = await fileOfFailures(failuresIn(changes()), item);
				return [new WithFiles(row(), files)];
			}
			await drain(changes());
			return [row()];
		}
		const file = { about: { bucket }, name: 'changes', columns: COLUMNS };
		const { output, binaryPropertyName } = input;
		const rows = await deliver(
			rowsOf(bucket, changes()),
			{ output, binaryPropertyName },
			file,
			item,
		);
		// The file comes with the summary.
		const [first] = rows;
		if (first instanceof WithFiles) return [new WithFiles(row(), first.files)];
		return [row(), ...rows];
	},
});

const COLUMNS = ['type', 'bucket', 'key', 'size', 'done', 'code', 'message'];

async function* rowsOf(bucket: string, pages: AsyncIterable<Change[]>) {
	for await (const page of pages) {
		yield page.map(({ failure, key, type, ...more }) => ({
			type,
			bucket,
			key,
			...more,
			...(failure && { code: failure.code, message: failure.message }),
		}));
	}
}

async function* failuresIn(pages: AsyncIterable<Change[]>) {
	for await (const page of pages) {
		yield page.flatMap(({ key, failure }) => (failure ? [{ key, failure }] : []));
	}
}
