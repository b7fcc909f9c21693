import type { Resource } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { copy } from './copy.operation';
import { deleteOperation } from './delete.operation';
import { deleteMany } from './deleteMany.operation';
import { download } from './download.operation';
import { exists } from './exists.operation';
import { getMany } from './getMany.operation';
import { getManyVersions } from './getManyVersions.operation';
import { head } from './head.operation';
import { move } from './move.operation';
import { search } from './search.operation';
import { upload } from './upload.operation';

export const object: Resource<S3Client> = {
	name: 'Object',
	value: 'object',
	preselected: true,
	operations: [
		copy,
		deleteOperation,
		deleteMany,
		download,
		exists,
		getMany,
		getManyVersions,
		head,
		move,
		search,
		upload,
	],
};
