import { Failure, toFailure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import type { DeleteOptions, DeleteTarget } from './deleteObjects';
import { canBeListed, deleteObject, deleteObjects, MAX_DELETE_KEYS } from './deleteObjects';

/** Something from a listing that is to go. */
export interface Doomed extends DeleteTarget {
	size?: number;
}

/** What could not be deleted, and why. */
export interface NotDeleted extends DeleteTarget {
	failure: Failure;
}

/** What became of some of them. */
export interface DeletedBatch {
	deleted: number;
	/** of what was deleted */
	bytes: number;
	failed: NotDeleted[];
	/** the server answers nothing any more, so that there is no use in going on */
	outage?: Failure;
}

// Enough to hide the time that a page of the listing takes; the limiter has the last word.
const BATCHES_AT_ONCE = 4;

/**
 * Deletes what a listing brings, 1,000 in a request, while the listing goes on: memory holds a few
 * batches, whatever their number. Ends early when whole requests fail.
 */
export async function* deleteListed(
	s3: S3Client,
	bucket: string,
	pages: AsyncIterable<Doomed[]>,
	options: DeleteOptions,
): AsyncGenerator<DeletedBatch> {
	const running: Array<Promise<DeletedBatch>> = [];
	try {
		for await (const batch of inBatches(pages)) {
			running.push(deleteBatch(s3, bucket, batch, options));
			if (running.length < BATCHES_AT_ONCE) continue;
			const done = await running.shift();
			if (done) yield done;
			if (done?.outage) break;
		}
	} finally {
		// Those that were sent count, even if the listing failed meanwhile.
		yield* await Promise.all(running);
	}
}

async function* inBatches(pages: AsyncIterable<Doomed[]>): AsyncGenerator<Doomed[]> {
	let batch: Doomed[] = [];
	for await (const page of pages) {
		batch = batch.concat(page);
		while (batch.length >= MAX_DELETE_KEYS) yield batch.splice(0, MAX_DELETE_KEYS);
	}
	if (batch.length > 0) yield batch;
}

async function deleteBatch(
	s3: S3Client,
	bucket: string,
	batch: Doomed[],
	options: DeleteOptions,
): Promise<DeletedBatch> {
	const listable = batch.filter(({ key }) => canBeListed(key));
	const others = batch.filter(({ key }) => !canBeListed(key));
	const [together, alone] = await Promise.all([
		listable.length > 0 ? deleteObjects(s3, bucket, listable, options) : [],
		Promise.all(
			others.map(async ({ key, versionId }) => {
				const target = { ...options, versionId };
				return await deleteObject(s3, bucket, key, target).catch(toFailure);
			}),
		),
	]);
	const outcomes = [...together, ...alone];
	const [first] = together;
	const failed = [...listable, ...others].flatMap(({ key, versionId }, n): NotDeleted[] => {
		const failure = outcomes[n];
		return failure instanceof Failure ? [{ key, versionId, failure }] : [];
	});
	const sizes = [...listable, ...others].map(({ size = 0 }, n) =>
		outcomes[n] instanceof Failure ? 0 : size,
	);
	return {
		deleted: batch.length - failed.length,
		bytes: sizes.reduce((sum, size) => sum + size, 0),
		failed,
		// The same failure for all of them is that of the request.
		outage:
			first instanceof Failure && together.length > 1 && together.every((one) => one === first)
				? first
				: undefined,
	};
}
