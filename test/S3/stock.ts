import type { S3Client } from '../../nodes/S3/transport/client';
import { putObject } from '../../nodes/S3/transport/objects';
import type { S3Sandbox } from '../../sandbox/s3/server.ts';

/**
 * Fills a bucket with copies of one object, without a request for each: for tests of many objects,
 * which are not about how these came to be.
 */
export async function stock(
	{ buckets }: S3Sandbox,
	s3: S3Client,
	bucket: string,
	keys: string[],
): Promise<void> {
	const [first] = keys;
	const place = buckets.get(bucket);
	if (first === undefined || !place) return;
	await putObject(s3, bucket, first, Buffer.from('stock'), {});
	const model = place.objects.get(first);
	if (!model) throw new Error('The object is not there');
	for (const key of keys) {
		place.objects.set(key, { ...model, key });
		place.keys.add(key);
	}
}
