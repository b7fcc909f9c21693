import type { Resource } from '../../shared/node/defineOperation';
import type { S3Client } from '../transport/client';
import { bucket } from './bucket/bucket.resource';
import { folder } from './folder/folder.resource';
import { multipartUpload } from './multipartUpload/multipartUpload.resource';
import { object } from './object/object.resource';
import { presignedUrl } from './presignedUrl/presignedUrl.resource';

export const resources: Array<Resource<S3Client>> = [
	bucket,
	folder,
	multipartUpload,
	object,
	presignedUrl,
];
