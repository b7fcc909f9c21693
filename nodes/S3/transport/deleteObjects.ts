import { Failure, isPassing, toFailure } from '../../shared/resilience/failure';
import { MAX_KEY_BYTES } from './address';
import type { S3Client } from './client';
import { MAX_ANSWER_BYTES } from './client';
import { keyFailure, successBody } from './failure';
import { contentMd5 } from './objects';
import type { XmlElement } from './xml';
import { children, fitsXml, text, writeXml } from './xml';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
export const MAX_DELETE_KEYS = 1_000;

/**
 * Whether DeleteObjects can name the key: XML 1.0 has no way to write some characters, and one key
 * that is no key would fail the request for all others.
 */
export const canBeListed = (key: string): boolean =>
	key !== '' && fitsXml(key) && Buffer.byteLength(key) <= MAX_KEY_BYTES;

/**
 * Deletes up to 1,000 objects in one request. A key that is not there counts as deleted. Keys that
 * the server could not delete for a passing reason (SlowDown, InternalError) are asked for again,
 * without those that are done.
 * @returns per key a Failure, or `undefined` where it is deleted; in the order of `keys`
 */
export async function deleteObjects(
	s3: S3Client,
	bucket: string,
	keys: string[],
): Promise<Array<Failure | undefined>> {
	const outcomes = new Map<string, Failure | undefined>();
	let left = [...new Set(keys)];
	let answered = false;
	let firstAt: number | undefined;
	const describe = () => {
		answered = false;
		return deleteRequest(bucket, left);
	};
	try {
		await s3.receive(describe, async ({ headers, body }, { attempt }) => {
			const now = s3.clock.now();
			firstAt ??= now;
			const received = { headers, body: await body.collect(MAX_ANSWER_BYTES) };
			const result = successBody('DeleteResult', received, now);
			for (const [key, failure] of outcomesOf(result, left)) {
				outcomes.set(
					key,
					failure && Object.assign(failure, { attempts: attempt, firstAt, lastAt: now }),
				);
			}
			answered = true;
			left = left.filter((key) => {
				const failure = outcomes.get(key);
				return failure && isPassing(failure);
			});
			const [first] = left;
			if (first !== undefined) throw outcomes.get(first);
		});
	} catch (error) {
		if (!answered) for (const key of left) outcomes.set(key, toFailure(error));
	}
	return keys.map((key) => outcomes.get(key));
}

function deleteRequest(bucket: string, keys: string[]) {
	const body = Buffer.from(
		writeXml('Delete', { Quiet: false, Object: keys.map((Key) => ({ Key })) }),
	);
	return {
		operation: 'DeleteObjects',
		method: 'POST' as const,
		bucket,
		query: [['delete', '']] as Array<[string, string]>,
		headers: { 'content-type': 'application/xml', 'content-md5': contentMd5(body) },
		body,
	};
}

function outcomesOf(
	result: XmlElement,
	keys: string[],
): Array<[key: string, failure: Failure | undefined]> {
	const deleted = new Set(children(result, 'Deleted').map((entry) => text(entry, 'Key')));
	const errors = new Map(
		children(result, 'Error').map((error) => [text(error, 'Key'), keyFailure(error)]),
	);
	return keys.map((key) => [
		key,
		errors.get(key) ?? (deleted.has(key) ? undefined : unmentioned()),
	]);
}

const unmentioned = () =>
	new Failure({
		kind: 'unavailable',
		phase: 'maybeDone',
		code: 'NOT_CONFIRMED',
		message: 'The server did not say what became of this key',
	});
