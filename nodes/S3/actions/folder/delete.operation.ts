import { oneBehind } from '../../../shared/ground/oneBehind';
import { defineOperation, WithFiles } from '../../../shared/node/defineOperation';
import { cancelled } from '../../../shared/resilience/deadline';
import type { Failure } from '../../../shared/resilience/failure';
import { toFailure } from '../../../shared/resilience/failure';
import type { S3Client } from '../../transport/client';
import type { DeleteOptions } from '../../transport/deleteObject';
import type { Doomed } from '../../transport/deleteListed';
import { deleteListed } from '../../transport/deleteListed';
import { invalidInput } from '../../transport/failure';
import { listObjects } from '../../transport/listing';
import { listVersions } from '../../transport/listVersions';
import { bucketField } from '../fields';
import { asFolder, folderField } from './folderFields';
import type { KeyFailure } from '../partialFailure';
import { drain, Failures, fileOfFailures, ifSomeFailField } from '../partialFailure';

export const deleteOperation = defineOperation({
	name: 'Delete',
	value: 'delete',
	action: 'Delete a folder',
	description:
		'Delete all objects in a folder and in the folders below it for good, or all in a bucket. A versioned bucket keeps their versions unless you include them.',
	repeatable: true,
	properties: [
		bucketField,
		{
			displayName: 'What to Delete',
			name: 'what',
			type: 'options',
			options: [
				{ name: 'Everything in a Folder', value: 'folder' },
				{
					name: 'Everything in the Bucket',
					value: 'bucket',
					description: 'The bucket itself stays',
				},
			],
			default: 'folder',
		},
		{
			...folderField,
			required: true,
			displayOptions: { show: { what: ['folder'] } },
			description:
				'The slash at its end may be left out: "logs" is "logs/", and never deletes "logs2/" or "logs.txt"',
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Bypass Governance Retention',
					name: 'bypassGovernance',
					type: 'boolean',
					default: false,
					description:
						'Whether versions under a retention of the mode Governance are deleted as well, which needs the permission for it',
				},
				{
					displayName: 'Dry Run',
					name: 'dryRun',
					type: 'boolean',
					default: false,
					description: 'Whether to count what would be deleted, and to delete nothing',
				},
				ifSomeFailField,
				{
					displayName: 'Include Versions',
					name: 'includeVersions',
					type: 'boolean',
					default: false,
					description:
						'Whether to delete all versions and delete markers, so that nothing can be brought back',
				},
			],
		},
	],
	async execute(s3: S3Client, { bucket, what, folder = '', options }, item) {
		const prefix = what === 'bucket' ? '' : asFolder(folder);
		if (what === 'folder' && prefix === '') throw invalidInput('"Folder" is empty');
		const { dryRun = false, includeVersions = false, ifSomeFail = 'fail' } = options;
		const deletion = new Deletion(s3, bucket, prefix, includeVersions);
		if (dryRun) {
			await drain(deletion.listed());
			return deletion.row(dryRun);
		}
		const failures = deletion.run(options);
		if (ifSomeFail === 'report') {
			const files = await fileOfFailures(failures, item);
			const row = { ...deletion.row(dryRun), failures: deletion.failures.rows() };
			return new WithFiles(row, files);
		}
		await drain(failures);
		if (deletion.failures.count > 0) throw deletion.failures.failure(deletion.summary());
		return deletion.row(dryRun);
	},
});

/** The deletion of everything that begins with a prefix. */
class Deletion {
	readonly failures = new Failures();
	private found = 0;
	private foundBytes = 0;
	private deleted = 0;
	private deletedBytes = 0;

	constructor(
		private readonly s3: S3Client,
		private readonly bucket: string,
		private readonly prefix: string,
		private readonly includeVersions: boolean,
	) {}

	async *listed(): AsyncGenerator<Doomed[]> {
		const { s3, bucket, prefix } = this;
		const listing = { prefix, limit: Infinity };
		const pages = this.includeVersions
			? oneBehind(listVersions(s3, bucket, listing))
			: listObjects(s3, bucket, listing);
		for await (const page of pages) {
			const doomed: Doomed[] = page.flatMap((row) => (row.type === 'prefix' ? [] : row));
			this.found += doomed.length;
			for (const { size = 0 } of doomed) this.foundBytes += size;
			yield doomed;
		}
	}

	/** @returns what could not be deleted, while it goes on */
	async *run(options: DeleteOptions): AsyncGenerator<KeyFailure[]> {
		let outage: Failure | undefined;
		try {
			for await (const batch of deleteListed(this.s3, this.bucket, this.listed(), options)) {
				this.deleted += batch.deleted.length;
				for (const { size = 0 } of batch.deleted) this.deletedBytes += size;
				this.failures.add(batch.failed);
				outage ??= batch.outage;
				yield batch.failed;
			}
			if (outage) throw outage;
			if (this.s3.signal.aborted) throw cancelled(this.s3.signal, 'maybeDone');
		} catch (error) {
			const failure = toFailure(error);
			if (this.deleted + this.failures.count > 0) {
				failure.message = `${failure.message}. Before that: ${this.summary()}`;
			}
			throw failure;
		}
	}

	summary(): string {
		const where = this.prefix ? `in "${this.prefix}" of bucket` : 'in bucket';
		return `${this.deleted} objects ${where} "${this.bucket}" were deleted, ${this.failures.count} could not be`;
	}

	row(dryRun: boolean) {
		return {
			bucket: this.bucket,
			folder: this.prefix,
			dryRun,
			found: this.found,
			foundBytes: this.foundBytes,
			deleted: this.deleted,
			deletedBytes: this.deletedBytes,
			failed: this.failures.count,
		};
	}
}
