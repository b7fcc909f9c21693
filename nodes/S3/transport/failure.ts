import type { Redact } from '../../shared/ground/redact';
import { retryAfterMs } from '../../shared/ground/retryAfter';
import type { FailureDetails } from '../../shared/resilience/failure';
import { Failure } from '../../shared/resilience/failure';
import type { HttpResponse } from '../../shared/transport/http';
import { awsRegionIn } from './endpoint';
import type { XmlElement } from './xml';
import { parseXml, text } from './xml';

export { invalidInput } from '../../shared/resilience/failure';

type Meaning = Pick<FailureDetails, 'kind'> & Partial<FailureDetails>;

const throttled: Meaning = { kind: 'throttled', phase: 'rejected', scope: 'bucket' };
const refused = (hint: string): Meaning => ({ kind: 'auth', scope: 'credential', hint });
const conflict = (hint?: string): Meaning => ({ kind: 'conflict', hint });
const elsewhere: Meaning = {
	kind: 'invalid',
	hint: 'The bucket is in another region, or at another address: correct the credential.',
};
const corrupted: Meaning = { kind: 'network', phase: 'rejected', scope: 'item' };

// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
const MEANINGS: Record<string, Meaning> = {
	SlowDown: throttled,
	SlowDownRead: throttled,
	SlowDownWrite: throttled,
	Throttling: throttled,
	ThrottlingException: throttled,
	RequestLimitExceeded: throttled,
	TooManyRequests: throttled,
	BandwidthLimitExceeded: throttled,
	ServiceUnavailable: { kind: 'unavailable', phase: 'rejected' },
	InternalError: { kind: 'unavailable', phase: 'maybeDone' },
	// It waited for the bytes of this request.
	RequestTimeout: { kind: 'timeout', phase: 'rejected', scope: 'item' },
	// Another operation on the same thing is going on: AWS says to try again.
	OperationAborted: { kind: 'unavailable', phase: 'rejected', scope: 'item' },
	ConditionalRequestConflict: { kind: 'unavailable', phase: 'rejected', scope: 'item' },
	// The bytes changed on the way, and the server kept nothing.
	BadDigest: corrupted,
	IncompleteBody: corrupted,
	XAmzContentSHA256Mismatch: corrupted,
	XAmzContentChecksumMismatch: corrupted,
	SignatureDoesNotMatch: refused('Check the secret access key in the credential.'),
	InvalidAccessKeyId: refused('Check the access key ID in the credential.'),
	ExpiredToken: refused('The session token has expired: put a new one into the credential.'),
	InvalidToken: refused('Check the session token in the credential.'),
	TokenRefreshRequired: refused('Put a new session token into the credential.'),
	RequestTimeTooSkewed: refused('The clock of this machine and that of the server differ.'),
	AccessDenied: {
		kind: 'auth',
		hint: 'The key is not allowed to do this: check its policy and that of the bucket.',
	},
	AllAccessDisabled: { kind: 'auth', hint: 'Ask the provider why access is disabled.' },
	NoSuchBucket: { kind: 'invalid', hint: 'Check the bucket name and the endpoint.' },
	NoSuchKey: { kind: 'invalid', hint: 'Check the object key: upper and lower case differ.' },
	NoSuchUpload: { kind: 'invalid', hint: 'The multipart upload was completed or aborted.' },
	NotFound: { kind: 'invalid', hint: 'Check bucket name and object key.' },
	BucketAlreadyExists: conflict('Somebody else owns a bucket of this name: choose another one.'),
	BucketAlreadyOwnedByYou: conflict('The bucket is there already, and it is yours.'),
	BucketNotEmpty: conflict('Delete its objects first.'),
	PreconditionFailed: conflict('The object has changed, or exists already.'),
	InvalidObjectState: conflict('The object is archived: restore it first.'),
	AccessControlListNotSupported: {
		kind: 'invalid',
		hint: 'ACLs are switched off for this bucket (Object Ownership: bucket owner enforced): use a bucket policy.',
	},
	GlacierExpeditedRetrievalNotAvailable: conflict(
		'There is no room for expedited retrievals now: use the tier Standard, or try again later.',
	),
	NoSuchVersion: { kind: 'invalid', hint: 'Check the version ID: it may have been deleted.' },
	EntityTooSmall: { kind: 'invalid', hint: 'All parts but the last must have at least 5 MiB.' },
	InvalidPart: { kind: 'invalid', hint: 'A part is missing, or is another one by now.' },
	EntityTooLarge: { kind: 'invalid', hint: 'The file is larger than this server takes.' },
	MethodNotAllowed: {
		kind: 'invalid',
		hint: 'This server does not have the function, or it is switched off there.',
	},
	NotImplemented: { kind: 'invalid', hint: 'This server does not have the function.' },
	AuthorizationHeaderMalformed: {
		kind: 'invalid',
		scope: 'credential',
		hint: 'Check the region in the credential.',
	},
	PermanentRedirect: elsewhere,
	TemporaryRedirect: elsewhere,
};

// Answers to HEAD have no body that could say why.
const UNEXPLAINED: Meaning = {
	kind: 'auth',
	hint: 'The server does not say why. Check the keys in the credential and what they are allowed to do.',
};

function meaningOf(code: string, status: number): Meaning {
	const known = MEANINGS[code];
	if (known) return known;
	if (status === 429) return throttled;
	if (status === 408) return { kind: 'timeout', phase: 'rejected' };
	// 503 is sent before anything is done; after the other 5xx nobody knows.
	if (status === 503) return { kind: 'unavailable', phase: 'rejected' };
	if (status >= 500) return { kind: 'unavailable', phase: 'maybeDone' };
	if (status === 401 || status === 403) return UNEXPLAINED;
	if (status === 409 || status === 412) return { kind: 'conflict' };
	return { kind: 'invalid' };
}

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
	if (body.length === 0) return { ...bare, region, host, requestId };
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
