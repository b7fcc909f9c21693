import type { Resource } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { create } from './create.operation';
import { deleteOperation } from './delete.operation';
import { deleteConfiguration } from './deleteConfiguration.operation';
import { getConfiguration } from './getConfiguration.operation';
import { getMany } from './getMany.operation';
import { head } from './head.operation';
import { setConfiguration } from './setConfiguration.operation';

export const bucket: Resource<S3Client> = {
	name: 'Bucket',
	value: 'bucket',
	operations: [
		create,
		deleteOperation,
		deleteConfiguration,
		getConfiguration,
		getMany,
		head,
		setConfiguration,
	],
};
