import { Failure, toFailure } from '../../shared/resilience/failure';
import type { HttpResponse } from '../../shared/transport/http';
import type { S3Client, S3Request } from './client';
import { MAX_ANSWER_BYTES } from './client';
import type { QueryPair } from './encode';
import { isAmazon } from './endpoint';
import { successBody } from './failure';
import { allowed } from './headerValues';
import { contentMd5 } from './objects';
import type { XmlContent, XmlElement } from './xml';
import { rootOf, writeXml } from './xml';

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

/**
 * Reads what belongs to an object. There are servers (Swift, of retention and legal hold) that take
 * no notice of what they do not know in the query, and send the object itself: that is not taken for
 * an answer.
 * @param root name of the document
 * @param read gets `undefined` for an empty answer
 * @throws Failure NotImplemented where the server takes no notice
 */
export async function readSubresource<T>(
	s3: S3Client,
	request: S3Request,
	root: string,
	read: (document: XmlElement | undefined) => T,
): Promise<T> {
	return await s3.receive(
		() => request,
		async ({ status, headers, body }) => {
			// An object comes with both, and what belongs to it with neither.
			const isObject = 'etag' in headers && 'last-modified' in headers;
			if (isObject && Number(headers['content-length'] ?? 0) > LARGEST_DOCUMENT) {
				body.destroy();
				throw takesNoNotice(request);
			}
			const received: HttpResponse<Buffer> = {
				status,
				headers,
				body: await body.collect(MAX_ANSWER_BYTES),
			};
			if (isObject && rootOf(received.body) !== root) throw takesNoNotice(request);
			const document =
				received.body.length > 0 ? successBody(root, received, s3.clock.now()) : undefined;
			const [[subresource] = ['']] = request.query ?? [];
			noticedBy(s3).add(subresource);
			return read(document);
		},
	);
}

const LARGEST_DOCUMENT = 1024 * 1024;

const takesNoNotice = ({ operation, bucket, key }: S3Request) =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NotImplemented',
		message: `The server does not know ${operation}: asked for it, it sent "${key}" in bucket "${bucket}" itself`,
		hint: 'This server does not have the function.',
		status: 200,
	});

const noticed = new WeakMap<S3Client, Set<string>>();

/** What the server has shown to take notice of. */
function noticedBy(s3: S3Client): Set<string> {
	const names = noticed.get(s3) ?? new Set();
	noticed.set(s3, names);
	return names;
}

/**
 * Refuses to write what belongs to an object where the server takes no notice of it: writing the
 * legal hold of an object would be writing the object, deleting its tags deleting it. Reading shows it
 * without harm, once per run. Amazon knows all of them.
 * @param look reads it, and throws where that does not show that the server knows it
 */
export async function checkTakesNotice(
	s3: S3Client,
	{ bucket }: Version,
	subresource: string,
	look: () => Promise<unknown>,
): Promise<void> {
	if (noticedBy(s3).has(subresource)) return;
	const { host } = await s3.signing(bucket);
	if (!isAmazon(host)) {
		await look().catch((error: unknown) => {
			const failure = toFailure(error);
			throw failure.code === 'AccessDenied' ? failure.withHint(MUST_READ) : failure;
		});
	}
	noticedBy(s3).add(subresource);
}

const MUST_READ =
	'Allow the key to read it as well: there are servers that would overwrite the object, and reading shows whether this is one.';
