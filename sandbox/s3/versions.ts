import { S3Error } from './errors.ts';
import { bucketOf, invalidArgument, keyOf, type Call } from './operation.ts';
import { isObject, versionsOf, type Bucket, type StoredObject, type Version } from './store.ts';

/** A version id of the form this server gives. @throws S3Error InvalidArgument */
export function checkVersionId(versionId: string): string {
	if (versionId === 'null' || /^[A-Za-z0-9.]{32}$/.test(versionId)) return versionId;
	throw invalidArgument(
		'versionId',
		versionId,
		versionId === '' ? 'Version id cannot be the empty string' : 'Invalid version id specified',
	);
}

/** The version the query names, if it names one. */
export function versionIdOf({ request }: Call): string | undefined {
	const versionId = request.query.get('versionId');
	return versionId === undefined ? undefined : checkVersionId(versionId);
}

/** What S3 says about a version it shows; nothing in a bucket that never had versioning. */
export function versionHeaders(
	{ versioning }: Pick<Bucket, 'versioning'>,
	version: Version | undefined,
): Record<string, string> {
	if (!version || versioning === undefined) return {};
	const headers: Record<string, string> = { 'x-amz-version-id': version.versionId };
	if (!isObject(version)) headers['x-amz-delete-marker'] = 'true';
	return headers;
}

/**
 * One version of a key, the newest when none is named.
 * @throws S3Error NoSuchKey, NoSuchVersion, or MethodNotAllowed for a delete marker
 */
export function findVersion(bucket: Bucket, key: string, versionId?: string): StoredObject {
	const versions = versionsOf(bucket, key);
	const version =
		versionId === undefined ? versions[0] : versions.find((one) => one.versionId === versionId);
	if (isObject(version)) return version;
	const headers = versionHeaders(bucket, version);
	if (versionId === undefined) throw new S3Error('NoSuchKey', { elements: { Key: key }, headers });
	if (!version) {
		throw new S3Error('NoSuchVersion', { elements: { Key: key, VersionId: versionId } });
	}
	throw new S3Error('MethodNotAllowed', {
		elements: { Method: 'GET', ResourceType: 'DeleteMarker' },
		headers: {
			...headers,
			allow: 'DELETE',
			'last-modified': new Date(version.lastModified).toUTCString(),
		},
	});
}

/** The object, or the version of it, that the request names. */
export function objectOf(call: Call): StoredObject {
	return findVersion(bucketOf(call), keyOf(call), versionIdOf(call));
}
