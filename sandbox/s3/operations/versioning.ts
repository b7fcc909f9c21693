import { S3Error } from '../errors.ts';
import { bucketOf, xmlBody } from '../operation.ts';
import type { Handler } from '../operation.ts';
import { childText, element, resultDocument } from '../xml.ts';

/** Empty until it was enabled for the first time. */
export const getBucketVersioning: Handler = (call) => {
	const { versioning } = bucketOf(call);
	const status = versioning !== undefined && element('Status', versioning);
	return { status: 200, body: resultDocument('VersioningConfiguration', [status]) };
};

export const putBucketVersioning: Handler = (call) => {
	const bucket = bucketOf(call);
	const root = xmlBody(call, 'VersioningConfiguration');
	const status = childText(root, 'Status');
	const mfa = childText(root, 'MfaDelete');
	if (mfa === 'Enabled') {
		throw new S3Error('NotImplemented', { elements: { Element: 'MfaDelete' } });
	}
	const known = root.children.every(({ name }) => ['Status', 'MfaDelete'].includes(name));
	if (!known) throw new S3Error('MalformedXML');
	if (status !== 'Enabled' && status !== 'Suspended') {
		throw new S3Error('IllegalVersioningConfigurationException');
	}
	if (status === 'Suspended' && bucket.lock) {
		throw new S3Error('InvalidBucketState', {
			message:
				'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
		});
	}
	bucket.versioning = status;
	return { status: 200 };
};
