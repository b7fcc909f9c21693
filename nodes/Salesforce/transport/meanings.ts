import type { FailureDetails } from '../../shared/resilience/failure';

/** What a code of Salesforce means for who sent the request. */
export type Meaning = Pick<FailureDetails, 'kind'> & Partial<FailureDetails>;

const invalid = (hint?: string): Meaning => ({ kind: 'invalid', hint });
const conflict = (hint?: string): Meaning => ({ kind: 'conflict', hint });
const forbidden = (hint: string): Meaning => ({ kind: 'auth', hint });
const refused = (hint: string): Meaning => ({ kind: 'auth', scope: 'credential', hint });
const connectAgain = refused('Open the credential and connect it again.');
const unavailable: Meaning = { kind: 'unavailable', phase: 'rejected' };
const gone = invalid('The record was deleted, or the ID is wrong.');
const badFilter = invalid('Correct the query. The message shows where it goes wrong.');
const app = 'the connected app or external client app';

/** Another transaction is at work on the same record: the row was not touched. */
export const LOCKED: Meaning = {
	kind: 'throttled',
	phase: 'rejected',
	scope: 'item',
	hint: 'Other work holds a lock on this record or its parent: sort the items by parent, or run them with less concurrency.',
};

const storage: Meaning = {
	kind: 'quota',
	scope: 'credential',
	hint: 'The org has no storage left: delete records or files, or buy more.',
};

const allowance: Meaning = {
	kind: 'quota',
	scope: 'credential',
	hint: 'See the operation Organization > Get Limits.',
};

