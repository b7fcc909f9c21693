import { mentionsAcl, withoutGroups, type Acl } from './acl.ts';
import { blocks, ownership } from './bucketSettings.ts';
import { S3Error } from './errors.ts';
import type { S3Request } from './request.ts';
import type { Bucket } from './store.ts';

/**
 * A bucket may forbid ACLs, or those that let strangers in.
 * @throws S3Error AccessControlListNotSupported, AccessDenied
 */
export function checkNewAcl(bucket: Bucket, request: S3Request, acl: Acl): Acl {
	const harmless = [undefined, 'bucket-owner-full-control'].includes(
		request.headers.get('x-amz-acl'),
	);
	const speaks = mentionsAcl(request) || request.query.has('acl');
	if (
		ownership(bucket) === 'BucketOwnerEnforced' &&
		speaks &&
		!(harmless && onlyOwner(acl, bucket))
	) {
		throw new S3Error('AccessControlListNotSupported');
	}
	const open = withoutGroups(acl).grants.length < acl.grants.length;
	if (open && blocks(bucket, 'BlockPublicAcls')) throw new S3Error('AccessDenied');
	return acl;
}

function onlyOwner({ grants }: Acl, { owner }: Bucket): boolean {
	return grants.every(({ to, permission }) => {
		return 'user' in to && to.user === owner && permission === 'FULL_CONTROL';
	});
}

/** Who owns a new object: whoever writes it, or the bucket's owner where the bucket says so. */
export function ownerOfNew(bucket: Bucket, { headers }: S3Request, user: string): string {
	const rule = ownership(bucket);
	const given = headers.get('x-amz-acl') === 'bucket-owner-full-control';
	const takes = rule === 'BucketOwnerEnforced' || (rule === 'BucketOwnerPreferred' && given);
	return takes ? bucket.owner : user;
}
