import type { Resource } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { create } from './create.operation';
import { deleteOperation } from './delete.operation';
import { getMany } from './getMany.operation';
import { sync } from './sync.operation';

export const folder: Resource<S3Client> = {
	name: 'Folder',
	value: 'folder',
	operations: [create, deleteOperation, getMany, sync],
};
