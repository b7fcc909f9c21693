import { aclDocument, aclOf, mentionsAcl, readAcl, type Acl } from '../acl.ts';
import { checkNewAcl } from '../aclRules.ts';
import { S3Error } from '../errors.ts';
import { bucketOf, xmlBody } from '../operation.ts';
import type { Call, Handler } from '../operation.ts';
import { objectOf, versionHeaders } from '../versions.ts';

/** The ACL of the headers or of the body, whichever there is. */
function givenAcl(call: Call, owner: string): Acl {
	const { request, body, users } = call;
	const inHeaders = mentionsAcl(request);
	if (inHeaders && body.size > 0) {
		throw new S3Error('UnexpectedContent');
	}
	if (inHeaders) return aclOf(request, owner, bucketOf(call).owner, users);
	if (body.size > 0) return readAcl(xmlBody(call, 'AccessControlPolicy'), owner, users);
	throw new S3Error('MissingSecurityHeader', {
		message: 'Your request was missing a required header',
		elements: { MissingHeaderName: 'x-amz-acl' },
	});
}

export const getBucketAcl: Handler = (call) => ({
	status: 200,
	body: aclDocument(bucketOf(call).acl),
});

export const putBucketAcl: Handler = (call) => {
	const bucket = bucketOf(call);
	bucket.acl = checkNewAcl(bucket, call.request, givenAcl(call, bucket.owner));
	return { status: 200 };
};

export const getObjectAcl: Handler = (call) => {
	const object = objectOf(call);
	return {
		status: 200,
		headers: versionHeaders(bucketOf(call), object),
		body: aclDocument(object.acl),
	};
};

export const putObjectAcl: Handler = (call) => {
	const object = objectOf(call);
	const bucket = bucketOf(call);
	const acl = checkNewAcl(bucket, call.request, givenAcl(call, object.owner));
	call.store.change(bucket, object, { acl });
	call.tell('ObjectAcl:Put', bucket, object);
	return { status: 200, headers: versionHeaders(bucket, object) };
};
