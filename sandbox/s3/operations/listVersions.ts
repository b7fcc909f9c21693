import { ownerElement } from '../acl.ts';
import { bucketOf, integerArgument, invalidArgument, isoTime } from '../operation.ts';
import type { Handler } from '../operation.ts';
import { compareKeys } from '../sortedKeys.ts';
import { isObject, versionsOf, type Bucket, type Version } from '../store.ts';
import { element, resultDocument, type Xml } from '../xml.ts';
import { nameEncoder } from './listing.ts';
import { pageOf, type Source } from './paging.ts';

interface Entry {
	version: Version;
	latest: boolean;
}

/** The versions behind a position; without a version id that is behind all versions of the key. */
function versionsBehind(bucket: Bucket, keyMarker: string, idMarker: string): Source<Entry> {
	return function* (holds) {
		const behind = (key: string) => compareKeys(key, keyMarker) >= (idMarker === '' ? 1 : 0);
		const from = keyMarker === '' ? holds : (key: string) => behind(key) && holds(key);
		for (const key of bucket.keys.from(from)) {
			const versions = versionsOf(bucket, key);
			const seen =
				key === keyMarker ? versions.findIndex(({ versionId }) => versionId === idMarker) + 1 : 0;
			for (const [at, version] of versions.entries()) {
				if (at >= seen) yield [key, { version, latest: at === 0 }] as const;
			}
		}
	};
}

function row({ version, latest }: Entry, encode: (text: string) => string): Xml {
	const common = [
		element('Key', encode(version.key)),
		element('VersionId', version.versionId),
		element('IsLatest', latest),
		element('LastModified', isoTime(version.lastModified)),
	];
	if (!isObject(version)) {
		return element('DeleteMarker', [...common, ownerElement(version.owner)]);
	}
	const { etag, size, checksum, owner, metadata } = version;
	return element('Version', [
		...common,
		element('ETag', `"${etag}"`),
		checksum !== undefined && element('ChecksumAlgorithm', checksum.algorithm),
		checksum !== undefined && element('ChecksumType', checksum.type),
		element('Size', size),
		ownerElement(owner),
		element('StorageClass', metadata.storageClass),
	]);
}

export const listObjectVersions: Handler = (call) => {
	const { request } = call;
	const bucket = bucketOf(call);
	const text = (name: string) => request.query.get(name) ?? '';
	const [prefix, delimiter] = [text('prefix'), text('delimiter')];
	const [keyMarker, idMarker] = [text('key-marker'), text('version-id-marker')];
	if (idMarker !== '' && keyMarker === '') {
		throw invalidArgument(
			'version-id-marker',
			idMarker,
			'A version-id marker cannot be specified without a key marker.',
		);
	}
	const max = integerArgument(request, 'max-keys', { usual: 1000, min: 0, max: 1000 });
	const encode = nameEncoder(request);
	// Within one key the source itself knows the position.
	const after = idMarker === '' ? keyMarker : '';
	const page = pageOf(versionsBehind(bucket, keyMarker, idMarker), {
		prefix,
		delimiter,
		after,
		max,
	});
	const last = page.entries.at(-1)?.version;
	const next = page.next;
	const body = resultDocument('ListVersionsResult', [
		element('Name', bucket.name),
		element('Prefix', encode(prefix)),
		element('KeyMarker', encode(keyMarker)),
		element('VersionIdMarker', idMarker),
		next !== undefined && element('NextKeyMarker', encode(next)),
		next !== undefined && last?.key === next && element('NextVersionIdMarker', last.versionId),
		element('MaxKeys', max),
		delimiter !== '' && element('Delimiter', encode(delimiter)),
		request.query.has('encoding-type') && element('EncodingType', 'url'),
		element('IsTruncated', next !== undefined),
		...page.entries.map((entry) => row(entry, encode)),
		...page.prefixes.map((one) => element('CommonPrefixes', [element('Prefix', encode(one))])),
	]);
	return { status: 200, body };
};
