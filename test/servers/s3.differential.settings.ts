import type { S3Client, S3Request } from '../../nodes/S3/transport/client';
import { children, parseXml, text } from '../../nodes/S3/transport/xml';

type Ask = (s3: S3Client) => Promise<unknown>;

const BUCKET = 'settings';

/** Sends a request and shows what of the answer both servers must agree about. */
function ask(
	operation: string,
	method: S3Request['method'],
	query: string,
	{ key, body, headers }: { key?: string; body?: string; headers?: Record<string, string> } = {},
	show: (body: Buffer) => unknown = () => undefined,
): Ask {
	const request: S3Request = {
		operation,
		method,
		bucket: BUCKET,
		key,
		query: query === '' ? [] : [[query, '']],
		headers,
		body: body === undefined ? undefined : Buffer.from(body),
	};
	return async (s3) => await s3.call(request, (answer) => [answer.status, show(answer.body)]);
}

const tagged = (count: number) =>
	`<Tagging><TagSet>${Array.from({ length: count }, (_, at) => `<Tag><Key>k${at}</Key><Value>v</Value></Tag>`).join('')}</TagSet></Tagging>`;
const pairs = (body: Buffer) =>
	children(parseXml(body), 'TagSet').flatMap((set) =>
		children(set, 'Tag').map((tag) => [text(tag, 'Key'), text(tag, 'Value')]),
	);
const rows = (body: Buffer) => {
	const root = parseXml(body);
	return ['Version', 'DeleteMarker'].map((kind) =>
		children(root, kind).map((row) => [text(row, 'Key'), text(row, 'IsLatest')]),
	);
};
const turn = (status: string) =>
	`<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>${status}</Status></VersioningConfiguration>`;

/** Requests about versions, tags and configurations, for both servers in this order. */
export const SETTINGS: Record<string, Ask> = {
	'a bucket for settings': ask('CreateBucket', 'PUT', ''),
	'no policy': ask('GetBucketPolicy', 'GET', 'policy'),
	'no CORS': ask('GetBucketCors', 'GET', 'cors'),
	'no lifecycle': ask('GetBucketLifecycleConfiguration', 'GET', 'lifecycle'),
	'no tags of the bucket': ask('GetBucketTagging', 'GET', 'tagging'),
	'no lock': ask('GetObjectLockConfiguration', 'GET', 'object-lock'),
	'a policy that is no JSON': ask('PutBucketPolicy', 'PUT', 'policy', { body: 'x' }),
	'put with tags': ask('PutObject', 'PUT', '', {
		key: 'k',
		body: 'x',
		headers: { 'x-amz-tagging': 'a=b%20c' },
	}),
	'the tags': ask('GetObjectTagging', 'GET', 'tagging', { key: 'k' }, pairs),
	'10 tags': ask('PutObjectTagging', 'PUT', 'tagging', { key: 'k', body: tagged(10) }),
	'11 tags': ask('PutObjectTagging', 'PUT', 'tagging', { key: 'k', body: tagged(11) }),
	'the 10 tags': ask('GetObjectTagging', 'GET', 'tagging', { key: 'k' }, pairs),
	'delete the tags': ask('DeleteObjectTagging', 'DELETE', 'tagging', { key: 'k' }),
	'no tags': ask('GetObjectTagging', 'GET', 'tagging', { key: 'k' }, pairs),
	'tags of no object': ask('GetObjectTagging', 'GET', 'tagging', { key: 'nope' }),
	'versions without versioning': ask('ListObjectVersions', 'GET', 'versions', {}, rows),
	'enable versioning': ask('PutBucketVersioning', 'PUT', 'versioning', { body: turn('Enabled') }),
	'a second version': ask('PutObject', 'PUT', '', { key: 'k', body: 'y' }),
	'hide it': ask('DeleteObject', 'DELETE', '', { key: 'k' }),
	'get what is hidden': ask('GetObject', 'GET', '', { key: 'k' }),
	'the versions': ask('ListObjectVersions', 'GET', 'versions', {}, rows),
	'delete a bucket with hidden objects': ask('DeleteBucket', 'DELETE', ''),
	'suspend versioning': ask('PutBucketVersioning', 'PUT', 'versioning', {
		body: turn('Suspended'),
	}),
	'a null version': ask('PutObject', 'PUT', '', { key: 'k', body: 'z' }),
	'the versions after that': ask('ListObjectVersions', 'GET', 'versions', {}, rows),
	'a lock without versioning': ask('PutObjectLockConfiguration', 'PUT', 'object-lock', {
		body: '<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>',
		headers: { 'content-md5': 'CJIyG/nMmkjfQ1+FuEdwUA==' },
	}),
	'a retention without a lock': ask('GetObjectRetention', 'GET', 'retention', { key: 'k' }),
};
