import { aclOf, ownerElement } from '../acl.ts';
import { setOwnership } from '../bucketSettings.ts';
import { S3Error } from '../errors.ts';
import { bucketOf, integerArgument, isoTime, maySee, xmlBody } from '../operation.ts';
import type { Call, Handler } from '../operation.ts';
import { compareKeys } from '../sortedKeys.ts';
import { newBucket } from '../store.ts';
import { childText, element, resultDocument } from '../xml.ts';

export const listBuckets: Handler = ({ request, store, account, user }) => {
	const max = integerArgument(request, 'max-buckets', { usual: 10_000, min: 1, max: 10_000 });
	const token = request.query.get('continuation-token');
	const prefix = request.query.get('prefix') ?? '';
	const after = token === undefined ? '' : Buffer.from(token, 'base64url').toString();
	const visible = [...store.buckets.values()]
		.filter(({ name, owner }) => owner === user && maySee(account, name) && name.startsWith(prefix))
		.filter(({ name }) => after === '' || compareKeys(name, after) > 0)
		.sort((a, b) => compareKeys(a.name, b.name));
	const page = visible.slice(0, max);
	const last = page.at(-1);
	const body = resultDocument('ListAllMyBucketsResult', [
		ownerElement(user),
		element(
			'Buckets',
			page.map(({ name, created, region }) =>
				element('Bucket', [
					element('Name', name),
					element('CreationDate', isoTime(created)),
					element('BucketRegion', region),
				]),
			),
		),
		visible.length > page.length &&
			last !== undefined &&
			element('ContinuationToken', Buffer.from(last.name).toString('base64url')),
		prefix !== '' && element('Prefix', prefix),
	]);
	return { status: 200, body };
};

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export function isBucketName(name: string): boolean {
	return (
		/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
		!/\.[.-]|-\./.test(name) &&
		!/^\d+\.\d+\.\d+\.\d+$/.test(name) &&
		!/^(?:xn--|sthree-|amzn-s3-demo-)/.test(name) &&
		!/(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name)
	);
}

/**
 * The region asked for. The endpoint of us-east-1 creates buckets anywhere but refuses its own name;
 * every other endpoint takes only its own.
 */
function locationConstraint(call: Call): string {
	if (call.body.size === 0) {
		if (call.region === 'us-east-1') return call.region;
		throw new S3Error('IllegalLocationConstraintException', {
			message:
				'The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.',
		});
	}
	const root = xmlBody(call, 'CreateBucketConfiguration');
	if (root.children.some(({ name }) => name !== 'LocationConstraint')) {
		throw new S3Error('NotImplemented');
	}
	const constraint = childText(root, 'LocationConstraint') ?? '';
	if (constraint === '' && call.region === 'us-east-1') return call.region;
	const region = constraint === 'EU' ? 'eu-west-1' : constraint;
	const valid = /^[a-z]{2}(?:-[a-z]+)+-\d$/.test(region) || region === call.region;
	if (!valid || region === 'us-east-1') {
		throw new S3Error('InvalidLocationConstraint', {
			elements: { LocationConstraint: constraint },
		});
	}
	if (call.region !== 'us-east-1' && region !== call.region) {
		throw new S3Error('IllegalLocationConstraintException', {
			message: `The ${region} location constraint is incompatible for the region specific endpoint this request was sent to.`,
		});
	}
	return region;
}

export const createBucket: Handler = (call) => {
	const { request, store, account, user, users, now } = call;
	const name = request.bucket ?? '';
	const region = locationConstraint(call);
	const existing = store.buckets.get(name);
	if (existing) {
		const own = existing.owner === user && maySee(account, name);
		const code = own ? 'BucketAlreadyOwnedByYou' : 'BucketAlreadyExists';
		throw new S3Error(code, { elements: { BucketName: name } });
	}
	if (!maySee(account, name)) throw new S3Error('AccessDenied');
	const acl = aclOf(request, user, user, users);
	const bucket = newBucket({ name, region, owner: user, created: now, acl });
	if (request.headers.get('x-amz-bucket-object-lock-enabled')?.toLowerCase() === 'true') {
		bucket.versioning = 'Enabled';
		bucket.lock = {};
	}
	setOwnership(bucket, request);
	store.buckets.set(name, bucket);
	return { status: 200, headers: { location: `/${name}` } };
};

export const headBucket: Handler = (call) => ({
	status: 200,
	headers: { 'x-amz-bucket-region': bucketOf(call).region, 'content-type': 'application/xml' },
});

export const deleteBucket: Handler = (call) => {
	const bucket = bucketOf(call);
	if (bucket.objects.size + bucket.hidden.size > 0) {
		const message =
			bucket.objects.size > 0
				? undefined
				: 'The bucket you tried to delete is not empty. You must delete all versions in the bucket.';
		throw new S3Error('BucketNotEmpty', { message, elements: { BucketName: bucket.name } });
	}
	call.store.buckets.delete(bucket.name);
	return { status: 204 };
};

/** us-east-1 is an empty element. */
export const getBucketLocation: Handler = (call) => {
	const { region } = bucketOf(call);
	return {
		status: 200,
		body: resultDocument('LocationConstraint', region === 'us-east-1' ? '' : region),
	};
};
