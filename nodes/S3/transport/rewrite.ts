import { Failure, toFailure } from '../../shared/resilience/failure';
import { getObjectAcl } from './acl';
import type { S3Client } from './client';
import type { Copied } from './copy';
import { copyObject } from './copy';
import type { SourceInfo } from './copySource';
import { CONTENT_HEADERS, copySourceInfo, hasMd5Etag, KEEPING_HEADERS } from './copySource';
import type { CustomerKey } from './encryption';
import { customerKeyHeaders } from './encryption';
import type { Headers } from './headerValues';
import { metadataOf } from './metadata';
import { putLegalHold, putRetention } from './objectLock';
import { headObject } from './objects';
import type { Version } from './subresource';
import { isHidden, isLacking, keepTags, visibleTags } from './tagging';
import { aclHeaders, writeHeaders } from './writeHeaders';

interface Place {
	bucket: string;
	key: string;
}

export interface Rewrite {
	/** takes the place of what the object has */
	set: Headers;
	/** names of headers that the object is not to have any more */
	clear?: string[];
	/** the user metadata is that in `set`, and nothing of what the object had */
	replaceMetadata?: boolean;
	/** of SSE-C: the object is kept under it */
	customerKey?: CustomerKey;
}

export interface Rewritten extends Copied {
	metadata: Record<string, string>;
	/** false: the key may not read the ACL, so the object has the usual one now */
	aclKept?: false;
}

/**
 * Stores an object anew as a copy of itself, which is how S3 changes what cannot be changed: headers,
 * metadata, storage class. What is not to change is carried over, the ACL as well, and nothing is
 * done when somebody replaced the object meanwhile.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/copy-object.html
 */
export async function rewriteObject(
	s3: S3Client,
	place: Place,
	{ set, clear = [], replaceMetadata = false, customerKey }: Rewrite,
): Promise<Rewritten> {
	const sourceHeaders = customerKey ? customerKeyHeaders(s3, customerKey, 'copy-source-') : {};
	const found = await copySourceInfo(s3, { source: place, sourceHeaders });
	const access = await accessOf(s3, place);
	const tags = await visibleTags(s3, place);
	const locked = Date.parse(found.headers[RETAIN_UNTIL] ?? '') > s3.clock.now();
	const left = locked ? clear : [...clear, RETAIN_UNTIL, 'x-amz-object-lock-mode'];
	const headers = {
		...Object.fromEntries(
			Object.entries(found.headers).filter(
				([name]) => isKept(name, replaceMetadata) && !left.includes(name),
			),
		),
		...(customerKey && customerKeyHeaders(s3, customerKey)),
		...access,
		...(tags && writeHeaders(s3, { tags })),
		...set,
	};
	const rewriting = { place, sourceHeaders, found, headers };
	const copied = await copyObject(s3, place, place, {
		headers,
		sourceHeaders,
		replaceMetadata: true,
		found,
	}).catch(async (error: unknown) => await doneBefore(s3, toFailure(error), rewriting));
	if (hasMd5Etag(found) && hasMd5Etag({ ...found, ...copied }) && copied.etag !== found.etag)
		throw mixed(place);
	const object = { ...place, versionId: copied.versionId };
	const tagsKept = await keepTags(s3, object, headers['x-amz-tagging']);
	await keepLock(s3, object, headers);
	return {
		...copied,
		...tagsKept,
		metadata: metadataOf(headers),
		...(access === undefined && { aclKept: false as const }),
	};
}

interface Rewriting {
	place: Place;
	sourceHeaders: Headers;
	found: SourceInfo;
	headers: Headers;
}

/** After a lost answer the object may have changed because an earlier attempt changed it. */
async function doneBefore(
	s3: S3Client,
	failure: Failure,
	{ place, sourceHeaders, found, headers }: Rewriting,
): Promise<Copied> {
	if (failure.code === 'NotImplemented') throw failure.withHint(NO_COPY);
	if (failure.code !== 'PreconditionFailed') throw failure;
	if (failure.attempts < 2) throw failure.withHint(REPLACED);
	const now = await copySourceInfo(s3, { source: place, sourceHeaders }).catch(() => undefined);
	if (!now || now.size !== found.size || !hasAll(now, headers)) throw failure.withHint(REPLACED);
	return { etag: now.etag, versionId: now.headers['x-amz-version-id'] };
}

const NO_COPY =
	'This server cannot copy such an object; Ceph for one none that is encrypted. Download it and upload it again.';

/** There are servers that ignore the condition of a copy (Ceph). */
const mixed = ({ bucket, key }: Place) =>
	new Failure({
		kind: 'conflict',
		phase: 'maybeDone',
		code: 'OBJECT_CHANGED',
		message: `"${key}" in bucket "${bucket}" was replaced while its metadata was changed: the new content may have the metadata of the old one`,
		hint: 'This server ignores the condition that prevents it. Look at the object, and run the item again.',
	});

/** A new version is under the lock of the old one, also where the server does not take it from a copy. */
async function keepLock(s3: S3Client, object: Version, headers: Headers): Promise<void> {
	const mode = headers['x-amz-object-lock-mode'];
	const retainUntil = headers[RETAIN_UNTIL];
	const legalHold = headers['x-amz-object-lock-legal-hold'] === 'ON';
	if (!retainUntil && !legalHold) return;
	const { lock } = await headObject(s3, object.bucket, object.key, {
		versionId: object.versionId,
	});
	if (retainUntil && !lock?.retainUntil) await putRetention(s3, object, { mode, retainUntil });
	if (legalHold && !lock?.legalHold) await putLegalHold(s3, object, true);
}

// One that has run out is no date that a new version could have.
const RETAIN_UNTIL = 'x-amz-object-lock-retain-until-date';
const REPLACED = 'Somebody replaced the object meanwhile: run the item again.';

/** Headers that CopyObject would leave behind, or takes from the request once it is to replace any. */
const KEPT = new Set([
	...CONTENT_HEADERS,
	...KEEPING_HEADERS,
	'x-amz-object-lock-legal-hold',
	'x-amz-object-lock-mode',
	RETAIN_UNTIL,
]);

const isMetadata = (name: string) => name.startsWith('x-amz-meta-');
const isKept = (name: string, replaceMetadata: boolean) =>
	KEPT.has(name) || (isMetadata(name) && !replaceMetadata);

const hasAll = ({ headers }: SourceInfo, wanted: Headers): boolean =>
	Object.entries(wanted).every(
		([name, value]) => !(isMetadata(name) || KEPT.has(name)) || headers[name] === value,
	);

/** The ACL as headers; `undefined` where the key may not read it. Most objects have none of their own. */
async function accessOf(s3: S3Client, place: Place): Promise<Headers | undefined> {
	try {
		const { owner, grants } = await getObjectAcl(s3, place);
		const shared = grants.some(
			({ permission, grantee }) => permission !== 'FULL_CONTROL' || grantee !== owner.id,
		);
		return shared ? aclHeaders({ grants }) : {};
	} catch (error) {
		const failure = toFailure(error);
		if (failure.code === 'AccessControlListNotSupported' || isLacking(failure)) return {};
		if (isHidden(failure)) return undefined;
		throw failure;
	}
}
