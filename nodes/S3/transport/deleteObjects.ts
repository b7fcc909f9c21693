import { Failure, isPassing, toFailure } from '../../shared/resilience/failure';
import { MAX_KEY_BYTES } from './address';
import type { S3Client } from './client';
import { MAX_ANSWER_BYTES } from './client';
import { checkBefore } from './conditions';
import { keyFailure, successBody } from './failure';
import type { Headers } from './headerValues';
import { compact, plain, quoted } from './headerValues';
import { afterLostAnswer } from './objects';
import { withXml } from './subresource';
import type { XmlElement } from './xml';
import { children, fitsXml, text } from './xml';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
export const MAX_DELETE_KEYS = 1_000;

/**
 * Whether DeleteObjects can name the key: XML 1.0 has no way to write some characters, and one key
 * that is no key would fail the request for all others.
 */
export const canBeListed = (key: string): boolean =>
	key !== '' && fitsXml(key) && Buffer.byteLength(key) <= MAX_KEY_BYTES;

/** What is to be deleted. */
export interface DeleteTarget {
	key: string;
	/** this version for good; else a versioned bucket puts a delete marker over the current one */
	versionId?: string;
}

/** What became of it. */
export interface Deleted {
	/** a marker was made, or, with a version ID, removed */
	deleteMarker?: boolean;
	/** the version that was removed, or the marker that was made */
	versionId?: string;
}

export interface DeleteOptions {
	/** versions under GOVERNANCE retention as well */
	bypassGovernance?: boolean;
	/** serial number of the device, a space, and its code: for buckets with MFA delete */
	mfa?: string;
}

/** Headers of DeleteObject and DeleteObjects. */
export const deleteHeaders = ({ bypassGovernance, mfa }: DeleteOptions): Headers =>
	compact({
		'x-amz-bypass-governance-retention': bypassGovernance ? 'true' : undefined,
		'x-amz-mfa': plain('MFA', mfa?.trim()),
	});

/**
 * Deletes up to 1,000 objects in one request. A key that is not there counts as deleted. Keys that
 * the server could not delete for a passing reason (SlowDown, InternalError) are asked for again,
 * without those that are done.
 * @returns per target a Failure, or what became of it; in the order of `targets`
 */
export async function deleteObjects(
	s3: S3Client,
	bucket: string,
	targets: DeleteTarget[],
	options: DeleteOptions = {},
): Promise<Array<Deleted | Failure>> {
	const outcomes = new Map<string, Deleted | Failure>();
	let left = [...new Map(targets.map((target) => [nameOf(target), target])).values()];
	let answered = false;
	let firstAt: number | undefined;
	const describe = () => {
		answered = false;
		return deleteRequest(bucket, left, options);
	};
	try {
		await s3.receive(describe, async ({ headers, body }, { attempt }) => {
			const now = s3.clock.now();
			firstAt ??= now;
			const received = { headers, body: await body.collect(MAX_ANSWER_BYTES) };
			const result = successBody('DeleteResult', received, now);
			for (const [name, outcome] of outcomesOf(result, left)) {
				if (outcome instanceof Failure)
					Object.assign(outcome, { attempts: attempt, firstAt, lastAt: now });
				outcomes.set(name, outcome);
			}
			answered = true;
			const again = left.flatMap((target) => {
				const outcome = outcomes.get(nameOf(target));
				return outcome instanceof Failure && isPassing(outcome) ? [{ target, outcome }] : [];
			});
			left = again.map(({ target }) => target);
			const [first] = again;
			if (first) throw first.outcome;
		});
	} catch (error) {
		if (!answered) for (const target of left) outcomes.set(nameOf(target), toFailure(error));
	}
	return targets.map((target) => outcomes.get(nameOf(target)) ?? unmentioned());
}

/** Tells targets apart: neither part can hold a NUL and be sent. */
const nameOf = ({ key, versionId = '' }: DeleteTarget) => `${key}\0${versionId}`;

function deleteRequest(bucket: string, targets: DeleteTarget[], options: DeleteOptions) {
	const objects = targets.map(({ key, versionId }) => ({
		Key: key,
		VersionId: versionId || undefined,
	}));
	const request = {
		operation: 'DeleteObjects',
		method: 'POST' as const,
		bucket,
		query: [['delete', '']] as Array<[string, string]>,
		headers: deleteHeaders(options),
	};
	return withXml(request, 'Delete', { Quiet: false, Object: objects });
}

