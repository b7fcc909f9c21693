import { retryAfterMs } from '../../shared/ground/retryAfter';
import { Failure } from '../../shared/resilience/failure';
import type { SalesforceError } from './errorAnswer';
import { errorsIn, jsonIn, plainWords } from './errorAnswer';
import type { Meaning } from './meanings';
import {
	isLockedInside,
	isOfTheWrongKind,
	LOCKED,
	MEANINGS,
	meaningOfStatus,
	requestLimit,
	WRONG_SESSION,
} from './meanings';

export { invalidInput } from '../../shared/resilience/failure';

/**
 * The Failure that an answer means.
 * @param body without the secrets of the credential
 */
export function salesforceFailure(
	status: number,
	headers: Record<string, string>,
	body: Buffer | string,
	nowMs: number,
): Failure {
	const bytes = Buffer.from(body);
	const { code, message, meaning } = read(status, bytes);
	const wait = retryAfterMs(headers['retry-after'], nowMs);
	return new Failure({
		phase: 'rejected',
		...meaning,
		code,
		message,
		status,
		...(wait !== undefined && { retryAfterMs: wait }),
	});
}

interface Reading {
	code: string;
	message: string;
	meaning: Meaning;
}

function read(status: number, body: Buffer): Reading {
	const json = jsonIn(body);
	if (status === 300) return severalRecords(json);
	const [first, ...others] = errorsIn(json);
	if (!first) return unworded(status, body);
	const more = others.map(worded).filter((text) => text !== worded(first));
	return {
		code: first.code,
		message: [worded(first), ...more].join('; '),
		meaning: meaningOf(first, status),
	};
}

function meaningOf({ code, message }: SalesforceError, status: number): Meaning {
	if (code === 'REQUEST_LIMIT_EXCEEDED') return requestLimit(message);
	if (code === 'INVALID_SESSION_ID' && isOfTheWrongKind(message)) return WRONG_SESSION;
	if (isLockedInside(code, message)) return LOCKED;
	return MEANINGS[code] ?? meaningOfStatus(status);
}

function worded({ code, message, fields }: SalesforceError): string {
	const named = fields.filter((field) => !message.includes(field));
	const about = named.length > 0 ? ` (${named.join(', ')})` : '';
	return `${message === '' ? code : message}${about}`;
}

/** The external ID belongs to more than one record; the answer is a list of their addresses. */
function severalRecords(json: unknown): Reading {
	const addresses: unknown[] = Array.isArray(json) ? json : [];
	const ids = addresses.map((address) => String(address).replace(/^.*\//, ''));
	return {
		code: 'DUPLICATE_EXTERNAL_ID',
		message: `${ids.length || 'Several'} records have this external ID: ${ids.join(', ')}`,
		meaning: MEANINGS.DUPLICATE_EXTERNAL_ID ?? { kind: 'conflict' },
	};
}

/** Not in the words of the API: a page of a proxy or of Salesforce's edge, a code on its own, or nothing. */
function unworded(status: number, body: Buffer): Reading {
	const words = plainWords(body.toString());
	const meaning = MEANINGS[words];
	if (meaning) return { code: words, message: `The server answered ${words}`, meaning };
	const said = words === '' ? '' : `, not in the words of the API: ${words}`;
	return {
		code: `HTTP ${status}`,
		message: `The server answered ${status}${said}`,
		meaning: meaningOfStatus(status),
	};
}

/** Why one row of a request that succeeded as a whole was not written. */
interface RowError {
	statusCode: string;
	message: string;
	fields?: string[] | null;
}

/** The failure of a row in the answer of sObject Collections, Composite or Bulk API. */
export function rowFailure({ statusCode, message, fields }: RowError): Failure {
	const error = { code: statusCode, message: message || statusCode, fields: fields ?? [] };
	// The server has said what became of each row, so none is in doubt.
	const meaning = meaningOf(error, 200);
	const scope = meaning.kind === 'quota' ? meaning.scope : 'item';
	return new Failure({
		...meaning,
		scope,
		phase: 'rejected',
		code: statusCode,
		message: worded(error),
	});
}

/**
 * The failure of a result that was refused.
 * @param errors a list, as Salesforce writes them, or one on its own
 * @param unworded what happened, where no reason is given
 */
export function refusal(errors: unknown, unworded: string): Failure {
	const [first = { code: 'UNKNOWN_EXCEPTION', message: unworded, fields: [] }, ...more] =
		errorsIn(errors);
	const message = [first, ...more].map((error) => error.message).join('; ');
	return rowFailure({ statusCode: first.code, message, fields: first.fields });
}

/** A success whose body nobody can read: a proxy may have answered in the server's place. */
export const unreadable = (status: number, body: string, why: string): Failure =>
	new Failure({
		kind: 'unavailable',
		phase: 'maybeDone',
		code: 'UNREADABLE_ANSWER',
		message: `The server answered ${status}, but not in the words of the API (${why}): ${plainWords(body)}`,
		hint: 'Is this really the address of the org? A proxy may have answered in its place.',
		status,
	});