// https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm (StatusCode, ExceptionCode)
// https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
export const MEANINGS: Readonly<Record<string, Meaning>> = {
	ALL_OR_NONE_OPERATION_ROLLED_BACK: conflict(
		'Another record of the same request failed, and all of them are to be written or none.',
	),
	API_CURRENTLY_DISABLED: refused('Ask Salesforce why the API is switched off for this org.'),
	API_DISABLED_FOR_ORG: refused(
		'The edition of this org has no API, or it is not enabled for the user (permission "API Enabled").',
	),
	APEX_ERROR: { kind: 'invalid', hint: 'The Apex class failed: its message tells where.' },
	CANNOT_EXECUTE_FLOW_TRIGGER: conflict('A flow of the org stopped this: see its message.'),
	CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY: conflict('A trigger or flow of the org stopped this.'),
	CANNOT_UPDATE_CONVERTED_LEAD: conflict('The lead was converted: change its contact or account.'),
	DELETE_FAILED: conflict('Other records depend on this one.'),
	DUPLICATE_EXTERNAL_ID: conflict(
		'Several records have this external ID: merge them, or make the field unique.',
	),
	DUPLICATE_VALUE: conflict('Another record has this value in a field that is unique.'),
	DUPLICATES_DETECTED: conflict(
		'A duplicate rule of the org stopped this. To save all the same, switch on "Allow Duplicates".',
	),
	ENTITY_IS_DELETED: gone,
	ENTITY_IS_LOCKED: conflict('The record is locked by an approval process.'),
	EXCEEDEDQUOTA: allowance,
	EXCEEDED_ID_LIMIT: invalid('Ask for less in one request.'),
	EXCEEDED_MAX_SEMIJOIN_SUBSELECTS: invalid('The query has too many subqueries in its conditions.'),
	ExceededQuota: allowance,
	FIELD_CUSTOM_VALIDATION_EXCEPTION: invalid('A validation rule of the org says so.'),
	FIELD_FILTER_VALIDATION_EXCEPTION: invalid(
		'The filter of a lookup field does not allow this record, or it does not exist.',
	),
	FIELD_INTEGRITY_EXCEPTION: invalid('Check the values of the named fields.'),
	FUNCTIONALITY_NOT_ENABLED: forbidden(
		'The org does not have this function, or has it switched off.',
	),
	FUNCTIONALITY_TEMPORARILY_UNAVAILABLE: unavailable,
	INTERNAL_ERROR: { kind: 'unavailable', phase: 'maybeDone' },
	INTERNAL_SERVER_ERROR: { kind: 'unavailable', phase: 'maybeDone' },
	INACTIVE_OWNER_OR_USER: invalid('The user who is to own the record is inactive.'),
	INSUFFICIENT_ACCESS: forbidden('The user may not do this: check permissions and sharing.'),
	INSUFFICIENT_ACCESS_OR_READONLY: forbidden(
		'The user may not change this record: check permissions and sharing.',
	),
	INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY: forbidden(
		'The user may not use the record that is referred to, or it does not exist.',
	),
	INVALID_AUTH_HEADER: connectAgain,
	INVALID_CROSS_REFERENCE_KEY: invalid('A reference points to a record that does not exist.'),
	INVALID_EMAIL_ADDRESS: invalid('Check the address: Salesforce takes it for none.'),
	INVALID_FIELD: invalid(
		'Check the API name of the field, and that the user may see it (field-level security).',
	),
	INVALID_FIELD_FOR_INSERT_UPDATE: invalid('This field cannot be written: leave it out.'),
	INVALID_ID_FIELD: invalid('Check the ID: it has 15 or 18 characters.'),
	INVALID_LOGIN: refused('Check the credential, and the user in the org.'),
	INVALID_OPERATION_WITH_EXPIRED_PASSWORD: refused('The password of the user has expired.'),
	INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: invalid(
		'The picklist does not have this value: use the API name of one that is active, and that the record type allows.',
	),
	INVALID_QUERY_FILTER_OPERATOR: badFilter,
	INVALID_QUERY_LOCATOR: conflict('The cursor of this query has expired: run the query again.'),
	INVALID_SESSION_ID: connectAgain,
	InvalidSessionId: connectAgain,
	INVALIDENTITY: invalid('Bulk API does not know this object: use the REST API for it.'),
	INVALIDSESSIONID: connectAgain,
	INVALID_TYPE: invalid(
		'Check the API name of the object (custom objects end in __c), and that the user may see it.',
	),
	INVALID_TYPE_FOR_OPERATION: invalid('This object does not know the operation.'),
	JSON_PARSER_ERROR: invalid('A value does not fit its field: check types and names.'),
	LICENSE_LIMIT_EXCEEDED: conflict('The org has no license left: free one, or buy more.'),
	LIMIT_EXCEEDED: conflict('A limit of the org was reached: see the message.'),
	LOGIN_DURING_RESTRICTED_DOMAIN: refused('The org does not let this machine in: check IP ranges.'),
	LOGIN_DURING_RESTRICTED_TIME: refused('The profile of the user does not allow this time of day.'),
	MALFORMED_ID: invalid('Check the ID: it has 15 or 18 characters and belongs to this object.'),
	MALFORMED_QUERY: badFilter,
	MALFORMED_SEARCH: badFilter,
	METHOD_NOT_ALLOWED: invalid('The resource does not know this method.'),
	MISSING_ARGUMENT: invalid('Something that the request needs is not in it: see the message.'),
	MIXED_DML_OPERATION: conflict(
		'Users, groups and the like cannot be changed together with other records.',
	),
	NOT_FOUND: invalid('Check ID, names and path, and that the user may see it.'),
	NUMBER_OUTSIDE_VALID_RANGE: invalid('The number has more digits than its field.'),
	OPERATION_TOO_LARGE: invalid('Ask for less in one request.'),
	ORG_LOCKED: refused('Ask Salesforce why the org is locked.'),
	PROCESSING_HALTED: conflict('A request before this one failed: see its error.'),
	QUERY_TOO_COMPLICATED: invalid(
		'The query has too many fields or formulas for Salesforce: ask for fewer.',
	),
	QUERY_TIMEOUT: {
		kind: 'timeout',
		phase: 'rejected',
		scope: 'item',
		hint: 'The query takes the org too long: filter by indexed fields, or ask for less.',
	},
	REQUEST_RUNNING_TOO_LONG: {
		kind: 'timeout',
		phase: 'maybeDone',
		scope: 'item',
		hint: 'The request takes the org too long: send less at a time.',
	},
	REQUIRED_FIELD_MISSING: invalid('Fill in the named fields.'),
	SERVER_UNAVAILABLE: unavailable,
	STORAGE_LIMIT_EXCEEDED: storage,
	STRING_TOO_LONG: invalid('Shorten the value, or lengthen the field.'),
	// "This error is transient. Resend your request after a short wait."
	TOO_MANY_APEX_REQUESTS: { kind: 'throttled', phase: 'rejected', scope: 'credential' },
	TRANSFER_REQUIRES_READ: forbidden('The new owner may not see this record.'),
	TXN_SECURITY_METERING_ERROR: {
		...unavailable,
		hint: 'The transaction security policies of the org take too long: give the user the permission "Exempt from Transaction Security".',
	},
	TXN_SECURITY_NO_ACCESS: forbidden('A transaction security policy of the org stopped this.'),
	UNABLE_TO_LOCK_ROW: LOCKED,
	UNKNOWN_EXCEPTION: { kind: 'unavailable', phase: 'maybeDone' },
	UNSUPPORTED_API_VERSION: refused('Correct "API Version" in the credential.'),
	URL_NOT_RESET: refused('The org has moved: open the credential and connect it again.'),
	HOURLY_PUBLISHED_EVENT_LIMIT_EXCEEDED: allowance,
	DAILY_PLATFORM_EVENT_LIMIT_EXCEEDED: allowance,
	PLATFORM_EVENT_PUBLISHING_UNAVAILABLE: unavailable,
	PLATFORM_EVENT_PUBLISH_FAILED: { kind: 'unavailable', phase: 'rejected', scope: 'item' },
	OAUTH_APP_BLOCKED: refused(`An administrator has blocked ${app}.`),
	OAUTH_APP_ACCESS_DENIED: refused(`The user may not use ${app}.`),
	// What the endpoints below /services/oauth2 say of a token that has expired.
	Bad_OAuth_Token: connectAgain,
	Missing_OAuth_Token: connectAgain,
};

