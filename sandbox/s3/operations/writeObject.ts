import { checksumHeader } from '../checksum.ts';
import { checkDelete, checkWrite } from '../conditions.ts';
import { encryptionHeaders, etagOf } from '../encryption.ts';
import { S3Error } from '../errors.ts';
import { bypasses, checkUnlocked } from '../objectLock.ts';
import { bucketOf, keyOf } from '../operation.ts';
import type { Call, Handler } from '../operation.ts';
import { propertiesOf } from '../properties.ts';
import { isObject, versionsOf, type Bucket, type Version } from '../store.ts';
import { versionHeaders, versionIdOf } from '../versions.ts';

/** A time as objects keep it: whole seconds. */
export function wholeSeconds(time: number): number {
	return Math.floor(time / 1000) * 1000;
}

export const putObject: Handler = (call) => {
	const { request, body, store, now } = call;
	const bucket = bucketOf(call);
	const key = keyOf(call);
	checkWrite(request, key, bucket.objects.get(key));
	const properties = propertiesOf(call);
	if (properties.lock.retention && !body.protected) {
		throw new S3Error('InvalidRequest', {
			message:
				'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
		});
	}
	const etag = etagOf(body.md5.toString('hex'), properties.encryption);
	const stored = store.put(bucket, {
		...properties,
		key,
		chunks: body.chunks,
		size: body.size,
		etag,
		lastModified: wholeSeconds(now),
		checksum: body.checksum && { ...body.checksum, type: 'FULL_OBJECT' },
	});
	call.tell('ObjectCreated:Put', bucket, stored);
	const headers: Record<string, string> = {
		etag: `"${etag}"`,
		...versionHeaders(bucket, stored),
		...encryptionHeaders(stored.encryption),
	};
	if (body.checksum) {
		headers[checksumHeader(body.checksum.algorithm)] = body.checksum.value;
		headers['x-amz-checksum-type'] = 'FULL_OBJECT';
	}
	return { status: 200, headers };
};

/**
 * Removes a key, or one version of it for good; an absent one is fine.
 * @returns the delete marker that was written or removed
 * @throws S3Error AccessDenied
 */
export function removeKey(
	{ request, store, denyDelete, user, now, tell }: Call,
	bucket: Bucket,
	key: string,
	versionId?: string,
): Version | undefined {
	if (denyDelete.has(`${bucket.name}/${key}`)) throw new S3Error('AccessDenied');
	if (versionId === undefined) {
		const existing = bucket.objects.get(key);
		const marker = store.remove(bucket, { key, owner: user, lastModified: wholeSeconds(now) });
		if (marker) tell('ObjectRemoved:DeleteMarkerCreated', bucket, marker);
		else if (existing) tell('ObjectRemoved:Delete', bucket, existing);
		return marker;
	}
	const doomed = doomedVersion(bucket, key, versionId);
	if (isObject(doomed)) checkUnlocked(doomed, bypasses(request), now);
	const removed = store.removeVersion(bucket, key, versionId);
	if (removed) tell('ObjectRemoved:Delete', bucket, removed);
	return removed;
}

/** The version a delete is about. */
export function doomedVersion(
	bucket: Bucket,
	key: string,
	versionId: string | undefined,
): Version | undefined {
	if (versionId === undefined) return bucket.objects.get(key);
	return versionsOf(bucket, key).find((one) => one.versionId === versionId);
}

export const deleteObject: Handler = (call) => {
	const bucket = bucketOf(call);
	const key = keyOf(call);
	const versionId = versionIdOf(call);
	const doomed = doomedVersion(bucket, key, versionId);
	checkDelete(call.request, isObject(doomed) ? doomed : undefined);
	const removed = removeKey(call, bucket, key, versionId);
	const headers = versionHeaders(bucket, removed);
	if (versionId !== undefined) headers['x-amz-version-id'] = versionId;
	return { status: 204, headers };
};
