import { element, xmlDocument, type Xml } from './xml.ts';

/** Status and message of every error code the server gives (Amazon S3 API Reference, "Error Responses"). */
const catalogue = {
	AccessControlListNotSupported: [400, 'The bucket does not allow ACLs'],
	AccessDenied: [403, 'Access Denied'],
	AccessForbidden: [403, 'Access forbidden'],
	AuthorizationHeaderMalformed: [400, 'The authorization header is malformed.'],
	AuthorizationQueryParametersError: [400, 'The authorization query parameters are malformed.'],
	BadDigest: [400, 'The Content-MD5 you specified did not match what we received.'],
	BadRequest: [400, 'Bad Request'],
	BucketAlreadyExists: [
		409,
		'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
	],
	BucketAlreadyOwnedByYou: [
		409,
		'Your previous request to create the named bucket succeeded and you already own it.',
	],
	BucketNotEmpty: [409, 'The bucket you tried to delete is not empty'],
	EntityTooLarge: [400, 'Your proposed upload exceeds the maximum allowed size'],
	EntityTooSmall: [400, 'Your proposed upload is smaller than the minimum allowed size'],
	ExpiredToken: [400, 'The provided token has expired.'],
	IllegalVersioningConfigurationException: [400, 'The Versioning element must be specified'],
	IllegalLocationConstraintException: [
		400,
		'The location constraint is incompatible for the region specific endpoint this request was sent to.',
	],
	IncompleteBody: [
		400,
		'You did not provide the number of bytes specified by the Content-Length HTTP header',
	],
	InternalError: [500, 'We encountered an internal error. Please try again.'],
	InvalidAccessKeyId: [403, 'The AWS Access Key Id you provided does not exist in our records.'],
	InvalidArgument: [400, 'Invalid Argument'],
	InvalidBucketState: [409, 'The request is not valid with the current state of the bucket.'],
	InvalidBucketName: [400, 'The specified bucket is not valid.'],
	InvalidChunkSizeError: [
		403,
		'Only the last chunk is allowed to have a size less than 8192 bytes',
	],
	InvalidDigest: [400, 'The Content-MD5 you specified was invalid.'],
	InvalidEncryptionAlgorithmError: [
		400,
		'The encryption request you specified is not valid. The valid value is AES256.',
	],
	InvalidLocationConstraint: [400, 'The specified location-constraint is not valid'],
	InvalidObjectState: [403, "The operation is not valid for the object's storage class"],
	InvalidPart: [
		400,
		"One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
	],
	InvalidPartNumber: [416, 'The requested partnumber is not satisfiable'],
	InvalidPartOrder: [
		400,
		'The list of parts was not in ascending order. Parts must be ordered by part number.',
	],
	InvalidPolicyDocument: [
		400,
		'The content of the form does not meet the conditions specified in the policy document.',
	],
	InvalidRange: [416, 'The requested range is not satisfiable'],
	InvalidRequest: [400, 'Invalid Request'],
	InvalidStorageClass: [400, 'The storage class you specified is not valid'],
	InvalidTag: [400, 'The tag provided was not a valid tag.'],
	InvalidTargetBucketForLogging: [400, 'The target bucket for logging does not exist'],
	InvalidToken: [400, 'The provided token is malformed or otherwise invalid.'],
	InvalidURI: [400, "Couldn't parse the specified URI."],
	KeyTooLongError: [400, 'Your key is too long'],
	MalformedACLError: [
		400,
		'The XML you provided was not well-formed or did not validate against our published schema',
	],
	MalformedPolicy: [400, "Policies must be valid JSON and the first byte must be '{'"],
	MalformedPOSTRequest: [
		400,
		'The body of your POST request is not well-formed multipart/form-data.',
	],
	MalformedTrailerError: [
		400,
		'The request contained trailing data that was not well-formed or did not conform to our published schema.',
	],
	MalformedXML: [
		400,
		'The XML you provided was not well-formed or did not validate against our published schema',
	],
	MaxPostPreDataLengthExceeded: [
		400,
		'Your POST request fields preceding the upload file were too large.',
	],
	MaxMessageLengthExceeded: [400, 'Your request was too big.'],
	MetadataTooLarge: [400, 'Your metadata headers exceed the maximum allowed metadata size'],
	MethodNotAllowed: [405, 'The specified method is not allowed against this resource.'],
	MissingSecurityHeader: [400, 'Your request is missing a required header.'],
	MissingContentLength: [411, 'You must provide the Content-Length HTTP header.'],
	NoSuchBucket: [404, 'The specified bucket does not exist'],
	NoSuchBucketPolicy: [404, 'The bucket policy does not exist'],
	NoSuchCORSConfiguration: [404, 'The CORS configuration does not exist'],
	NoSuchKey: [404, 'The specified key does not exist.'],
	NoSuchLifecycleConfiguration: [404, 'The lifecycle configuration does not exist'],
	NoSuchPublicAccessBlockConfiguration: [
		404,
		'The public access block configuration was not found',
	],
	NoSuchTagSet: [404, 'The TagSet does not exist'],
	NoSuchWebsiteConfiguration: [404, 'The specified bucket does not have a website configuration'],
	NoSuchObjectLockConfiguration: [
		404,
		'The specified object does not have an ObjectLock configuration',
	],
	NoSuchUpload: [
		404,
		'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
	],
	NoSuchVersion: [404, 'The specified version does not exist.'],
	NotImplemented: [501, 'A header you provided implies functionality that is not implemented'],
	ObjectLockConfigurationNotFoundError: [
		404,
		'Object Lock configuration does not exist for this bucket',
	],
	ObjectNotInActiveTierError: [
		403,
		'The source object of the COPY action is not in the active tier and is only stored in Amazon S3 Glacier.',
	],
	OwnershipControlsNotFoundError: [404, 'The bucket ownership controls were not found'],
	PreconditionFailed: [412, 'At least one of the pre-conditions you specified did not hold'],
	RequestTimeTooSkewed: [
		403,
		'The difference between the request time and the current time is too large.',
	],
	RestoreAlreadyInProgress: [409, 'Object restore is already in progress'],
	ServerSideEncryptionConfigurationNotFoundError: [
		404,
		'The server side encryption configuration was not found',
	],
	SignatureDoesNotMatch: [
		403,
		'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
	],
	SlowDown: [503, 'Please reduce your request rate.'],
	TooManyRequests: [429, 'Please reduce your request rate.'],
	UnexpectedContent: [400, 'This request does not support content.'],
	UnresolvableGrantByEmailAddress: [
		400,
		'The email address you provided does not match any account on record.',
	],
	XAmzContentSHA256Mismatch: [
		400,
		"The provided 'x-amz-content-sha256' header does not match what was computed.",
	],
} as const satisfies Record<string, readonly [number, string]>;

