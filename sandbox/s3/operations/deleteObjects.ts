import { demand } from '../access.ts';
import { S3Error } from '../errors.ts';
import { bucketOf, xmlBody } from '../operation.ts';
import type { Call, Handler } from '../operation.ts';
import { isObject, type Bucket, type Version } from '../store.ts';
import { checkVersionId } from '../versions.ts';
import { childText, element, resultDocument, type Xml, type XmlNode } from '../xml.ts';
import { doomedVersion, removeKey } from './writeObject.ts';

const maxKeys = 1000;

interface Doomed {
	key: string;
	versionId?: string;
	etag?: string;
	size?: string;
	lastModified?: string;
}

function doomed(node: XmlNode): Doomed {
	const key = childText(node, 'Key');
	const known = ['Key', 'VersionId', 'ETag', 'Size', 'LastModifiedTime'];
	if (!key || node.children.some(({ name }) => !known.includes(name))) {
		throw new S3Error('MalformedXML');
	}
	return {
		key,
		versionId: childText(node, 'VersionId'),
		etag: childText(node, 'ETag')?.replace(/^"(.*)"$/, '$1'),
		size: childText(node, 'Size'),
		lastModified: childText(node, 'LastModifiedTime'),
	};
}

/** Whether the conditions of one key hold; they do for what is not there. */
function holds({ etag, size, lastModified }: Doomed, existing: Version | undefined): boolean {
	if (!isObject(existing)) return true;
	return (
		(etag === undefined || etag === '*' || etag === existing.etag) &&
		(size === undefined || Number(size) === existing.size) &&
		(lastModified === undefined || Date.parse(lastModified) === existing.lastModified)
	);
}

function removeOne(call: Call, bucket: Bucket, target: Doomed): Version | undefined {
	const { key } = target;
	const versionId = target.versionId === undefined ? undefined : checkVersionId(target.versionId);
	const action = versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion';
	demand(call, action, bucket, key, versionId);
	if (!holds(target, doomedVersion(bucket, key, versionId))) {
		throw new S3Error('PreconditionFailed');
	}
	return removeKey(call, bucket, key, versionId);
}

/** One row of the answer: what happened to a marker has elements of its own. */
function deleted({ key, versionId }: Doomed, removed: Version | undefined): Xml {
	const marker = removed !== undefined && !isObject(removed);
	return element('Deleted', [
		element('Key', key),
		versionId !== undefined && element('VersionId', versionId),
		marker && element('DeleteMarker', true),
		marker && element('DeleteMarkerVersionId', removed.versionId),
	]);
}

export const deleteObjects: Handler = (call) => {
	const bucket = bucketOf(call);
	const root = xmlBody(call, 'Delete');
	const targets = root.children.filter(({ name }) => name === 'Object').map(doomed);
	if (targets.length === 0 || targets.length > maxKeys) throw new S3Error('MalformedXML');
	const quiet = childText(root, 'Quiet') === 'true';
	const results = targets.map((target): Xml | false => {
		try {
			const removed = removeOne(call, bucket, target);
			return quiet ? false : deleted(target, removed);
		} catch (error) {
			if (!(error instanceof S3Error)) throw error;
			return element('Error', [
				element('Key', target.key),
				target.versionId !== undefined && element('VersionId', target.versionId),
				element('Code', error.code),
				element('Message', error.message),
			]);
		}
	});
	return { status: 200, body: resultDocument('DeleteResult', results) };
};
