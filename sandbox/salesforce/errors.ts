/** One error as Salesforce describes it. `extra` stands in front, and in no row: DUPLICATES_DETECTED. */
export interface ErrorDetail {
	code: string;
	message: string;
	fields?: string[];
	extra?: Record<string, unknown>;
}

const statusOf: Record<string, number> = {
	INVALID_SESSION_ID: 401,
	INVALID_AUTH_HEADER: 401,
	REQUEST_LIMIT_EXCEEDED: 403,
	INSUFFICIENT_ACCESS: 403,
	INSUFFICIENT_ACCESS_OR_READONLY: 403,
	INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY: 403,
	FORBIDDEN: 403,
	API_DISABLED_FOR_ORG: 403,
	NOT_FOUND: 404,
	ENTITY_IS_DELETED: 404,
	METHOD_NOT_ALLOWED: 405,
	UNSUPPORTED_API_VERSION: 410,
	REQUEST_TOO_LARGE: 413,
	UNSUPPORTED_MEDIA_TYPE: 415,
	URI_TOO_LONG: 414,
	UNKNOWN_EXCEPTION: 500,
	SERVER_UNAVAILABLE: 503,
};

/** The status that goes with an error code. */
export const usualStatus = (code: string): number => statusOf[code] ?? 400;

/** A refusal. Single requests answer it as an array with `errorCode`, rows carry it as `statusCode`. */
export class ApiError extends Error {
	readonly details: ErrorDetail[];
	readonly status: number;

	constructor(details: ErrorDetail[], status?: number) {
		super(details.map(({ code, message }) => `${code}: ${message}`).join('; '));
		this.name = 'ApiError';
		this.details = details;
		this.status = status ?? usualStatus(details[0]?.code ?? '');
	}

	/** The body of a REST answer. */
	get body(): unknown[] {
		return this.details.map(({ code, message, fields, extra }) => ({
			...extra,
			message,
			errorCode: code,
			...(fields && { fields }),
		}));
	}

	/** The `errors` of a row of a collection. */
	get rowErrors(): unknown[] {
		return this.details.map(({ code, message, fields = [] }) => ({
			statusCode: code,
			message,
			fields,
		}));
	}
}

/** An error with one detail. */
export function refusal(code: string, message: string, fields?: string[], status?: number) {
	return new ApiError([{ code, message, fields }], status);
}

export const notFound = () =>
	refusal('NOT_FOUND', 'The requested resource does not exist', undefined, 404);

export const noSuchColumn = (name: string, object: string) =>
	refusal('INVALID_FIELD', `No such column '${name}' on sobject of type ${object}`);
