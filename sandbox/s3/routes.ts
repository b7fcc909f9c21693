import type { Handler } from './operation.ts';
import * as buckets from './operations/buckets.ts';
import { completeMultipartUpload } from './operations/completeMultipartUpload.ts';
import { copyObject } from './operations/copy.ts';
import { deleteObjects } from './operations/deleteObjects.ts';
import { listObjects, listObjectsV2 } from './operations/listing.ts';
import * as multipart from './operations/multipart.ts';
import { listMultipartUploads, listParts } from './operations/multipartListing.ts';
import { getObject, headObject } from './operations/readObject.ts';
import { deleteObject, putObject } from './operations/writeObject.ts';
import type { S3Request } from './request.ts';

export type Level = 'service' | 'bucket' | 'object';

export interface Route {
	/** Amazon's name of the operation. */
	operation: string;
	level: Level;
	method: string;
	/** Parameters that tell this operation from others of the same method. */
	needs?: string[];
	/** A header that tells it. */
	needsHeader?: string;
	/** Further parameters it understands. */
	query?: string[];
	/** `x-amz-*` headers it understands, besides those of every request; "name*" is a prefix. */
	headers?: string[];
	/** What kind of body it takes; none by default. */
	body?: 'object' | 'xml';
	handle: Handler;
}

const listing = ['prefix', 'delimiter', 'max-keys', 'encoding-type'];
const copying = ['x-amz-copy-source', 'x-amz-copy-source-if-*'];
const writing = ['x-amz-meta-*', 'x-amz-storage-class', 'x-amz-acl'];
const reading = {
	query: [
		'partNumber',
		'response-content-type',
		'response-content-language',
		'response-expires',
		'response-cache-control',
		'response-content-disposition',
		'response-content-encoding',
	],
	headers: ['x-amz-checksum-mode'],
};

/** The more particular one stands first. */
const routes: Route[] = [
	{
		operation: 'ListBuckets',
		level: 'service',
		method: 'GET',
		query: ['prefix', 'max-buckets', 'continuation-token'],
		handle: buckets.listBuckets,
	},
	{
		operation: 'GetBucketLocation',
		level: 'bucket',
		method: 'GET',
		needs: ['location'],
		handle: buckets.getBucketLocation,
	},
	{
		operation: 'ListMultipartUploads',
		level: 'bucket',
		method: 'GET',
		needs: ['uploads'],
		query: [
			'prefix',
			'delimiter',
			'encoding-type',
			'key-marker',
			'upload-id-marker',
			'max-uploads',
		],
		handle: listMultipartUploads,
	},
	{
		operation: 'ListObjectsV2',
		level: 'bucket',
		method: 'GET',
		needs: ['list-type'],
		query: [...listing, 'continuation-token', 'start-after', 'fetch-owner'],
		handle: listObjectsV2,
	},
	{
		operation: 'ListObjects',
		level: 'bucket',
		method: 'GET',
		query: [...listing, 'marker'],
		handle: listObjects,
	},
	{ operation: 'HeadBucket', level: 'bucket', method: 'HEAD', handle: buckets.headBucket },
	{
		operation: 'CreateBucket',
		level: 'bucket',
		method: 'PUT',
		headers: ['x-amz-acl'],
		body: 'xml',
		handle: buckets.createBucket,
	},
	{ operation: 'DeleteBucket', level: 'bucket', method: 'DELETE', handle: buckets.deleteBucket },
	{
		operation: 'DeleteObjects',
		level: 'bucket',
		method: 'POST',
		needs: ['delete'],
		body: 'xml',
		handle: deleteObjects,
	},
	{
		operation: 'ListParts',
		level: 'object',
		method: 'GET',
		needs: ['uploadId'],
		query: ['max-parts', 'part-number-marker', 'encoding-type'],
		handle: listParts,
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
		headers: [...copying, ...writing, 'x-amz-metadata-directive'],
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
	{ operation: 'DeleteObject', level: 'object', method: 'DELETE', handle: deleteObject },
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
		body: 'xml',
		handle: completeMultipartUpload,
	},
];

/** What a request is about. */
export function levelOf({ bucket, key }: S3Request): Level {
	return bucket === undefined ? 'service' : key === undefined ? 'bucket' : 'object';
}

/** `x-id` only names the operation, and presigned requests carry their signature in the query. */
const everyParameter = /^(?:x-id|X-Amz-[A-Za-z0-9-]+)$/;

/**
 * The operation a request means. A parameter that no operation knows is a sub-resource the server
 * does not have: then there is no route.
 */
export function findRoute(request: S3Request): Route | undefined {
	const level = levelOf(request);
	const names = [...request.query.keys()].filter((name) => !everyParameter.test(name));
	return routes.find(
		(route) =>
			route.level === level &&
			route.method === request.method &&
			(route.needs ?? []).every((name) => request.query.has(name)) &&
			names.every((name) => route.needs?.includes(name) || route.query?.includes(name)) &&
			(route.needsHeader === undefined || request.headers.has(route.needsHeader)),
	);
}

/** Whether any operation of that level has the method. */
export function hasMethod(level: Level, method: string): boolean {
	return routes.some((one) => one.level === level && one.method === method);
}