/** 403 REQUEST_LIMIT_EXCEEDED is three things, which only the message tells apart. */
export function requestLimit(message: string): Meaning {
	if (!/^Concurrent/i.test(message))
		return {
			kind: 'quota',
			scope: 'credential',
			hint: 'The org has used up its API requests of the last 24 hours. Wait, use fewer requests, or buy more; Setup > Company Information and Organization > Get Limits show the number.',
		};
	return {
		kind: 'throttled',
		phase: 'rejected',
		scope: 'credential',
		hint: 'Too many requests take longer than 20 seconds at the same time: lower "Max Concurrent Requests" in the credential.',
	};
}

/**
 * A trigger or flow of the org did not get the lock that it needed: "AccountTrigger: execution of
 * AfterUpdate caused by: System.DmlException: ... first error: UNABLE_TO_LOCK_ROW, unable to obtain ...".
 * With it, the row that had called it was undone.
 */
export const isLockedInside = (code: string, message: string): boolean =>
	/^CANNOT_(?:INSERT_UPDATE_ACTIVATE_ENTITY|EXECUTE_FLOW_TRIGGER)$/.test(code) &&
	/\bUNABLE_TO_LOCK_ROW\b/.test(message);

/** The session is good, but not for the API: another one of the same app would not be either. */
export const isOfTheWrongKind = (message: string): boolean =>
	/not valid for use with/i.test(message);

export const WRONG_SESSION: Meaning = refused(
	`Give ${app} the scope "Manage user data via APIs (api)"; where API access control is on, allow it for this user.`,
);

/** By the status, where the code says nothing. */
export function meaningOfStatus(status: number): Meaning {
	// 420 is what Salesforce's edge answers before the org sees anything.
	if (status === 429 || status === 420) return { kind: 'throttled', scope: 'credential' };
	if (status === 401) return connectAgain;
	if (status === 403) return forbidden('The user may not do this: check permissions.');
	if (status === 404) return invalid('Check ID, names and path, and that the user may see it.');
	if (status === 408) return { kind: 'timeout', phase: 'rejected' };
	if (status === 409 || status === 412 || status === 304) return conflict();
	if (status === 410) return invalid('Correct "API Version" in the credential: it is retired.');
	if (status === 413 || status === 414 || status === 431)
		return invalid('The request is too long: ask for less at a time.');
	if (status >= 300 && status < 400)
		return invalid('The org is at another address: correct "My Domain" in the credential.');
	// Sent before anything is done; after the other 5xx nobody knows.
	if (status === 503) return unavailable;
	if (status >= 500) return { kind: 'unavailable', phase: 'maybeDone' };
	return invalid();
}
