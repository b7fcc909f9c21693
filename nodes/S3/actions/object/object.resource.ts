import type { Resource } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { copy } from './copy.operation';
import { deleteOperation } from './delete.operation';
import { deleteMany } from './deleteMany.operation';
import { deleteTags } from './deleteTags.operation';
import { download } from './download.operation';
import { exists } from './exists.operation';
import { getAcl } from './getAcl.operation';
import { getLegalHold } from './getLegalHold.operation';
import { getMany } from './getMany.operation';
import { getManyVersions } from './getManyVersions.operation';
import { getRetention } from './getRetention.operation';
import { getTags } from './getTags.operation';
import { head } from './head.operation';
import { move } from './move.operation';
import { restore } from './restore.operation';
import { search } from './search.operation';
import { select } from './select.operation';
import { setAcl } from './setAcl.operation';
import { setLegalHold } from './setLegalHold.operation';
import { setRetention } from './setRetention.operation';
import { setStorageClass } from './setStorageClass.operation';
import { setTags } from './setTags.operation';
import { updateMetadata } from './updateMetadata.operation';
import { upload } from './upload.operation';

export const object: Resource<S3Client> = {
	name: 'Object',
	value: 'object',
	preselected: true,
	operations: [
		copy,
		deleteOperation,
		deleteMany,
		deleteTags,
		download,
		exists,
		getAcl,
		getLegalHold,
		getMany,
		getManyVersions,
		getRetention,
		getTags,
		head,
		move,
		restore,
		search,
		select,
		setAcl,
		setLegalHold,
		setRetention,
		setStorageClass,
		setTags,
		updateMetadata,
		upload,
	],
};
