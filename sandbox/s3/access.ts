import { aclAllows, withoutGroups, type Permission } from './acl.ts';
import { blocks, ownership } from './bucketSettings.ts';
import { S3Error } from './errors.ts';
import type { Call } from './operation.ts';
import type { S3Request } from './request.ts';
import { isPublic, judge, readPolicy } from './policy.ts';
import { versionsOf, isObject, type Bucket, type StoredObject } from './store.ts';
import { accountId, anonymous, userOf } from './users.ts';

/**
 * Actions whose name is not that of the operation
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html).
 * Undefined: the operation asks for each of its objects itself.
 */
const actions: Record<string, string | undefined> = {
	HeadBucket: 'ListBucket',
	ListObjects: 'ListBucket',
	ListObjectsV2: 'ListBucket',
	ListObjectVersions: 'ListBucketVersions',
	ListMultipartUploads: 'ListBucketMultipartUploads',
	ListParts: 'ListMultipartUploadParts',
	HeadObject: 'GetObject',
	GetObjectAttributes: 'GetObject',
	SelectObjectContent: 'GetObject',
	CopyObject: 'PutObject',
	PostObject: undefined,
	UploadPart: 'PutObject',
	UploadPartCopy: 'PutObject',
	CreateMultipartUpload: 'PutObject',
	CompleteMultipartUpload: 'PutObject',
	DeleteObjects: undefined,
	DeleteBucketTagging: 'PutBucketTagging',
	DeleteBucketCors: 'PutBucketCORS',
	DeleteBucketEncryption: 'PutEncryptionConfiguration',
	PutBucketEncryption: 'PutEncryptionConfiguration',
	GetBucketEncryption: 'GetEncryptionConfiguration',
	GetBucketLifecycleConfiguration: 'GetLifecycleConfiguration',
	PutBucketLifecycleConfiguration: 'PutLifecycleConfiguration',
	DeleteBucketLifecycle: 'PutLifecycleConfiguration',
	GetPublicAccessBlock: 'GetBucketPublicAccessBlock',
	PutPublicAccessBlock: 'PutBucketPublicAccessBlock',
	DeletePublicAccessBlock: 'PutBucketPublicAccessBlock',
	DeleteBucketOwnershipControls: 'PutBucketOwnershipControls',
	GetObjectLockConfiguration: 'GetBucketObjectLockConfiguration',
	PutObjectLockConfiguration: 'PutBucketObjectLockConfiguration',
	GetBucketNotificationConfiguration: 'GetBucketNotification',
	PutBucketNotificationConfiguration: 'PutBucketNotification',
	GetBucketAccelerateConfiguration: 'GetAccelerateConfiguration',
	PutBucketAccelerateConfiguration: 'PutAccelerateConfiguration',
};

/** Operations whose action has another name when they name a version. */
const versioned = [
	'GetObject',
	'DeleteObject',
	'GetObjectAcl',
	'PutObjectAcl',
	'GetObjectTagging',
	'PutObjectTagging',
	'DeleteObjectTagging',
	'GetObjectAttributes',
];

/** The action an operation needs, or nothing when it asks for itself. */
export function actionOf(operation: string, version: boolean): string | undefined {
	const name = operation in actions ? actions[operation] : operation;
	if (name === undefined) return undefined;
	return `s3:${name}${version && versioned.includes(name) ? 'Version' : ''}`;
}

/** What an ACL must grant for an action, and whose ACL; other actions are never granted by ACLs. */
const grantedBy: Record<string, ['bucket' | 'object', Permission]> = {
	's3:ListBucket': ['bucket', 'READ'],
	's3:ListBucketVersions': ['bucket', 'READ'],
	's3:ListBucketMultipartUploads': ['bucket', 'READ'],
	's3:ListMultipartUploadParts': ['bucket', 'WRITE'],
	's3:AbortMultipartUpload': ['bucket', 'WRITE'],
	's3:PutObject': ['bucket', 'WRITE'],
	's3:DeleteObject': ['bucket', 'WRITE'],
	's3:GetBucketAcl': ['bucket', 'READ_ACP'],
	's3:PutBucketAcl': ['bucket', 'WRITE_ACP'],
	's3:GetObject': ['object', 'READ'],
	's3:GetObjectVersion': ['object', 'READ'],
	's3:GetObjectAcl': ['object', 'READ_ACP'],
	's3:GetObjectVersionAcl': ['object', 'READ_ACP'],
	's3:PutObjectAcl': ['object', 'WRITE_ACP'],
	's3:PutObjectVersionAcl': ['object', 'WRITE_ACP'],
};

