import { oneBehind } from '../../shared/ground/oneBehind';
import { Failure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import type { Doomed } from './deleteListed';
import { deleteListed } from './deleteListed';
import { listObjects } from './listing';
import { listVersions } from './listVersions';

/**
 * Deletes all objects, all their versions and delete markers.
 * @returns how many
 * @throws Failure of the first one that could not be deleted; nothing more is deleted then
 */
export async function emptyBucket(s3: S3Client, bucket: string): Promise<number> {
	let deleted = 0;
	try {
		for await (const batch of deleteListed(s3, bucket, everything(s3, bucket), {})) {
			deleted += batch.deleted.length;
			const [first] = batch.failed;
			if (batch.outage) throw batch.outage;
			if (first) throw about(first.key, first.failure);
		}
	} catch (error) {
		if (error instanceof Failure && deleted > 0)
			error.message = `${error.message} (${deleted} others were deleted before)`;
		throw error;
	}
	return deleted;
}

function about(key: string, failure: Failure): Failure {
	failure.message = `"${key}" could not be deleted: ${failure.message}`;
	return failure;
}

async function* everything(s3: S3Client, bucket: string): AsyncGenerator<Doomed[]> {
	try {
		for await (const page of oneBehind(listVersions(s3, bucket, { limit: Infinity })))
			yield objectsIn(page);
	} catch (error) {
		if (!(error instanceof Failure) || !WITHOUT_VERSIONS.has(error.code)) throw error;
		for await (const page of listObjects(s3, bucket, { limit: Infinity })) yield objectsIn(page);
	}
}

/** Some servers have no versions, and no list of them. */
const WITHOUT_VERSIONS = new Set(['NotImplemented', 'MethodNotAllowed']);

const objectsIn = <Row extends { type: string }>(page: Row[]) =>
	page.filter((row): row is Exclude<Row, { type: 'prefix' }> => row.type !== 'prefix');
