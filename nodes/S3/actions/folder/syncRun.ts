import { inParallel } from '../../../shared/ground/inParallel';
import { cancelled } from '../../../shared/resilience/deadline';
import { Failure, toFailure } from '../../../shared/resilience/failure';
import type { S3Client } from '../../transport/client';
import type { Comparison, Folder, Pair } from '../../transport/compareFolders';
import { compareFolders, hasChanged } from '../../transport/compareFolders';
import { copyObject } from '../../transport/copy';
import { deleteListed } from '../../transport/deleteListed';
import { MAX_DELETE_KEYS } from '../../transport/deleteObjects';
import { invalidInput } from '../../transport/failure';
import type { ListedObject } from '../../transport/listing';
import { Failures } from '../partialFailure';

export interface SyncPlan {
	source: Folder;
	target: Folder;
	/** by the path below the folders */
	wanted(path: string): boolean;
	compareBy?: Comparison;
	deleteExtra?: boolean;
	allowEmptySource?: boolean;
	allowWholeBucket?: boolean;
	dryRun?: boolean;
	parallelCopies?: number;
}

/** What was done to one object of the target, or would be, or could not be. */
export interface Change {
	type: 'copy' | 'delete';
	key: string;
	size?: number;
	done: boolean;
	failure?: Failure;
}

interface ToCopy {
	key: string;
	source: ListedObject;
}

// Whatever fails so often fails for all.
const MOST_FAILURES_IN_A_ROW = 100;

/** One run of a sync: first all copies, then, if these went well, the deletions. */
export class Sync {
	readonly failures = new Failures();
	private failuresInARow = 0;
	private givenUp = false;
	private readonly counts = {
		inSource: 0,
		unchanged: 0,
		toCopy: 0,
		toCopyBytes: 0,
		copied: 0,
		copiedBytes: 0,
		toDelete: 0,
		deleted: 0,
	};

	constructor(
		private readonly s3: S3Client,
		private readonly plan: SyncPlan,
	) {
		const { source, target, deleteExtra, allowWholeBucket } = plan;
		const overlap =
			source.bucket === target.bucket &&
			(source.prefix.startsWith(target.prefix) || target.prefix.startsWith(source.prefix));
		if (overlap)
			throw invalidInput('Source and destination overlap: one of them is in the other one');
		if (deleteExtra && target.prefix === '' && !allowWholeBucket) {
			throw invalidInput(
				'"Folder" is empty, so that "Delete" would delete in the whole bucket: name a folder, or switch on "Delete in Whole Bucket"',
			);
		}
	}

	/** @returns what is done, while it goes on */
	async *changes(): AsyncGenerator<Change[]> {
		const { dryRun, deleteExtra, allowEmptySource, source } = this.plan;
		try {
			yield* this.copies();
			if (this.s3.signal.aborted) throw cancelled(this.s3.signal, 'maybeDone');
			// The rest was not even looked at, which a row with the numbers would not say.
			if (this.givenUp) throw this.failures.failure(this.summary());
			// What could not be copied might be missed; and a second look at both sides, because the
			// first one was not at its end when it found what is to go.
			if (!deleteExtra || this.counts.toDelete === 0 || this.failures.count > 0) return;
			if (this.counts.inSource === 0 && !allowEmptySource) throw emptySource(source);
			yield* dryRun ? this.wouldDelete() : this.deletions();
		} catch (error) {
			const failure = toFailure(error);
			const { copied, deleted } = this.counts;
			if (copied + deleted > 0 && !this.givenUp)
				failure.message = `${failure.message}. Before that: ${this.summary()}`;
			throw failure;
		}
	}

	row() {
		const { source, target, dryRun = false } = this.plan;
		return {
			sourceBucket: source.bucket,
			sourceFolder: source.prefix,
			bucket: target.bucket,
			folder: target.prefix,
			dryRun,
			...this.counts,
			failed: this.failures.count,
		};
	}

	summary(): string {
		const { copied, toCopy, deleted, toDelete } = this.counts;
		const given = this.givenUp ? '; it was given up after so many failures in a row' : '';
		return `${copied} of ${toCopy} objects were copied, ${deleted} of ${toDelete} deleted${given}; ${this.failures.count} failed`;
	}

	private pairs(): AsyncGenerator<Pair> {
		const { source, target, wanted } = this.plan;
		return compareFolders(this.s3, source, target, wanted);
	}

	private async *changed(): AsyncGenerator<ToCopy> {
		const { compareBy = 'sizeAndTime', deleteExtra } = this.plan;
		for await (const { path, source, target } of this.pairs()) {
			if (this.givenUp) return;
			if (!source) {
				if (deleteExtra) this.counts.toDelete++;
				continue;
			}
			this.counts.inSource++;
			if (target && !hasChanged(compareBy, source, target)) {
				this.counts.unchanged++;
				continue;
			}
			this.counts.toCopy++;
			this.counts.toCopyBytes += source.size;
			yield { key: this.plan.target.prefix + path, source };
		}
	}

	private async *copies(): AsyncGenerator<Change[]> {
		const { parallelCopies = 10 } = this.plan;
		const copy = async (one: ToCopy) => await this.copy(one);
		for await (const change of inParallel(this.changed(), parallelCopies, copy)) {
			const { key, size = 0, done, failure } = change;
			this.failuresInARow = failure ? this.failuresInARow + 1 : 0;
			this.givenUp ||= this.failuresInARow >= MOST_FAILURES_IN_A_ROW;
			if (failure) this.failures.add([{ key, failure }]);
			if (done) {
				this.counts.copied++;
				this.counts.copiedBytes += size;
			}
			yield [change];
		}
	}

	private async copy({ key, source }: ToCopy): Promise<Change> {
		const { target, dryRun } = this.plan;
		const change: Change = { type: 'copy', key, size: source.size, done: false };
		if (dryRun) return change;
		try {
			const from = { bucket: source.bucket, key: source.key };
			await copyObject(this.s3, from, { bucket: target.bucket, key });
			return { ...change, done: true };
		} catch (error) {
			return { ...change, failure: toFailure(error) };
		}
	}

	private async *extra(): AsyncGenerator<ListedObject[]> {
		let page: ListedObject[] = [];
		for await (const { source, target } of this.pairs()) {
			if (source || !target) continue;
			if (page.push(target) < MAX_DELETE_KEYS) continue;
			yield page;
			page = [];
		}
		yield page;
	}

	private async *wouldDelete(): AsyncGenerator<Change[]> {
		for await (const page of this.extra()) {
			yield page.map(({ key, size }) => ({ type: 'delete', key, size, done: false }));
		}
	}

	private async *deletions(): AsyncGenerator<Change[]> {
		let outage: Failure | undefined;
		for await (const batch of deleteListed(this.s3, this.plan.target.bucket, this.extra(), {})) {
			this.counts.deleted += batch.deleted.length;
			this.failures.add(batch.failed);
			outage ??= batch.outage;
			yield [
				...batch.deleted.map(({ key, size }) => ({
					type: 'delete' as const,
					key,
					size,
					done: true,
				})),
				...batch.failed.map(({ key, failure }) => ({
					type: 'delete' as const,
					key,
					done: false,
					failure,
				})),
			];
		}
		if (outage) throw outage;
	}
}

const emptySource = ({ bucket, prefix }: Folder) =>
	new Failure({
		kind: 'conflict',
		phase: 'rejected',
		code: 'EMPTY_SOURCE',
		message: `There is nothing in "${prefix}" of bucket "${bucket}", so that everything in the destination would be deleted`,
		hint: 'Check the source. If it is meant, switch on "Delete Even If Source Is Empty".',
	});
