import type { Resource } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { deleteOperation } from './delete.operation';
import { download } from './download.operation';
import { getMany } from './getMany.operation';
import { link } from './link.operation';
import { upload } from './upload.operation';
import { uploadVersion } from './uploadVersion.operation';

export const file: Resource<SalesforceClient> = {
	name: 'File',
	value: 'file',
	operations: [deleteOperation, download, getMany, link, upload, uploadVersion],
};
