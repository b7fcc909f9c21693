import { defineBatchOperation } from '../../../shared/node/defineOperation';
import { Failure, toFailure } from '../../../shared/resilience/failure';
import type { S3Client } from '../../transport/client';
import type { Deleted, DeleteOptions } from '../../transport/deleteObject';
import { deleteObject } from '../../transport/deleteObject';
import { canBeListed, deleteObjects, MAX_DELETE_KEYS } from '../../transport/deleteObjects';
import { bucketField, keyField } from '../fields';
import { deleteOptions } from './deleteOptions';

interface Input {
	bucket: string;
	key: string;
	options: DeleteOptions & { versionId?: string };
}

export const deleteMany = defineBatchOperation({
	name: 'Delete Many',
	value: 'deleteMany',
	action: 'Delete many objects',
	description:
		'Delete the objects of all input items for good, 1,000 in one request. An object that is not there counts as deleted.',
	repeatable: true,
	properties: [
		bucketField,
		keyField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [...deleteOptions],
		},
	],
	batchSize: MAX_DELETE_KEYS,
	async executeAll(s3: S3Client, inputs) {
		const outcomes = new Map<Input, Deleted | Failure>();
		let refused: Failure | undefined;
		for (const group of Map.groupBy(inputs, requestOf).values()) {
			const results = await outcomesOf(s3, group, refused);
			group.forEach((input, n) => outcomes.set(input, results[n] ?? {}));
			// The other buckets would hear the same, and the account might get locked.
			refused ??= results
				.filter((result) => result instanceof Failure)
				.find(({ scope }) => scope === 'credential');
		}
		return inputs.map((input) => {
			const { bucket, key } = input;
			const outcome = outcomes.get(input);
			return outcome instanceof Failure ? outcome : { bucket, key, deleted: true, ...outcome };
		});
	},
});

/** Inputs with the same answer go into one request; those that need their own, together as well. */
function requestOf({ bucket, key, options }: Input): string {
	const { mfa = '', bypassGovernance = false } = options;
	return canBeListed(key) ? JSON.stringify([bucket, mfa, bypassGovernance]) : '';
}

async function outcomesOf(
	s3: S3Client,
	group: Input[],
	refused: Failure | undefined,
): Promise<Array<Deleted | Failure>> {
	const [first] = group;
	if (!first) return [];
	if (refused) return group.map(() => refused.inPhase('notSent'));
	if (requestOf(first) === '') return await Promise.all(group.map((input) => alone(s3, input)));
	const targets = group.map(({ key, options: { versionId } }) => ({ key, versionId }));
	return await deleteObjects(s3, first.bucket, targets, first.options);
}

async function alone(s3: S3Client, { bucket, key, options }: Input): Promise<Deleted | Failure> {
	try {
		return await deleteObject(s3, bucket, key, options);
	} catch (error) {
		return toFailure(error);
	}
}
