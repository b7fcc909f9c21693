import { blocks } from '../bucketSettings.ts';
import { S3Error } from '../errors.ts';
import { bucketOf } from '../operation.ts';
import type { Call, Handler } from '../operation.ts';
import { isPublic, readPolicy } from '../policy.ts';
import { element, resultDocument } from '../xml.ts';

const maxBytes = 20 * 1024;

function policyOf(call: Call): string {
	const bucket = bucketOf(call);
	if (bucket.policy !== undefined) return bucket.policy;
	throw new S3Error('NoSuchBucketPolicy', { elements: { BucketName: bucket.name } });
}

export const getBucketPolicy: Handler = (call) => ({
	status: 200,
	headers: { 'content-type': 'application/json' },
	body: [Buffer.from(policyOf(call))],
});

export const putBucketPolicy: Handler = (call) => {
	const bucket = bucketOf(call);
	const text = Buffer.concat(call.body.chunks).toString();
	if (call.body.size > maxBytes) {
		throw new S3Error('MalformedPolicy', {
			message: 'Policy exceeds the maximum allowed document size.',
		});
	}
	const open = isPublic(readPolicy(text, bucket.name));
	if (open && blocks(bucket, 'BlockPublicPolicy')) throw new S3Error('AccessDenied');
	bucket.policy = text;
	return { status: 204 };
};

export const deleteBucketPolicy: Handler = (call) => {
	bucketOf(call).policy = undefined;
	return { status: 204 };
};

export const getBucketPolicyStatus: Handler = (call) => {
	const open = isPublic(readPolicy(policyOf(call), bucketOf(call).name));
	const content = [element('IsPublic', open)];
	return { status: 200, body: resultDocument('PolicyStatus', content) };
};
