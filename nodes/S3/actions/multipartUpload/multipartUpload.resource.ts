import type { Resource } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { cleanUp } from './cleanUp.operation';
import { complete } from './complete.operation';
import { create } from './create.operation';
import { deleteOperation } from './delete.operation';
import { getMany } from './getMany.operation';

export const multipartUpload: Resource<S3Client> = {
	name: 'Multipart Upload',
	value: 'multipartUpload',
	operations: [cleanUp, complete, create, deleteOperation, getMany],
};
