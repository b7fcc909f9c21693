import { S3Error } from './errors.ts';
import type { S3Request } from './request.ts';
import type { CredentialScope } from './sigv4.ts';

/** The claim of a request: who signed what, when and with which result. */
export interface Credential {
	accessKeyId: string;
	scope: CredentialScope;
	signedHeaders: string[];
	signature: string;
	/** YYYYMMDDTHHMMSSZ, and the same in milliseconds. */
	timestamp: string;
	time: number;
	token?: string;
	presigned: boolean;
	/** Seconds a presigned request is valid. */
	expiresIn?: number;
}

const maxExpirySeconds = 604_800;

function malformed(request: S3Request, reason: string): S3Error {
	return request.query.has('X-Amz-Algorithm')
		? new S3Error('AuthorizationQueryParametersError', { message: reason })
		: new S3Error('AuthorizationHeaderMalformed', {
				message: `The authorization header is malformed; ${reason}`,
			});
}

function readScope(
	request: S3Request,
	text: string,
): { accessKeyId: string; scope: CredentialScope } {
	// The access key may contain slashes; the scope is the last four parts.
	const parts = text.split('/');
	const [date = '', region = '', service = '', terminal = ''] = parts.slice(-4);
	if (parts.length < 5 || terminal !== 'aws4_request') {
		throw malformed(
			request,
			'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
		);
	}
	return { accessKeyId: parts.slice(0, -4).join('/'), scope: { date, region, service } };
}

function readTimestamp(text: string): number {
	const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
	// Nothing was signed before 1970.
	if (!match || text < '1970') {
		throw new S3Error('AccessDenied', {
			message: 'AWS authentication requires a valid Date or x-amz-date header',
		});
	}
	const [year, month, day, hour, minute, second] = match.slice(1).map(Number);
	return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
}

/**
 * Whether a credential is one of the day of its request. A time that is far off is told as such, so
 * this comes after the check of the time.
 * @throws S3Error AuthorizationHeaderMalformed, AuthorizationQueryParametersError
 */
export function checkDate(request: S3Request, { scope, timestamp }: Credential): void {
	const day = timestamp.slice(0, 8);
	if (scope.date !== day) {
		throw malformed(
			request,
			`Invalid credential date "${scope.date}". This date is not the same as X-Amz-Date: "${day}".`,
		);
	}
}

function fromHeader(request: S3Request, authorization: string): Credential {
	const fields = new Map<string, string>();
	for (const field of authorization.slice('AWS4-HMAC-SHA256'.length).split(',')) {
		const at = field.indexOf('=');
		fields.set(field.slice(0, at).trim(), field.slice(at + 1).trim());
	}
	const required = (name: string) => {
		const value = fields.get(name);
		if (value) return value;
		throw malformed(
			request,
			`the authorization header requires three components: Credential, SignedHeaders, and Signature.`,
		);
	};
	const { accessKeyId, scope } = readScope(request, required('Credential'));
	const timestamp = request.headers.get('x-amz-date') ?? '';
	const time = readTimestamp(timestamp);
	return {
		accessKeyId,
		scope,
		signedHeaders: required('SignedHeaders').split(';'),
		signature: required('Signature'),
		timestamp,
		time,
		token: request.headers.get('x-amz-security-token'),
		presigned: false,
	};
}

function fromQuery(request: S3Request): Credential {
	const required = (name: string) => {
		const value = request.query.get(name);
		if (value) return value;
		throw malformed(
			request,
			'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
		);
	};
	if (required('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256') {
		throw malformed(request, 'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"');
	}
	const expires = required('X-Amz-Expires');
	if (!/^\d+$/.test(expires)) throw malformed(request, 'X-Amz-Expires should be a number');
	if (Number(expires) > maxExpirySeconds) {
		throw malformed(
			request,
			'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
		);
	}
	const { accessKeyId, scope } = readScope(request, required('X-Amz-Credential'));
	const timestamp = required('X-Amz-Date');
	const time = readTimestamp(timestamp);
	return {
		accessKeyId,
		scope,
		signedHeaders: required('X-Amz-SignedHeaders').split(';'),
		signature: required('X-Amz-Signature'),
		timestamp,
		time,
		token: request.query.get('X-Amz-Security-Token'),
		presigned: true,
		expiresIn: Number(expires),
	};
}

/**
 * Reads the credential from the Authorization header or the query, without judging it.
 * @returns nothing for an anonymous request
 * @throws S3Error what is malformed about the credential
 */
export function readCredential(request: S3Request): Credential | undefined {
	const authorization = request.headers.get('authorization');
	const inQuery = ['X-Amz-Algorithm', 'X-Amz-Signature'].some((name) => request.query.has(name));
	if (authorization !== undefined && inQuery) {
		throw new S3Error('InvalidArgument', {
			message:
				'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
			elements: { ArgumentName: 'Authorization', ArgumentValue: authorization.slice(0, 16) },
		});
	}
	if (inQuery) return fromQuery(request);
	if (!authorization) return undefined;
	if (authorization.startsWith('AWS4-HMAC-SHA256 ')) return fromHeader(request, authorization);
	if (authorization.startsWith('AWS ')) {
		throw new S3Error('InvalidRequest', {
			message:
				'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
		});
	}
	throw new S3Error('InvalidArgument', {
		message: 'Unsupported Authorization Type',
		elements: { ArgumentName: 'Authorization', ArgumentValue: authorization },
	});
}
