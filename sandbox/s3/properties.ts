import { aclOf } from './acl.ts';
import { metadataOf } from './metadata.ts';
import { bucketOf, type Call } from './operation.ts';
import type { ObjectProperties } from './store.ts';
import { tagsOf } from './tags.ts';

/** What the headers of a write say about the new object besides its bytes. */
export function propertiesOf(call: Call): ObjectProperties {
	const { request, user, users } = call;
	return {
		metadata: metadataOf(request),
		tags: tagsOf(request),
		acl: aclOf(request, user, bucketOf(call).owner, users),
	};
}
