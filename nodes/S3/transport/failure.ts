import type { Redact } from '../../shared/ground/redact';
import { retryAfterMs } from '../../shared/ground/retryAfter';
import { Failure } from '../../shared/resilience/failure';
import type { HttpResponse } from '../../shared/transport/http';
import { awsRegionIn } from './endpoint';
import { elsewhere, meaningOf } from './errorCodes';
import type { XmlElement } from './xml';
import { parseXml, text } from './xml';

export { invalidInput } from '../../shared/resilience/failure';

/** An answer that is not a success, read as far as it can be. */
export interface ErrorAnswer {
	code: string;
	message: string;
	/** AuthorizationHeaderMalformed and redirects: where the bucket is */
	region?: string;
	/** redirects: the host that has the bucket */
	host?: string;
	requestId?: string;
}

const STATUS_CODES: Record<number, string> = {
	404: 'NotFound',
	405: 'MethodNotAllowed',
	412: 'PreconditionFailed',
	501: 'NotImplemented',
};

/**
 * Reads the XML of an error; answers to HEAD have none, and proxies send HTML.
 * @param redact takes out the secrets of the request, which some servers repeat: before anything is
 * cut, because half a secret is not recognised any more
 */
export function readError(
	status: number,
	headers: Record<string, string>,
	body: Buffer,
	redact: Redact,
): ErrorAnswer {
	const host = URL.parse(headers.location ?? '')?.host || undefined;
	const region = headers['x-amz-bucket-region'] ?? awsRegionIn(host);
	const requestId = headers['x-amz-request-id'];
	const bare = {
		code: STATUS_CODES[status] ?? `HTTP ${status}`,
		message: `The server answered ${status}`,
	};
	if (body.length === 0) return { ...bare, ...toldInHeaders(headers), region, host, requestId };
	const root = documentOf(body);
	if (root?.name !== 'Error') {
		const shown = redact
			.text(body.toString())
			.slice(0, 2_000)
			.replace(/<[^>]*>/g, ' ')
			.replace(/\s+/g, ' ')
			.trim();
		return {
			...bare,
			message: `${bare.message}, not in the words of S3: ${shown.slice(0, 200)}`,
			region,
			host,
			requestId,
		};
	}
	return {
		...(host && { host }),
		...redact.value(errorOf(root, bare)),
		...(region && { region }),
		requestId: requestId ?? text(root, 'RequestId'),
	};
}

/**
 * What MinIO says of a HEAD that it refuses, whose answer cannot have a body.
 * https://github.com/minio/minio/blob/master/cmd/api-response.go (writeErrorResponseHeadersOnly)
 */
function toldInHeaders(headers: Record<string, string>): Partial<ErrorAnswer> {
	const code = headers['x-minio-error-code'];
	const message = headers['x-minio-error-desc']?.replace(/^"|"$/g, '');
	return { ...(code && { code }), ...(code && message && { message }) };
}

function documentOf(body: Buffer): XmlElement | undefined {
	try {
		return parseXml(body);
	} catch {
		return undefined;
	}
}

function errorOf(root: XmlElement, otherwise: ErrorAnswer): ErrorAnswer {
	const code = text(root, 'Code') || otherwise.code;
	// Ceph sends an empty message.
	const message = text(root, 'Message') || `The server answered ${code}`;
	const host = text(root, 'Endpoint') || undefined;
	const region = text(root, 'Region') || awsRegionIn(host);
	return { code, message, region, ...(host && { host }) };
}

/** The Failure that an answer means. */
export function s3Failure(
	status: number,
	headers: Record<string, string>,
	{ code, message, host, requestId }: ErrorAnswer,
	nowMs: number,
): Failure {
	const { phase = 'rejected', ...meaning } = meaningOf(code, status);
	const sent = host && status >= 300 && status < 400 ? ` The server names "${host}".` : '';
	const wait = retryAfterMs(headers['retry-after'], nowMs);
	return new Failure({
		...meaning,
		...(sent && { hint: (meaning.hint ?? elsewhere.hint) + sent }),
		phase,
		code,
		message: requestId ? `${message} (request ${requestId})` : message,
		status,
		...(wait !== undefined && { retryAfterMs: wait, scope: 'credential' }),
	});
}

/**
 * The document of an answer with status 200.
 * CopyObject, UploadPartCopy and CompleteMultipartUpload begin to answer 200 before they are done,
 * so an error can stand in the body of a success; and the log-in page of a proxy would be an empty
 * list.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
 * @param expected name of the root element
 */
export function successBody(
	expected: string,
	{ headers, body }: Pick<HttpResponse<Buffer>, 'headers' | 'body'>,
	nowMs: number,
): XmlElement {
	let root: XmlElement;
	try {
		root = parseXml(body);
	} catch (cause) {
		throw unreadable((cause as Error).message, cause);
	}
	if (root.name === expected) return root;
	if (root.name !== 'Error') throw unreadable(`<${root.name}> instead of <${expected}>`);
	const requestId = headers['x-amz-request-id'] ?? text(root, 'RequestId');
	const answer = { ...errorOf(root, { code: 'InternalError', message: '' }), requestId };
	throw s3Failure(200, headers, answer, nowMs);
}

const unreadable = (why: string, cause?: unknown) =>
	new Failure({
		kind: 'unavailable',
		phase: 'maybeDone',
		code: 'UNREADABLE_ANSWER',
		message: `The server answered 200, but not in the words of S3: ${why}`,
		hint: 'Is this really the address of the S3 server? A proxy may have answered in its place.',
		status: 200,
		cause,
	});

/** The failure of one key in the answer of DeleteObjects. */
export const keyFailure = (error: XmlElement): Failure =>
	s3Failure(200, {}, errorOf(error, { code: 'UnknownError', message: '' }), 0);
