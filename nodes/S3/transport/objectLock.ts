import { toFailure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import { invalidInput } from './failure';
import type { Version } from './subresource';
import { aboutObject, checkTakesNotice, readSubresource, withXml } from './subresource';
import type { ObjectLock } from './writeHeaders';
import { retainUntilDate } from './writeHeaders';
import { text } from './xml';

export interface Retention {
	mode?: string;
	/** ISO 8601 */
	retainUntil?: string;
}

// 404: the object has none. Other servers answer 400 where the bucket was not made for it, which
// means the same for who asks.
const NONE = new Set(['NoSuchObjectLockConfiguration', 'ObjectLockConfigurationNotFoundError']);

/** What an object without it has. */
async function orNone<T>(reading: Promise<T>, none: T): Promise<T> {
	try {
		return await reading;
	} catch (error) {
		if (NONE.has(toFailure(error).code)) return none;
		throw explained(error);
	}
}

const WITHOUT_LOCK = new Set(['InvalidRequest', 'InvalidBucketState', ...NONE]);
const HINT =
	'Only a bucket that was made with Object Lock knows retention and legal hold: create one with it switched on.';

function explained(error: unknown) {
	const failure = toFailure(error);
	return WITHOUT_LOCK.has(failure.code) ? failure.withHint(HINT) : failure;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectRetention.html */
export async function getRetention(s3: S3Client, object: Version): Promise<Retention> {
	const request = aboutObject('GetObjectRetention', 'GET', object, 'retention');
	const reading = readSubresource(s3, request, 'Retention', (retention): Retention => {
		const mode = retention && text(retention, 'Mode');
		const until = retention && text(retention, 'RetainUntilDate');
		return {
			...(mode && { mode }),
			...(until && { retainUntil: new Date(until).toISOString() }),
		};
	});
	return await orNone(reading, {});
}

/**
 * @param retention without a mode: takes it away, which needs `bypassGovernance`
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectRetention.html
 */
export async function putRetention(
	s3: S3Client,
	object: Version,
	{ mode, retainUntil }: Pick<ObjectLock, 'mode' | 'retainUntil'>,
	bypassGovernance = false,
): Promise<void> {
	if (mode && !retainUntil) throw invalidInput('"Retain Until" is empty');
	const request = aboutObject('PutObjectRetention', 'PUT', object, 'retention');
	const headers = { ...(bypassGovernance && { 'x-amz-bypass-governance-retention': 'true' }) };
	await checkTakesNotice(s3, object, 'retention', async () => await getRetention(s3, object));
	const content = mode && { Mode: mode, RetainUntilDate: retainUntilDate(retainUntil ?? '') };
	await s3
		.call(withXml({ ...request, headers }, 'Retention', content || {}), () => {})
		.catch((error: unknown) => {
			throw explained(error);
		});
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLegalHold.html */
export async function getLegalHold(s3: S3Client, object: Version): Promise<boolean> {
	const request = aboutObject('GetObjectLegalHold', 'GET', object, 'legal-hold');
	const reading = readSubresource(
		s3,
		request,
		'LegalHold',
		(hold) => hold !== undefined && text(hold, 'Status') === 'ON',
	);
	return await orNone(reading, false);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLegalHold.html */
export async function putLegalHold(s3: S3Client, object: Version, hold: boolean): Promise<void> {
	const request = aboutObject('PutObjectLegalHold', 'PUT', object, 'legal-hold');
	await checkTakesNotice(s3, object, 'legal-hold', async () => await getLegalHold(s3, object));
	await s3
		.call(withXml(request, 'LegalHold', { Status: hold ? 'ON' : 'OFF' }), () => {})
		.catch((error: unknown) => {
			throw explained(error);
		});
}
