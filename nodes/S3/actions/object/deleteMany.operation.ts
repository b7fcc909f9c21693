import { defineBatchOperation } from '../../../shared/node/defineOperation';
import type { Failure } from '../../../shared/resilience/failure';
import { toFailure } from '../../../shared/resilience/failure';
import type { S3Client } from '../../transport/client';
import { canBeListed, deleteObjects, MAX_DELETE_KEYS } from '../../transport/deleteObjects';
import { deleteObject } from '../../transport/objects';
import { bucketField, keyField } from '../fields';

export const deleteMany = defineBatchOperation({
	name: 'Delete Many',
	value: 'deleteMany',
	action: 'Delete many objects',
	description:
		'Delete the objects of all input items for good, 1,000 in one request. An object that is not there counts as deleted.',
	repeatable: true,
	properties: [bucketField, keyField],
	batchSize: MAX_DELETE_KEYS,
	async executeAll(s3: S3Client, inputs) {
		const outcomes = new Map<(typeof inputs)[number], Failure | undefined>();
		const together = Map.groupBy(inputs, ({ bucket, key }) => (canBeListed(key) ? bucket : null));
		let refused: Failure | undefined;
		for (const [bucket, group] of together) {
			const failures = await outcomesOf(s3, bucket, group, refused);
			group.forEach((input, n) => outcomes.set(input, failures[n]));
			// The other buckets would hear the same, and the account might get locked.
			refused ??= failures.find((failure) => failure?.scope === 'credential');
		}
		return inputs.map((input) => {
			const { bucket, key } = input;
			return outcomes.get(input) ?? { bucket, key, deleted: true };
		});
	},
});

type Target = { bucket: string; key: string };

/** @param bucket all are in it and go into one request; `null`: each needs its own */
async function outcomesOf(
	s3: S3Client,
	bucket: string | null,
	targets: Target[],
	refused: Failure | undefined,
): Promise<Array<Failure | undefined>> {
	if (refused) return targets.map(() => refused.inPhase('notSent'));
	if (bucket === null) return await Promise.all(targets.map((target) => alone(s3, target)));
	const keys = targets.map(({ key }) => key);
	return await deleteObjects(s3, bucket, keys);
}

async function alone(s3: S3Client, { bucket, key }: Target): Promise<Failure | undefined> {
	try {
		await deleteObject(s3, bucket, key);
		return undefined;
	} catch (error) {
		return toFailure(error);
	}
}
