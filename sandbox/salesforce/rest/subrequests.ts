import { Readable } from 'node:stream';
import type { Answer } from '../answer.ts';
import { isObject } from '../body.ts';
import { refusal } from '../errors.ts';
import type { ApiRequest, Call } from '../router.ts';

/** One request inside of another. */
export interface Subrequest {
	method: string;
	url: string;
	body: unknown;
	referenceId: string;
	httpHeaders: Record<string, string>;
}

/** What it was answered. */
export interface SubAnswer {
	body: unknown;
	httpHeaders: Record<string, string>;
	httpStatusCode: number;
}

const reference = /@\{([A-Za-z0-9_]+)((?:\.[A-Za-z0-9_]+|\[\d+\])*)\}/g;

/** Something that a reference names is not there. */
class NoValue extends Error {}

function lookUp(known: Map<string, unknown>, name: string, path: string): unknown {
	let at = known.get(name);
	for (const [, key = ''] of path.matchAll(/[.[]([A-Za-z0-9_]+)\]?/g)) {
		if (Array.isArray(at)) at = at[Number(key)];
		else at = isObject(at) ? at[key] : undefined;
	}
	if (at !== undefined && at !== null && typeof at !== 'object') return at;
	throw new NoValue(`Invalid reference specified. No value for ${name}${path} found in ${name}`);
}

/** The text with its references replaced; a text that is nothing but a reference becomes the value. */
function fillText(known: Map<string, unknown>, text: string): unknown {
	const [only] = text.matchAll(reference);
	if (only && only[0] === text) return lookUp(known, only[1] ?? '', only[2] ?? '');
	return text.replaceAll(reference, (_, name: string, path: string) =>
		String(lookUp(known, name, path)),
	);
}

function fill(known: Map<string, unknown>, value: unknown): unknown {
	if (typeof value === 'string') return fillText(known, value);
	if (Array.isArray(value)) return value.map((one) => fill(known, one));
	if (!isObject(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fill(known, one)]));
}

const refused = (code: string, message: string, status = 400): SubAnswer => ({
	body: [{ errorCode: code, message }],
	httpHeaders: {},
	httpStatusCode: status,
});

/** What everything else of a transaction is told when one part of it failed. */
export const halted = (): SubAnswer =>
	refused(
		'PROCESSING_HALTED',
		'The transaction was rolled back since another operation in the same transaction failed.',
	);

/** Whether a request failed: by its status, or by a row of a collection. */
export const failed = ({ httpStatusCode, body }: SubAnswer): boolean =>
	httpStatusCode >= 400 ||
	(Array.isArray(body) && body.some((row) => isObject(row) && row.success === false));

/** Answers of an inner request as the outer one shows it. @throws Error when it is not at hand */
export function shownAnswer({ status, headers = {}, body }: Answer): SubAnswer {
	if (body instanceof Readable) throw new Error('A stream cannot stand inside of another answer');
	const text = body?.toString() ?? '';
	const json = (headers['content-type'] ?? '').includes('json');
	const { location } = headers;
	return {
		body: text === '' ? null : json ? JSON.parse(text) : text,
		httpHeaders: location === undefined ? {} : { Location: location },
		httpStatusCode: status,
	};
}

/** The request that stands for an inner one. */
export function innerRequest(
	{ request }: Call,
	{ method, url, body, httpHeaders }: Pick<Subrequest, 'method' | 'url' | 'body' | 'httpHeaders'>,
): ApiRequest {
	const [path = '', ...search] = url.split('?');
	return {
		...request,
		method: method.toUpperCase(),
		path: path.replace(/(?<=.)\/$/, ''),
		query: new URLSearchParams(search.join('?')),
		headers: {
			...request.headers,
			'content-type': 'application/json',
			...Object.fromEntries(
				Object.entries(httpHeaders).map(([name, value]) => [name.toLowerCase(), value]),
			),
		},
		body: Buffer.from(body === undefined || body === null ? '' : JSON.stringify(body)),
	};
}

/** Runs an inner request after its references are filled in, and remembers its answer. */
export function runSubrequest(
	call: Call,
	subrequest: Subrequest,
	known: Map<string, unknown>,
): SubAnswer {
	let request: ApiRequest;
	try {
		const url = String(fillText(known, subrequest.url));
		request = innerRequest(call, { ...subrequest, url, body: fill(known, subrequest.body) });
	} catch (error) {
		if (error instanceof NoValue) return refused('PROCESSING_HALTED', error.message);
		throw error;
	}
	const answer = call.dispatch(request);
	if (answer instanceof Promise) {
		return refused('NOT_FOUND', 'This resource is not available here', 404);
	}
	const shown = shownAnswer(answer);
	if (shown.httpStatusCode < 400) known.set(subrequest.referenceId, shown.body);
	return shown;
}

/** The requests of a body. @throws ApiError JSON_PARSER_ERROR, INVALID_INPUT */
export function subrequestsOf(list: unknown): Subrequest[] {
	if (!Array.isArray(list)) {
		throw refusal('JSON_PARSER_ERROR', 'The list compositeRequest is required.');
	}
	const seen = new Set<string>();
	return list.map((one: unknown) => {
		if (!isObject(one)) throw refusal('JSON_PARSER_ERROR', 'A subrequest must be an object.');
		const { method, url, referenceId, body, httpHeaders } = one;
		if (typeof method !== 'string' || typeof url !== 'string' || typeof referenceId !== 'string') {
			throw refusal('INVALID_INPUT', 'A subrequest needs method, url and referenceId.');
		}
		if (!/^[A-Za-z0-9][A-Za-z0-9_]*$/.test(referenceId)) {
			throw refusal(
				'INVALID_INPUT',
				`Provided referenceId ('${referenceId}') must start with a letter or a number, and it can contain only letters, numbers and underscores ('_').`,
			);
		}
		if (seen.has(referenceId)) {
			throw refusal('INVALID_INPUT', `Duplicate referenceId: ${referenceId}`);
		}
		seen.add(referenceId);
		const headers = isObject(httpHeaders) ? httpHeaders : {};
		return {
			method,
			url,
			referenceId,
			body,
			httpHeaders: Object.fromEntries(
				Object.entries(headers).map(([name, value]) => [name, String(value)]),
			),
		};
	});
}
