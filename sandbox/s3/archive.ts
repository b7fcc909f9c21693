import { S3Error } from './errors.ts';
import type { StoredObject } from './store.ts';

/** A request to bring an archived object back for some days. */
export interface Restoration {
	/** Milliseconds. */
	readyAt: number;
	/** When the copy that was brought back goes away again. */
	expires: number;
}

export function isArchived({ metadata }: StoredObject): boolean {
	return metadata.storageClass === 'GLACIER' || metadata.storageClass === 'DEEP_ARCHIVE';
}

/** Where a restoration stands. */
export function restorationOf(
	{ restoration }: StoredObject,
	now: number,
): 'none' | 'ongoing' | 'done' {
	if (!restoration || restoration.expires <= now) return 'none';
	return restoration.readyAt > now ? 'ongoing' : 'done';
}

/** The header that shows a restoration. */
export function restorationHeaders(object: StoredObject, now: number): Record<string, string> {
	const state = restorationOf(object, now);
	if (state === 'none' || !object.restoration) return {};
	const expiry = new Date(object.restoration.expires).toUTCString();
	return {
		'x-amz-restore':
			state === 'ongoing'
				? 'ongoing-request="true"'
				: `ongoing-request="false", expiry-date="${expiry}"`,
	};
}

/** @throws S3Error when the bytes of an object are in the archive and nowhere else */
export function checkReadable(
	object: StoredObject,
	now: number,
	code: 'InvalidObjectState' | 'ObjectNotInActiveTierError' = 'InvalidObjectState',
): void {
	if (!isArchived(object) || restorationOf(object, now) === 'done') return;
	throw new S3Error(code, { elements: { StorageClass: object.metadata.storageClass } });
}
