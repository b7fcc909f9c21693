import type { Resource } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { create } from './create.operation';
import { deleteOperation } from './delete.operation';
import { getMany } from './getMany.operation';
import { head } from './head.operation';

export const bucket: Resource<S3Client> = {
	name: 'Bucket',
	value: 'bucket',
	operations: [create, deleteOperation, getMany, head],
};
