import { checksumHeader } from '../checksum.ts';
import { checkDelete, checkWrite } from '../conditions.ts';
import { S3Error } from '../errors.ts';
import { metadataOf } from '../metadata.ts';
import { bucketOf, keyOf } from '../operation.ts';
import type { Call, Handler } from '../operation.ts';
import type { Bucket } from '../store.ts';

export const putObject: Handler = (call) => {
	const { request, body, store, account, now } = call;
	const bucket = bucketOf(call);
	const key = keyOf(call);
	checkWrite(request, key, bucket.objects.get(key));
	const etag = body.md5.toString('hex');
	store.put(bucket, {
		key,
		chunks: body.chunks,
		size: body.size,
		etag,
		lastModified: Math.floor(now / 1000) * 1000,
		metadata: metadataOf(request),
		owner: account.accessKeyId,
		checksum: body.checksum && { ...body.checksum, type: 'FULL_OBJECT' },
	});
	const headers: Record<string, string> = { etag: `"${etag}"` };
	if (body.checksum) {
		headers[checksumHeader(body.checksum.algorithm)] = body.checksum.value;
		headers['x-amz-checksum-type'] = 'FULL_OBJECT';
	}
	return { status: 200, headers };
};

/** Removes a key if a policy allows it; an absent key is fine. @throws S3Error AccessDenied */
export function removeKey({ store, denyDelete }: Call, bucket: Bucket, key: string): void {
	if (denyDelete.has(`${bucket.name}/${key}`)) throw new S3Error('AccessDenied');
	store.remove(bucket, key);
}

export const deleteObject: Handler = (call) => {
	const bucket = bucketOf(call);
	const key = keyOf(call);
	checkDelete(call.request, bucket.objects.get(key));
	removeKey(call, bucket, key);
	return { status: 204 };
};
