import { defineBatchOperation } from '../../../shared/node/defineOperation';
import type { Failure } from '../../../shared/resilience/failure';
import { toFailure } from '../../../shared/resilience/failure';
import type { S3Client } from '../../transport/client';
import { canBeListed, deleteObject, deleteObjects, MAX_DELETE_KEYS } from '../../transport/objects';
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
		for (const [bucket, group] of together) {
			const failures =
				bucket === null
					? await Promise.all(group.map(async (input) => await alone(s3, input)))
					: await inOneRequest(
							s3,
							bucket,
							group.map(({ key }) => key),
						);
			group.forEach((input, n) => outcomes.set(input, failures[n]));
		}
		return inputs.map((input) => {
			const { bucket, key } = input;
			return outcomes.get(input) ?? { bucket, key, deleted: true };
		});
	},
});

/** A request that fails as a whole fails for its keys only, not for those of other buckets. */
async function inOneRequest(s3: S3Client, bucket: string, keys: string[]) {
	try {
		return await deleteObjects(s3, bucket, keys);
	} catch (error) {
		return keys.map(() => toFailure(error));
	}
}

async function alone(s3: S3Client, { bucket, key }: { bucket: string; key: string }) {
	try {
		return void (await deleteObject(s3, bucket, key));
	} catch (error) {
		return toFailure(error);
	}
}
