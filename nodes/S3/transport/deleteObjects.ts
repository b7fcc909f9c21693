import { pump } from '../../shared/ground/pump';
import { Failure, isPassing, toFailure } from '../../shared/resilience/failure';
import { MAX_KEY_BYTES } from './address';
import type { S3Client } from './client';
import { MAX_ANSWER_BYTES } from './client';
import type { Deleted, DeleteOptions, DeleteTarget } from './deleteObject';
import { deleteHeaders, deleteObject } from './deleteObject';
import { keyFailure, successBody } from './failure';
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

// Clients whose server does not have DeleteObjects: a run learns it once.
const lacking = new WeakSet<S3Client>();

// The limiter has the last word.
const AT_ONCE = 10;

/**
 * Deletes up to 1,000 objects in one request, or one by one where the server cannot do so (Google). A
 * key that is not there counts as deleted.
 * @returns per target a Failure, or what became of it; in the order of `targets`
 */
export async function deleteObjects(
	s3: S3Client,
	bucket: string,
	targets: DeleteTarget[],
	options: DeleteOptions = {},
): Promise<Array<Deleted | Failure>> {
	const different = [...new Map(targets.map((target) => [nameOf(target), target])).values()];
	const outcomes =
		(await together(s3, bucket, different, options)) ??
		(await oneByOne(s3, bucket, different, options));
	return targets.map((target) => outcomes.get(nameOf(target)) ?? unmentioned());
}

type Outcomes = Map<string, Deleted | Failure>;

/**
 * In one request. Keys that the server could not delete for a passing reason (SlowDown,
 * InternalError) are asked for again, without those that are done.
 * @returns `undefined` where the server does not have DeleteObjects
 */
async function together(
	s3: S3Client,
	bucket: string,
	targets: DeleteTarget[],
	options: DeleteOptions,
): Promise<Outcomes | undefined> {
	if (lacking.has(s3)) return undefined;
	const outcomes: Outcomes = new Map();
	let left = targets;
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
		const failure = toFailure(error);
		if (!answered && isLacking(failure)) {
			lacking.add(s3);
			return undefined;
		}
		if (!answered) for (const target of left) outcomes.set(nameOf(target), failure);
	}
	return outcomes;
}

async function oneByOne(
	s3: S3Client,
	bucket: string,
	targets: DeleteTarget[],
	options: DeleteOptions,
): Promise<Outcomes> {
	const outcomes: Outcomes = new Map();
	const work = async (n: number) => {
		const target = targets[n];
		if (!target) return;
		const { key, versionId } = target;
		const one = await deleteObject(s3, bucket, key, { ...options, versionId }).catch(toFailure);
		outcomes.set(nameOf(target), one);
	};
	await pump(targets.length, AT_ONCE, work, () => false);
	return outcomes;
}

// Google answers 400.
const isLacking = ({ code }: Failure) => code === 'NotImplemented' || code === 'MethodNotAllowed';

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
