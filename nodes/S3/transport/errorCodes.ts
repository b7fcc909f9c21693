import type { FailureDetails } from '../../shared/resilience/failure';

/** Of an error: what a Failure says beyond code and message. */
type Meaning = Pick<FailureDetails, 'kind'> & Partial<FailureDetails>;

const throttled: Meaning = { kind: 'throttled', phase: 'rejected', scope: 'bucket' };
const refused = (hint: string): Meaning => ({ kind: 'auth', scope: 'credential', hint });
const conflict = (hint?: string): Meaning => ({ kind: 'conflict', hint });
export const elsewhere: Meaning = {
	kind: 'invalid',
	hint: 'The bucket is in another region, or at another address: correct the credential.',
};
const corrupted: Meaning = { kind: 'network', phase: 'rejected', scope: 'item' };

// Keys, and what a listing is to begin with.
const refusedKey: Meaning = {
	kind: 'invalid',
	hint: 'MinIO takes no keys with "//", with "." or ".." between slashes, or with what its disks cannot hold: choose another key.',
};

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
	InvalidStorageClass: {
		kind: 'invalid',
		hint: 'This server does not have the storage class: leave it out, or choose another one.',
	},
	// MinIO keeps objects as files. https://github.com/minio/minio/blob/master/cmd/api-errors.go
	XMinioInvalidObjectName: refusedKey,
	XMinioInvalidResourceName: refusedKey,
	KeyTooLongError: {
		kind: 'invalid',
		hint: 'Shorten the key: no server takes more than 1,024 bytes, and MinIO no more than 255 between two slashes.',
	},
	MetadataTooLarge: {
		kind: 'invalid',
		hint: 'All metadata together, names and values, may have 2 KiB: shorten it.',
	},
	XMinioObjectExistsAsDirectory: conflict(
		'There are objects in a folder of this name: choose another key.',
	),
	XMinioParentIsObject: conflict('A part of the path is an object: choose another key.'),
	XMinioAdminBucketQuotaExceeded: {
		kind: 'invalid',
		hint: 'The bucket has reached its quota: delete objects, or have the administrator of the server raise it.',
	},
	XMinioStorageFull: {
		kind: 'invalid',
		hint: 'The server has no room left: tell its administrator.',
	},
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

/** What an error means, by its code, or else by the status of the answer. */
export function meaningOf(code: string, status: number): Meaning {
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
