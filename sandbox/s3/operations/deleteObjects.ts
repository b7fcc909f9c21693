import { S3Error } from '../errors.ts';
import { bucketOf, xmlBody } from '../operation.ts';
import type { Call, Handler } from '../operation.ts';
import type { Bucket } from '../store.ts';
import { childText, element, resultDocument, type Xml, type XmlNode } from '../xml.ts';
import { removeKey } from './writeObject.ts';

const maxKeys = 1000;

interface Doomed {
	key: string;
	versionId?: string;
	etag?: string;
}

function doomed(node: XmlNode): Doomed {
	const key = childText(node, 'Key');
	const known = ['Key', 'VersionId', 'ETag'];
	if (!key || node.children.some(({ name }) => !known.includes(name))) {
		throw new S3Error('MalformedXML');
	}
	return { key, versionId: childText(node, 'VersionId'), etag: childText(node, 'ETag') };
}

function removeOne(call: Call, bucket: Bucket, { key, versionId, etag }: Doomed): void {
	if (versionId !== undefined && versionId !== 'null') throw new S3Error('NotImplemented');
	const existing = bucket.objects.get(key);
	const expected = etag?.replace(/^"(.*)"$/, '$1');
	if (existing && expected !== undefined && !['*', existing.etag].includes(expected)) {
		throw new S3Error('PreconditionFailed');
	}
	removeKey(call, bucket, key);
}

export const deleteObjects: Handler = (call) => {
	const bucket = bucketOf(call);
	if (!call.body.protected) {
		throw new S3Error('InvalidRequest', {
			message: 'Missing required header for this request: Content-MD5',
		});
	}
	const root = xmlBody(call, 'Delete');
	const targets = root.children.filter(({ name }) => name === 'Object').map(doomed);
	if (targets.length === 0 || targets.length > maxKeys) throw new S3Error('MalformedXML');
	const quiet = childText(root, 'Quiet') === 'true';
	const results = targets.map((target): Xml | false => {
		try {
			removeOne(call, bucket, target);
		} catch (error) {
			if (!(error instanceof S3Error)) throw error;
			return element('Error', [
				element('Key', target.key),
				element('Code', error.code),
				element('Message', error.message),
			]);
		}
		return quiet ? false : element('Deleted', [element('Key', target.key)]);
	});
	return { status: 200, body: resultDocument('DeleteResult', results) };
};