export interface Wish {
	action: string;
	bucket: Bucket;
	key?: string;
	object?: StoredObject;
}

type Caller = Pick<Call, 'account' | 'request' | 'now'>;

/** The value of a condition key of a policy. */
function valueOf({ account, request, now }: Caller, object: StoredObject | undefined, key: string) {
	const [space = '', name = ''] = [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)];
	if (space === 's3') {
		const [kind, tag = ''] = [name.split('/')[0], name.slice(name.indexOf('/') + 1)];
		if (kind === 'ExistingObjectTag') return object?.tags.get(tag);
		if (kind === 'RequestObjectTag') {
			return new URLSearchParams(request.headers.get('x-amz-tagging')).get(tag) ?? undefined;
		}
		if (name === 'VersionId') return request.query.get('versionId');
		if (name === 'signatureversion') return 'AWS4-HMAC-SHA256';
		if (name === 'authType') {
			return request.query.has('X-Amz-Signature') ? 'REST-QUERY-STRING' : 'REST-HEADER';
		}
		return request.query.get(name) ?? request.headers.get(name);
	}
	const global: Record<string, string | undefined> = {
		sourceip: request.address,
		securetransport: 'false',
		currenttime: new Date(now).toISOString(),
		username: account === anonymous ? undefined : userOf(account),
		useragent: request.headers.get('user-agent'),
		referer: request.headers.get('referer'),
	};
	return global[name.toLowerCase()];
}

/** Whether somebody may do something: by the bucket's policy, as its owner, or by an ACL. */
export function mayDo(caller: Caller, { action, bucket, key, object }: Wish): boolean {
	const user = userOf(caller.account);
	const owns = user === bucket.owner;
	const policy = bucket.policy === undefined ? [] : readPolicy(bucket.policy, bucket.name);
	const verdict = judge(policy, {
		user,
		action,
		resource: `arn:aws:s3:::${bucket.name}${key === undefined ? '' : `/${key}`}`,
		value: (name) => valueOf(caller, object, name),
	});
	// The owner must be able to undo a policy that locks everybody out.
	if (verdict === 'Deny' && !(owns && /^s3:(?:Get|Put|Delete)BucketPolicy$/.test(action))) {
		return false;
	}
	const grant = grantedBy[action];
	const restricted = blocks(bucket, 'RestrictPublicBuckets') && isPublic(policy);
	if (owns || (verdict === 'Allow' && !restricted)) return true;
	if (ownership(bucket) === 'BucketOwnerEnforced') return false;
	if (grant?.[0] === 'object' && object?.owner === user) return true;
	const acl = grant?.[0] === 'bucket' ? bucket.acl : object?.acl;
	if (!grant || !acl) return false;
	const shown = blocks(bucket, 'IgnorePublicAcls') ? withoutGroups(acl) : acl;
	return aclAllows(shown, user, grant[1]);
}

/**
 * Refuses what somebody may not do. Whoever may list a bucket may know that a key is absent.
 * @throws S3Error AccessDenied
 */
export function demand(
	caller: Caller,
	action: string,
	bucket: Bucket,
	key?: string,
	versionId?: string,
): void {
	const found =
		key === undefined
			? undefined
			: versionsOf(bucket, key).find(
					(one, at) => one.versionId === versionId || (versionId === undefined && at === 0),
				);
	const object = isObject(found) ? found : undefined;
	if (mayDo(caller, { action, bucket, key, object })) return;
	const reads = key !== undefined && !object && grantedBy[action]?.[0] === 'object';
	if (reads && mayDo(caller, { action: 's3:ListBucket', bucket })) return;
	throw new S3Error('AccessDenied');
}

/** A client may say whose bucket it means. @throws S3Error AccessDenied */
export function checkOwner({ headers }: S3Request, header: string, { owner }: Bucket): void {
	const expected = headers.get(header);
	if (expected !== undefined && expected !== accountId(owner)) throw new S3Error('AccessDenied');
}
