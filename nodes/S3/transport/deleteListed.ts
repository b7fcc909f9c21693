import { inParallel } from '../../shared/ground/inParallel';
import { Failure, toFailure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import type { DeleteOptions, DeleteTarget } from './deleteObject';
import { deleteObject } from './deleteObject';
import { canBeListed, deleteObjects, MAX_DELETE_KEYS } from './deleteObjects';

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
	deleted: Doomed[];
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
	let outage = false;
	async function* batches() {
		for await (const batch of inBatches(pages)) {
			if (outage) return;
			yield batch;
		}
	}
	const deleted = inParallel(
		batches(),
		BATCHES_AT_ONCE,
		async (batch) => await deleteBatch(s3, bucket, batch, options),
	);
	for await (const batch of deleted) {
		outage ||= batch.outage !== undefined;
		yield batch;
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
	const ordered = [...listable, ...others];
	const [first] = together;
	return {
		deleted: ordered.filter((_one, n) => !(outcomes[n] instanceof Failure)),
		failed: ordered.flatMap(({ key, versionId }, n): NotDeleted[] => {
			const failure = outcomes[n];
			return failure instanceof Failure ? [{ key, versionId, failure }] : [];
		}),
		// The same failure for all of them is that of the request.
		outage:
			first instanceof Failure && together.length > 1 && together.every((one) => one === first)
				? first
				: undefined,
	};
}
