import type { Readable } from 'node:stream';
import { Failure, toFailure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import type { Wanted } from './download';
import { download } from './download';
import type { ObjectInfo } from './objectInfo';

export interface Kept<T> {
	info: ObjectInfo;
	/** what `keep` returned */
	kept: T;
	/** the checksum that the content was found to have */
	verifiedBy?: string;
}

/**
 * Downloads an object to where `keep` puts it. Content that is not what the server says it is comes
 * once more from the start, because it may have been the way; `keep` is called again for it, and must
 * have thrown away what it had when the stream failed.
 * @returns `undefined` where the object has not changed by the conditions
 */
export async function downloadInto<T>(
	s3: S3Client,
	wanted: Wanted,
	keep: (info: ObjectInfo, body: Readable) => Promise<T>,
): Promise<Kept<T> | undefined> {
	const attempt = async () => {
		const { info, body, verifiedBy } = await download(s3, wanted);
		try {
			return { info, kept: await keep(info, body), verifiedBy: verifiedBy() };
		} catch (error) {
			body.destroy();
			// What went wrong, not what the store made of it.
			throw body.errored ?? error;
		}
	};
	const first = await attempt().catch(mismatch);
	if (!(first instanceof Failure)) return first;
	const second = await attempt().catch(mismatch);
	if (!(second instanceof Failure)) return second;
	// The way does not damage twice in the same way.
	const kind = second.message === first.message ? 'invalid' : second.kind;
	const failure = new Failure({ ...second, message: second.message, kind });
	throw Object.assign(failure, { attempts: 2 });
}

function mismatch(error: unknown): Failure | undefined {
	const failure = toFailure(error);
	if (failure.code === 'NotModified') return undefined;
	if (failure.code === 'CONTENT_MISMATCH') return failure;
	throw failure;
}

/** What the file of an object is called: the last part of the key that is not empty. */
export const fileNameOf = (key: string): string =>
	key.split('/').findLast((part) => part !== '') ?? key;
