import { Failure, toFailure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import { checkKnown, getConfiguration } from './configurations';
import { isAmazon } from './endpoint';

/**
 * For what is to be stored under a lock: there are servers (Swift) that take no notice of its headers,
 * and would store it unlocked without a word.
 * @throws Failure NotImplemented where the server does not know Object Lock
 */
export async function checkLockable(
	s3: S3Client,
	bucket: string,
	headers: Record<string, string> = {},
): Promise<void> {
	const locked = Object.keys(headers).some((name) => name.startsWith('x-amz-object-lock-'));
	if (locked) await checkKnown(s3, bucket, 'objectLock', ['AccessDenied']);
}

/**
 * The same for a bucket that was made for locks just now.
 * @throws Failure OBJECT_LOCK_IGNORED
 */
export async function checkMadeForLocks(s3: S3Client, bucket: string): Promise<void> {
	const { host } = await s3.signing(bucket);
	if (isAmazon(host)) return;
	const found = await getConfiguration(s3, bucket, 'objectLock').catch((error: unknown) => {
		const failure = toFailure(error);
		if (failure.code === 'AccessDenied') return { configured: true };
		if (LACKING.has(failure.code)) return { configured: false };
		// The bucket is there.
		throw failure.inPhase('maybeDone');
	});
	if (found.configured) return;
	throw new Failure({
		kind: 'invalid',
		phase: 'maybeDone',
		code: 'OBJECT_LOCK_IGNORED',
		message: `The bucket "${bucket}" was made, but without Object Lock: the server took no notice of it`,
		hint: 'This server does not have Object Lock. Delete the bucket, or do without locks.',
	});
}

const LACKING = new Set(['MethodNotAllowed', 'NotImplemented']);
