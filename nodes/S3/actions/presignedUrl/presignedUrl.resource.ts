import type { Resource } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { createDownloadUrl } from './createDownloadUrl.operation';
import { createPartUrl } from './createPartUrl.operation';
import { createUploadForm } from './createUploadForm.operation';
import { createUploadUrl } from './createUploadUrl.operation';

export const presignedUrl: Resource<S3Client> = {
	name: 'Presigned URL',
	value: 'presignedUrl',
	operations: [createDownloadUrl, createPartUrl, createUploadForm, createUploadUrl],
};
