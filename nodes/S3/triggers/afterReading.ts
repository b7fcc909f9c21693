import { pump } from '../../shared/ground/pump';
import type { RunOutcome } from '../../shared/node/triggerRuns';
import type { S3Client } from '../transport/client';
import { deleteObject } from '../transport/deleteObject';
import { listObjects } from '../transport/listing';
import { deleteIfStill, moveObject } from '../transport/move';
import { getObjectTags, mergeObjectTags } from '../transport/tagging';
import type { Known, ObjectEvent, Watch } from './watch';

const PARALLEL = 8;

/** What becomes of an object once the workflow has succeeded with it. */
export interface AfterReading {
	action: 'delete' | 'move' | 'nothing' | 'tag';
	bucket: string;
	/** what is watched: its folder is replaced by the destination */
	prefix: string;
	destinationBucket: string;
	destinationPrefix: string;
	tag: { name: string; value: string };
	/** the files that say that an object is complete go as well */
	deleteDoneFile: boolean;
}

/** Whether anything is to be done: then it also shows later whether it was done. */
export const leavesTraces = ({ action, deleteDoneFile }: AfterReading): boolean =>
	action !== 'nothing' || deleteDoneFile;

/**
 * What is left of an object as the workflow was given it.
 * gone     it is not there any more
 * changed  there is another one now, which is an event of its own
 * done     it is there, and what was to be done with it is done
 * there    it is there, and nothing was done with it
 */
type Remains = 'changed' | 'done' | 'gone' | 'there';

export class Cleaner {
	constructor(
		private readonly after: AfterReading,
		private readonly watch: Watch,
	) {}

	/**
	 * Does what is to be done with the objects of a run that has succeeded.
	 * @param outcome `unknown`: nothing is done, but it shows which objects it was done with
	 * @returns events whose objects are still as they were, of a run that is not known to have succeeded
	 * @throws the first failure, when all have been tried
	 */
	async settle(
		s3: S3Client,
		events: ObjectEvent[],
		outcome: RunOutcome,
		known: Known,
	): Promise<ObjectEvent[]> {
		const failures: unknown[] = [];
		const left: ObjectEvent[] = [];
		await pump(
			events.length,
			PARALLEL,
			async (n) => {
				const event = events[n];
				if (!event || event.event === 'deleted') return;
				try {
					const remains = await this.remainsOf(s3, event);
					const look = this.watch.lookOf(event);
					if (remains === 'there' && outcome === 'unknown') left.push(event);
					else if (remains === 'there') await this.cleanUnlessReplaced(s3, event, look, known);
					else if (remains === 'gone') forget(known, event.key, look);
				} catch (error) {
					failures.push(error);
				}
			},
			() => false,
		);
		if (failures.length > 0) throw failures[0];
		return left;
	}

	private async remainsOf(s3: S3Client, event: ObjectEvent): Promise<Remains> {
		const { bucket, action, tag } = this.after;
		const { key } = event;
		const now = await lookUp(s3, bucket, key);
		if (!now) return 'gone';
		if (this.watch.lookOf(now) !== this.watch.lookOf(event)) return 'changed';
		if (action === 'tag') {
			const tags = await getObjectTags(s3, { bucket, key });
			return tags[tag.name] === tag.value ? 'done' : 'there';
		}
		if (action !== 'nothing') return 'there';
		return (await lookUp(s3, bucket, this.watch.doneFileOf(key))) ? 'there' : 'done';
	}

	private async cleanUnlessReplaced(
		s3: S3Client,
		event: ObjectEvent,
		look: string,
		known: Known,
	): Promise<void> {
		try {
			await this.clean(s3, event, look, known);
		} catch (error) {
			if ((await this.remainsOf(s3, event)) !== 'changed') throw error;
		}
	}

	private async clean(
		s3: S3Client,
		{ key, etag }: ObjectEvent,
		look: string,
		known: Known,
	): Promise<void> {
		const { action, bucket, tag, deleteDoneFile } = this.after;
		if (action === 'move') {
			const sourceHeaders: Record<string, string> = etag
				? { 'x-amz-copy-source-if-match': `"${etag}"` }
				: {};
			await moveObject(s3, { bucket, key }, this.targetOf(key), { sourceHeaders });
		}
		if (action === 'delete') await deleteIfStill(s3, { bucket, key }, { etag: etag ?? '' });
		if (action === 'move' || action === 'delete') forget(known, key, look);
		if (action === 'tag') {
			await mergeObjectTags(s3, { bucket, key }, { [tag.name]: tag.value });
			// A tag changes the time of the object on some servers.
			const now = await lookUp(s3, bucket, key);
			if (now?.etag === etag && now && known.get(key) === look)
				known.set(key, this.watch.lookOf(now));
		}
		if (deleteDoneFile) await deleteObject(s3, bucket, this.watch.doneFileOf(key));
	}

	/** Whether an object that was moved would be found again, and again. */
	movesIntoTheWatch(): boolean {
		const { action, bucket } = this.after;
		if (action !== 'move') return false;
		const target = this.targetOf(`${this.after.prefix}object`);
		return target.bucket === bucket && this.watch.matches(target.key);
	}

	private targetOf(key: string) {
		const { bucket, prefix, destinationBucket, destinationPrefix } = this.after;
		const inside = key.slice(prefix.lastIndexOf('/') + 1);
		return { bucket: destinationBucket || bucket, key: destinationPrefix + inside };
	}
}

/** Another object of the same key may have come meanwhile, and is not forgotten. */
function forget(known: Known, key: string, look: string): void {
	if (known.get(key) === look) known.delete(key);
}

/** As the listing shows it, so that it can be compared with what the listing showed before. */
async function lookUp(s3: S3Client, bucket: string, key: string) {
	for await (const page of listObjects(s3, bucket, { prefix: key, limit: 1 }))
		for (const row of page) if (row.type === 'object' && row.key === key) return row;
	return undefined;
}
