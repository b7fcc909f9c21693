import { S3Error } from './errors.ts';
import { invalidArgument } from './operation.ts';
import type { S3Request } from './request.ts';
import type { Bucket, StoredObject } from './store.ts';

export const lockModes = ['GOVERNANCE', 'COMPLIANCE'] as const;
export type LockMode = (typeof lockModes)[number];

export interface Retention {
	mode: LockMode;
	/** Milliseconds. */
	until: number;
}

/** What keeps one version from being deleted. */
export interface ObjectLock {
	retention?: Retention;
	/** Undefined until it was set for the first time. */
	legalHold?: boolean;
}

const dayMs = 86_400_000;

/** The lock of a bucket: with or without a retention that new objects get by themselves. */
export interface BucketLock {
	usual?: { mode: LockMode; unit: 'Days' | 'Years'; count: number };
}

/** Operations on locks need a bucket that has them. @throws S3Error InvalidRequest */
export function lockOf({ lock }: Bucket): BucketLock {
	if (lock) return lock;
	throw new S3Error('InvalidRequest', { message: 'Bucket is missing Object Lock Configuration' });
}

/** A time as in the request. @throws S3Error InvalidArgument */
function futureTime(text: string, now: number): number {
	const time = Date.parse(text);
	if (!/^\d{4}-\d\d-\d\dT/.test(text) || Number.isNaN(time)) {
		throw invalidArgument(
			'x-amz-object-lock-retain-until-date',
			text,
			'The retain until date must be provided in ISO 8601 format',
		);
	}
	if (time > now) return time;
	throw invalidArgument(
		'x-amz-object-lock-retain-until-date',
		text,
		'The retain until date must be in the future!',
	);
}

/** The lock of a new object: what the headers say, else what the bucket gives by itself. */
export function newLock({ headers }: S3Request, bucket: Bucket, now: number): ObjectLock {
	const mode = headers.get('x-amz-object-lock-mode');
	const until = headers.get('x-amz-object-lock-retain-until-date');
	const hold = headers.get('x-amz-object-lock-legal-hold');
	if (mode !== undefined || until !== undefined || hold !== undefined) lockOf(bucket);
	if ((mode === undefined) !== (until === undefined)) {
		throw invalidArgument(
			mode === undefined ? 'x-amz-object-lock-mode' : 'x-amz-object-lock-retain-until-date',
			'',
			'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied',
		);
	}
	if (hold !== undefined && hold !== 'ON' && hold !== 'OFF') {
		throw invalidArgument(
			'x-amz-object-lock-legal-hold',
			hold,
			'Legal Hold must be either of ON or OFF',
		);
	}
	const lock: ObjectLock = hold === undefined ? {} : { legalHold: hold === 'ON' };
	if (mode !== undefined && until !== undefined) {
		const known = lockModes.find((one) => one === mode);
		if (!known)
			throw invalidArgument('x-amz-object-lock-mode', mode, 'Unknown wormMode directive.');
		return { ...lock, retention: { mode: known, until: futureTime(until, now) } };
	}
	const usual = bucket.lock?.usual;
	if (!usual) return lock;
	const days = usual.unit === 'Days' ? usual.count : usual.count * 365;
	return { ...lock, retention: { mode: usual.mode, until: now + days * dayMs } };
}

/** The headers that show a lock. */
export function lockHeaders({ retention, legalHold }: ObjectLock): Record<string, string> {
	const headers: Record<string, string> = {};
	if (retention) {
		headers['x-amz-object-lock-mode'] = retention.mode;
		headers['x-amz-object-lock-retain-until-date'] = new Date(retention.until).toISOString();
	}
	if (legalHold !== undefined) headers['x-amz-object-lock-legal-hold'] = legalHold ? 'ON' : 'OFF';
	return headers;
}

/** Whether the request asks to override a retention in governance mode. */
export function bypasses({ headers }: S3Request): boolean {
	return headers.get('x-amz-bypass-governance-retention')?.toLowerCase() === 'true';
}

/** @throws S3Error AccessDenied when the lock keeps a version from being deleted now */
export function checkUnlocked({ lock }: StoredObject, bypass: boolean, now: number): void {
	const { retention, legalHold } = lock;
	const retained =
		retention !== undefined &&
		retention.until > now &&
		!(retention.mode === 'GOVERNANCE' && bypass);
	if (retained || legalHold) {
		throw new S3Error('AccessDenied', {
			message: 'Access Denied because object protected by object lock.',
		});
	}
}

/** @throws S3Error AccessDenied when a retention may not take the place of the one that is there */
export function checkRetentionChange(
	old: Retention | undefined,
	next: Retention | undefined,
	bypass: boolean,
	now: number,
): void {
	if (!old || old.until <= now) return;
	const weaker = next?.mode !== old.mode || next.until < old.until;
	if (weaker && !(old.mode === 'GOVERNANCE' && bypass)) {
		throw new S3Error('AccessDenied', {
			message: 'Access Denied because object protected by object lock.',
		});
	}
}
