import { toFailure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import { invalidInput } from './failure';
import type { Version } from './subresource';
import { aboutObject, withXml } from './subresource';

/**
 * started     a restore has begun
 * inProgress  one was going on already
 * extended    the object is restored, and stays so for the days that were asked for
 */
export type RestoreStatus = 'started' | 'inProgress' | 'extended';

export interface Restore {
	/** how long the copy stays; 0 for objects of Intelligent-Tiering, which stay for good */
	days: number;
	tier: 'Expedited' | 'Standard' | 'Bulk';
}

/**
 * Asks for an archived object. It takes minutes to days; HeadObject tells when it is there.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html
 */
export async function restoreObject(
	s3: S3Client,
	object: Version,
	{ days, tier }: Restore,
): Promise<RestoreStatus> {
	if (!Number.isInteger(days) || days < 0) {
		throw invalidInput(`"Days" must be a whole number, but is ${days}`);
	}
	const request = withXml(
		aboutObject('RestoreObject', 'POST', object, 'restore'),
		'RestoreRequest',
		{ Days: days || undefined, GlacierJobParameters: { Tier: tier } },
	);
	try {
		return await s3.call(request, ({ status }) => (status === 202 ? 'started' : 'extended'));
	} catch (error) {
		const failure = toFailure(error);
		if (failure.code === 'RestoreAlreadyInProgress') return 'inProgress';
		if (failure.code !== 'InvalidObjectState') throw failure;
		throw failure.withHint('The object is not archived: it can be read as it is.');
	}
}