export type ErrorCode = keyof typeof catalogue;

/** All codes the server can give on its own. */
export const errorCodes: readonly string[] = Object.keys(catalogue);

export interface ErrorDetails {
	message?: string;
	/** Further elements of the error document, in this order. */
	elements?: Record<string, string | number>;
	headers?: Record<string, string>;
}

/** An answer that is an S3 error; the status and the usual message follow from the code. */
export class S3Error extends Error {
	readonly code: string;
	readonly status: number;
	readonly elements: Record<string, string | number>;
	readonly headers: Record<string, string>;

	constructor(code: ErrorCode, details: ErrorDetails = {}) {
		const [status, message] = catalogue[code];
		super(details.message ?? message);
		this.name = 'S3Error';
		this.code = code;
		this.status = status;
		this.elements = details.elements ?? {};
		this.headers = details.headers ?? {};
	}
}

/** The usual message of a code, or an empty string for a code S3 does not document here. */
export function usualMessage(code: string): string {
	return Object.entries(catalogue).find(([name]) => name === code)?.[1][1] ?? '';
}

export interface ErrorContext {
	/** The resource as S3 names it: "/bucket/key", decoded. */
	resource: string;
	requestId: string;
	hostId: string;
}

/** The `<Error>` element in Amazon's order: Code, Message, further elements, Resource, ids. */
export function errorElement(
	error: Pick<S3Error, 'code' | 'message' | 'elements'>,
	{ resource, requestId, hostId }: ErrorContext,
): Xml {
	return element('Error', [
		element('Code', error.code),
		element('Message', error.message),
		...Object.entries(error.elements).map(([name, value]) => element(name, value)),
		element('Resource', resource),
		element('RequestId', requestId),
		element('HostId', hostId),
	]);
}

/** A complete error document. */
export function errorDocument(
	error: Pick<S3Error, 'code' | 'message' | 'elements'>,
	context: ErrorContext,
): string {
	return xmlDocument(errorElement(error, context));
}
