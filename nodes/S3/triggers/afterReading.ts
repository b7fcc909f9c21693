import type { S3Client } from '../transport/client';
import { listObjects } from '../transport/listing';
import { copyObject, deleteObject } from '../transport/objects';
import { addTag, hasTag } from '../transport/tags';
import type { ObjectEvent, Watch } from './watch';

/** What becomes of an object once the workflow has succeeded with it. */
export interface AfterReading {
	action: 'delete' | 'move' | 'nothing' | 'tag';
	bucket: string;
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
export type Remains = 'changed' | 'done' | 'gone' | 'there';

export class Cleaner {
	constructor(
		private readonly after: AfterReading,
		private readonly watch: Watch,
	) {}

	/** @param look what the object looked like when it was passed on */
	async remainsOf(s3: S3Client, { key }: ObjectEvent, look: string | undefined): Promise<Remains> {
		const { bucket, action, tag } = this.after;
		const now = await lookUp(s3, bucket, key);
		if (!now) return 'gone';
		if (this.watch.lookOf(now) !== look) return 'changed';
		if (action === 'tag') return (await hasTag(s3, bucket, key, tag)) ? 'done' : 'there';
		if (action !== 'nothing') return 'there';
		return (await lookUp(s3, bucket, this.watch.doneFileOf(key))) ? 'there' : 'done';
	}

	/** Does what is to be done. @returns what the object looks like now; `undefined`: it is gone */
	async clean(s3: S3Client, { key }: ObjectEvent): Promise<string | undefined> {
		const { action, bucket, tag, deleteDoneFile } = this.after;
		if (action === 'move') await copyObject(s3, { bucket, key }, this.targetOf(key));
		if (action === 'move' || action === 'delete') await deleteObject(s3, bucket, key);
		if (action === 'tag') await addTag(s3, bucket, key, tag);
		if (deleteDoneFile) await deleteObject(s3, bucket, this.watch.doneFileOf(key));
		// A tag changes the time of the object on some servers.
		const now = action === 'tag' ? await lookUp(s3, bucket, key) : undefined;
		return now && this.watch.lookOf(now);
	}

	/** Whether an object that was moved would be found again, and again. */
	movesIntoTheWatch(): boolean {
		const { action, bucket } = this.after;
		if (action !== 'move') return false;
		const target = this.targetOf('folder/object');
		return target.bucket === bucket && this.watch.matches(target.key);
	}

	private targetOf(key: string) {
		const { bucket, destinationBucket, destinationPrefix } = this.after;
		return { bucket: destinationBucket || bucket, key: `${destinationPrefix}${key}` };
	}
}

/** As the listing shows it, so that it can be compared with what the listing showed before. */
async function lookUp(s3: S3Client, bucket: string, key: string) {
	for await (const page of listObjects(s3, bucket, { prefix: key, limit: 1 }))
		for (const row of page) if (row.type === 'object' && row.key === key) return row;
	return undefined;
}
