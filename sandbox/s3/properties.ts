import { aclOf } from './acl.ts';
import { checkNewAcl, ownerOfNew } from './aclRules.ts';
import { usualEncryption } from './bucketSettings.ts';
import { encryptionOf } from './encryption.ts';
import { metadataOf } from './metadata.ts';
import { newLock } from './objectLock.ts';
import { bucketOf, type Call } from './operation.ts';
import type { ObjectProperties } from './store.ts';
import { tagsOf } from './tags.ts';

/** What the headers of a write say about the new object besides its bytes. */
export function propertiesOf(call: Call): ObjectProperties {
	const { request, user, users, now } = call;
	const bucket = bucketOf(call);
	const owner = ownerOfNew(bucket, request, user);
	return {
		metadata: metadataOf(request),
		tags: tagsOf(request),
		owner,
		acl: checkNewAcl(bucket, request, aclOf(request, owner, bucket.owner, users)),
		lock: newLock(request, bucket, now),
		encryption: encryptionOf(request, usualEncryption(bucket)),
	};
}
