import { inParallel } from '../../../shared/ground/inParallel';
import { oneBehind } from '../../../shared/ground/oneBehind';
import { defineOperation, WithFiles } from '../../../shared/node/defineOperation';
import { cancelled } from '../../../shared/resilience/deadline';
import type { Failure } from '../../../shared/resilience/failure';
import { toFailure } from '../../../shared/resilience/failure';
import { abortOpenUpload } from '../../transport/abortUpload';
import type { S3Client } from '../../transport/client';
import { invalidInput } from '../../transport/failure';
import type { OpenUpload } from '../../transport/multipartListing';
import { listUploads } from '../../transport/multipartListing';
import { bucketField, prefixField } from '../fields';
import type { KeyFailure } from '../partialFailure';
import { drain, Failures, fileOfFailures, ifSomeFailField } from '../partialFailure';

const HOUR_MS = 3_600_000;
const MOST_IN_ROW = 100;
const ABORTS_AT_ONCE = 10;

export const cleanUp = defineOperation({
	name: 'Clean Up',
	value: 'cleanUp',
	action: 'Clean up old multipart uploads',
	description:
		'Abort the uploads that were begun long ago and never completed, and delete their parts for good. Until then they cost like objects, and no listing of objects shows them.',
	repeatable: true,
	properties: [
		bucketField,
		prefixField,
		{
			displayName: 'Older Than (Hours)',
			name: 'olderThanHours',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 24,
			description:
				'Only uploads that were begun before that. One that is still going on is destroyed: take longer than any upload lasts.',
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Dry Run',
					name: 'dryRun',
					type: 'boolean',
					default: false,
					description: 'Whether to count and list what would be aborted, and to abort nothing',
				},
				ifSomeFailField,
			],
		},
	],
	async execute(s3: S3Client, { bucket, prefix, olderThanHours, options }, item) {
		if (olderThanHours < 0) throw invalidInput('"Older Than (Hours)" must be 0 or more');
		const { dryRun = false, ifSomeFail = 'fail' } = options;
		const before = s3.clock.now() - olderThanHours * HOUR_MS;
		const failures = new Failures();
		const counts = { open: 0, old: 0, aborted: 0 };
		const uploads: Array<Omit<OpenUpload, 'bucket'>> = [];

		async function* old() {
			for await (const page of oneBehind(listUploads(s3, bucket, prefix))) {
				counts.open += page.length;
				for (const upload of page) {
					// An upload whose age nobody knows stays.
					if (!(Date.parse(upload.initiated ?? '') < before)) continue;
					counts.old++;
					const { bucket: _same, ...row } = upload;
					if (uploads.length < MOST_IN_ROW) uploads.push(row);
					yield upload;
				}
			}
		}
		async function* aborts(): AsyncGenerator<KeyFailure[]> {
			const abort = async (upload: OpenUpload) => await abortedOr(s3, upload);
			for await (const { key, failure } of inParallel(old(), ABORTS_AT_ONCE, abort)) {
				if (!failure) counts.aborted++;
				const failed = failure ? [{ key, failure }] : [];
				failures.add(failed);
				yield failed;
			}
			if (s3.signal.aborted) throw cancelled(s3.signal, 'maybeDone');
		}
		const row = () => ({ bucket, prefix, dryRun, ...counts, failed: failures.count, uploads });

		if (dryRun) {
			await drain(old());
			return row();
		}
		if (ifSomeFail === 'report') {
			const files = await fileOfFailures(aborts(), item);
			return new WithFiles({ ...row(), failures: failures.rows() }, files);
		}
		await drain(aborts());
		if (failures.count === 0) return row();
		throw failures.failure(
			`${counts.aborted} uploads in bucket "${bucket}" were aborted, ${failures.count} could not be`,
		);
	},
});

async function abortedOr(
	s3: S3Client,
	upload: OpenUpload,
): Promise<{ key: string; failure?: Failure }> {
	const { key } = upload;
	try {
		await abortOpenUpload(s3, upload);
		return { key };
	} catch (error) {
		const failure = toFailure(error);
		// Somebody else was faster.
		return failure.code === 'NoSuchUpload' ? { key } : { key, failure };
	}
}
