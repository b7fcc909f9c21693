import * as acl from '../operations/acl.ts';
import * as buckets from '../operations/buckets.ts';
import { deleteObjects } from '../operations/deleteObjects.ts';
import { listObjects, listObjectsV2 } from '../operations/listing.ts';
import { listObjectVersions } from '../operations/listVersions.ts';
import { listMultipartUploads } from '../operations/multipartListing.ts';
import * as objectLock from '../operations/objectLock.ts';
import * as policy from '../operations/policy.ts';
import { postObject } from '../operations/postObject.ts';
import * as versioning from '../operations/versioning.ts';
import { bypass, grantHeaders } from './headers.ts';
import type { Route } from './route.ts';

const listing = ['prefix', 'delimiter', 'max-keys', 'encoding-type'];
const optionalAttributes = 'x-amz-optional-object-attributes';

/** Buckets and what they hold. The more particular one stands first. */
export const bucketRoutes: Route[] = [
	{
		operation: 'ListBuckets',
		level: 'service',
		method: 'GET',
		query: ['prefix', 'max-buckets', 'continuation-token', 'bucket-region'],
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
		operation: 'GetBucketVersioning',
		level: 'bucket',
		method: 'GET',
		needs: ['versioning'],
		handle: versioning.getBucketVersioning,
	},
	{
		operation: 'PutBucketVersioning',
		level: 'bucket',
		method: 'PUT',
		needs: ['versioning'],
		body: 'document',
		handle: versioning.putBucketVersioning,
	},
	{
		operation: 'GetBucketAcl',
		level: 'bucket',
		method: 'GET',
		needs: ['acl'],
		handle: acl.getBucketAcl,
	},
	{
		operation: 'PutBucketAcl',
		level: 'bucket',
		method: 'PUT',
		needs: ['acl'],
		headers: grantHeaders,
		body: 'document',
		handle: acl.putBucketAcl,
	},
	{
		operation: 'GetObjectLockConfiguration',
		level: 'bucket',
		method: 'GET',
		needs: ['object-lock'],
		handle: objectLock.getObjectLockConfiguration,
	},
	{
		operation: 'PutObjectLockConfiguration',
		level: 'bucket',
		method: 'PUT',
		needs: ['object-lock'],
		body: 'document',
		protect: true,
		handle: objectLock.putObjectLockConfiguration,
	},
	{
		operation: 'GetBucketPolicy',
		level: 'bucket',
		method: 'GET',
		needs: ['policy'],
		handle: policy.getBucketPolicy,
	},
	{
		operation: 'PutBucketPolicy',
		level: 'bucket',
		method: 'PUT',
		needs: ['policy'],
		headers: ['x-amz-confirm-remove-self-bucket-access'],
		body: 'document',
		handle: policy.putBucketPolicy,
	},
	{
		operation: 'DeleteBucketPolicy',
		level: 'bucket',
		method: 'DELETE',
		needs: ['policy'],
		handle: policy.deleteBucketPolicy,
	},
	{
		operation: 'GetBucketPolicyStatus',
		level: 'bucket',
		method: 'GET',
		needs: ['policyStatus'],
		handle: policy.getBucketPolicyStatus,
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
		operation: 'ListObjectVersions',
		level: 'bucket',
		method: 'GET',
		needs: ['versions'],
		query: [...listing, 'key-marker', 'version-id-marker'],
		headers: [optionalAttributes],
		handle: listObjectVersions,
	},
	{
		operation: 'ListObjectsV2',
		level: 'bucket',
		method: 'GET',
		needs: ['list-type'],
		query: [...listing, 'continuation-token', 'start-after', 'fetch-owner'],
		headers: [optionalAttributes],
		handle: listObjectsV2,
	},
	{
		operation: 'ListObjects',
		level: 'bucket',
		method: 'GET',
		query: [...listing, 'marker'],
		headers: [optionalAttributes],
		handle: listObjects,
	},
	{ operation: 'HeadBucket', level: 'bucket', method: 'HEAD', handle: buckets.headBucket },
	{
		operation: 'CreateBucket',
		level: 'bucket',
		method: 'PUT',
		headers: [...grantHeaders, 'x-amz-bucket-object-lock-enabled', 'x-amz-object-ownership'],
		body: 'document',
		handle: buckets.createBucket,
	},
	{ operation: 'DeleteBucket', level: 'bucket', method: 'DELETE', handle: buckets.deleteBucket },
	{
		operation: 'PostObject',
		level: 'bucket',
		method: 'POST',
		form: true,
		body: 'object',
		handle: postObject,
	},
	{
		operation: 'DeleteObjects',
		level: 'bucket',
		method: 'POST',
		needs: ['delete'],
		headers: bypass,
		body: 'document',
		protect: true,
		handle: deleteObjects,
	},
];
