import type { S3Request } from './client';
import type { QueryPair } from './encode';
import { allowed } from './headerValues';
import { contentMd5 } from './objects';
import type { XmlContent } from './xml';
import { writeXml } from './xml';

/** An object, or one version of it. */
export interface Version {
	bucket: string;
	key: string;
	/** the current one where absent */
	versionId?: string;
}

/**
 * A request about something that belongs to an object ("tagging", "acl", "retention").
 * @param operation the name in the API reference
 */
export function aboutObject(
	operation: string,
	method: S3Request['method'],
	{ bucket, key, versionId }: Version,
	subresource: string,
): S3Request {
	const query: QueryPair[] = [
		[subresource, ''],
		['versionId', versionId || undefined],
	];
	return { operation, method, bucket, key, query };
}

/** The same with a document, and the Content-MD5 that most servers demand with it. */
export function withXml(
	request: S3Request,
	root: string,
	content: { readonly [name: string]: XmlContent },
): S3Request {
	const body = Buffer.from(allowed(() => writeXml(root, content)));
	const headers = {
		...request.headers,
		'content-type': 'application/xml',
		'content-md5': contentMd5(body),
	};
	return { ...request, headers, body };
}
