import * as acl from '../operations/acl.ts';
import { getObjectAttributes } from '../operations/attributes.ts';
import { completeMultipartUpload } from '../operations/completeMultipartUpload.ts';
import { copyObject } from '../operations/copy.ts';
import * as multipart from '../operations/multipart.ts';
import { listParts } from '../operations/multipartListing.ts';
import { getObject, headObject } from '../operations/readObject.ts';
import * as tagging from '../operations/tagging.ts';
import { deleteObject, putObject } from '../operations/writeObject.ts';
import { copying, grantHeaders, reading, writing } from './headers.ts';
import type { Route } from './route.ts';

/** Objects and their parts. The more particular one stands first. */
export const objectRoutes: Route[] = [
	{
		operation: 'GetObjectTagging',
		level: 'object',
		method: 'GET',
		needs: ['tagging'],
		query: ['versionId'],
		handle: tagging.getObjectTagging,
	},
	{
		operation: 'PutObjectTagging',
		level: 'object',
		method: 'PUT',
		needs: ['tagging'],
		query: ['versionId'],
		body: 'document',
		handle: tagging.putObjectTagging,
	},
	{
		operation: 'DeleteObjectTagging',
		level: 'object',
		method: 'DELETE',
		needs: ['tagging'],
		query: ['versionId'],
		handle: tagging.deleteObjectTagging,
	},
	{
		operation: 'GetObjectAcl',
		level: 'object',
		method: 'GET',
		needs: ['acl'],
		query: ['versionId'],
		handle: acl.getObjectAcl,
	},
	{
		operation: 'PutObjectAcl',
		level: 'object',
		method: 'PUT',
		needs: ['acl'],
		query: ['versionId'],
		headers: grantHeaders,
		body: 'document',
		handle: acl.putObjectAcl,
	},
	{
		operation: 'ListParts',
		level: 'object',
		method: 'GET',
		needs: ['uploadId'],
		query: ['max-parts', 'part-number-marker', 'encoding-type'],
		handle: listParts,
	},
	{
		operation: 'GetObjectAttributes',
		level: 'object',
		method: 'GET',
		needs: ['attributes'],
		query: ['versionId'],
		headers: ['x-amz-object-attributes', 'x-amz-max-parts', 'x-amz-part-number-marker'],
		handle: getObjectAttributes,
	},
	{ operation: 'GetObject', level: 'object', method: 'GET', ...reading, handle: getObject },
	{ operation: 'HeadObject', level: 'object', method: 'HEAD', ...reading, handle: headObject },
	{
		operation: 'UploadPartCopy',
		level: 'object',
		method: 'PUT',
		needs: ['partNumber', 'uploadId'],
		needsHeader: 'x-amz-copy-source',
		headers: [...copying, 'x-amz-copy-source-range'],
		handle: multipart.uploadPartCopy,
	},
	{
		operation: 'UploadPart',
		level: 'object',
		method: 'PUT',
		needs: ['partNumber', 'uploadId'],
		body: 'object',
		handle: multipart.uploadPart,
	},
	{
		operation: 'CopyObject',
		level: 'object',
		method: 'PUT',
		needsHeader: 'x-amz-copy-source',
		headers: [
			...copying,
			...writing,
			'x-amz-metadata-directive',
			'x-amz-tagging-directive',
			'x-amz-checksum-algorithm',
		],
		handle: copyObject,
	},
	{
		operation: 'PutObject',
		level: 'object',
		method: 'PUT',
		headers: writing,
		body: 'object',
		handle: putObject,
	},
	{
		operation: 'AbortMultipartUpload',
		level: 'object',
		method: 'DELETE',
		needs: ['uploadId'],
		handle: multipart.abortMultipartUpload,
	},
	{
		operation: 'DeleteObject',
		level: 'object',
		method: 'DELETE',
		query: ['versionId'],
		handle: deleteObject,
	},
	{
		operation: 'CreateMultipartUpload',
		level: 'object',
		method: 'POST',
		needs: ['uploads'],
		headers: [...writing, 'x-amz-checksum-algorithm', 'x-amz-checksum-type'],
		handle: multipart.createMultipartUpload,
	},
	{
		operation: 'CompleteMultipartUpload',
		level: 'object',
		method: 'POST',
		needs: ['uploadId'],
		headers: ['x-amz-checksum-type', 'x-amz-mp-object-size'],
		body: 'document',
		checksum: 'object',
		handle: completeMultipartUpload,
	},
];