function outcomesOf(
	result: XmlElement,
	targets: DeleteTarget[],
): Array<[name: string, outcome: Deleted | Failure]> {
	const named = (entry: XmlElement) =>
		nameOf({ key: text(entry, 'Key') ?? '', versionId: text(entry, 'VersionId') });
	const deleted = new Map(
		children(result, 'Deleted').map((entry) => [named(entry), deletedOf(entry)]),
	);
	const errors = new Map(
		children(result, 'Error').map((entry) => [named(entry), keyFailure(entry)]),
	);
	return targets.map((target) => {
		const name = nameOf(target);
		// Not every server repeats the version.
		const bare = nameOf({ key: target.key });
		const found = errors.get(name) ?? deleted.get(name) ?? errors.get(bare) ?? deleted.get(bare);
		return [name, found ?? unmentioned()];
	});
}

function deletedOf(entry: XmlElement): Deleted {
	const versionId = text(entry, 'DeleteMarkerVersionId') || text(entry, 'VersionId');
	return {
		...(text(entry, 'DeleteMarker') === 'true' && { deleteMarker: true }),
		...(versionId && { versionId }),
	};
}

const unmentioned = () =>
	new Failure({
		kind: 'unavailable',
		phase: 'maybeDone',
		code: 'NOT_CONFIRMED',
		message: 'The server did not say what became of this key',
	});

/**
 * One object, whose key XML need not be able to carry.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html
 * @param options `ifMatch`: only the object with this ETag
 */
export async function deleteObject(
	s3: S3Client,
	bucket: string,
	key: string,
	options: DeleteOptions & { versionId?: string; ifMatch?: string } = {},
): Promise<Deleted> {
	const { versionId, ifMatch } = options;
	const condition: Headers = ifMatch ? { 'if-match': quoted(ifMatch) } : {};
	if (ifMatch && !versionId && !s3.quirks.conditionalWrites)
		await checkBefore(s3, { bucket, key }, condition);
	const request = {
		operation: 'DeleteObject',
		method: 'DELETE' as const,
		bucket,
		key,
		query: [['versionId', versionId || undefined]] as Array<[string, string | undefined]>,
		headers: { ...deleteHeaders(options), ...condition },
		// With a condition the second attempt would miss what the first one deleted.
		accept: ifMatch ? [404, 412] : [],
	};
	try {
		const done = await s3.call<Deleted | { doubt: number }>(
			request,
			({ status, headers }, { attempt, lost }) => {
				if (status >= 300 && !lost) throw otherObject(status, bucket, key);
				if (status === 412) return { doubt: attempt };
				const removed = headers['x-amz-version-id'];
				return {
					...(headers['x-amz-delete-marker'] === 'true' && { deleteMarker: true }),
					...(removed && { versionId: removed }),
				};
			},
		);
		if (!('doubt' in done)) return done;
		// An earlier attempt may have deleted it, or never arrived: another object that is there now
		// may be why.
		if (await isThere(s3, { bucket, key, versionId }))
			throw afterLostAnswer(otherObject(412, bucket, key), done.doubt);
		return {};
	} catch (error) {
		// Google says so where Amazon says that it is done.
		if (!ifMatch && GONE.has(toFailure(error).code)) return {};
		throw error;
	}
}

const isThere = async (
	s3: S3Client,
	{ bucket, key, versionId }: DeleteTarget & { bucket: string },
) =>
	await s3.call(
		{
			operation: 'HeadObject',
			method: 'HEAD',
			bucket,
			key,
			query: [['versionId', versionId || undefined]],
			accept: [400, 403, 404, 405],
		},
		({ status }) => status !== 404 && status !== 405,
	);

const GONE = new Set(['NoSuchKey', 'NoSuchVersion']);

const otherObject = (status: number, bucket: string, key: string) =>
	new Failure({
		kind: 'conflict',
		phase: 'rejected',
		code: status === 404 ? 'NoSuchKey' : 'PreconditionFailed',
		status,
		message: `"${key}" in bucket "${bucket}" ${status === 404 ? 'is not there' : 'has another ETag now'}: nothing was deleted`,
		hint: 'Somebody changed it meanwhile. Look at it again before you delete it.',
	});
