import { invalidInput } from '../../../shared/resilience/failure';
import type { Subrequest } from '../../transport/composite/subrequest';
import { METHODS } from '../../transport/composite/subrequest';

interface Written {
	specifyRequests: 'fields' | 'json';
	requests?: { request?: object[] };
	requestsJson?: unknown;
}

/**
 * The requests that somebody wrote, in fields or as JSON.
 * @param inOrder a request may refer only to those above it
 * @throws Failure that names the request that is wrong
 */
export function requestsIn(
	{ specifyRequests, requests, requestsJson }: Written,
	{ most, inOrder }: { most: number; inOrder: boolean },
): Subrequest[] {
	const written = specifyRequests === 'json' ? listIn(requestsJson) : (requests?.request ?? []);
	if (written.length === 0) throw invalidInput('There is no request', 'Add one to "Requests".');
	if (written.length > most)
		throw invalidInput(
			`There are ${written.length} requests, but one call takes ${most}`,
			'Spread them over several items.',
		);
	const found = written.map(requestOf);
	checkNames(found, inOrder);
	return found;
}

/** A list, or the whole body of a composite request. */
function listIn(json: unknown): unknown[] {
	if (Array.isArray(json)) return json;
	const { compositeRequest } = objectIn(json);
	if (Array.isArray(compositeRequest)) return compositeRequest;
	throw invalidInput(
		'"Requests" must be a list of requests',
		'Write [{ "method": "GET", "url": "/sobjects/Account/...", "referenceId": "theAccount" }].',
	);
}

function requestOf(written: unknown, n: number): Subrequest {
	const { method, url, referenceId, body, httpHeaders } = objectIn(written);
	const name = `Request ${n + 1}${typeof referenceId === 'string' && referenceId ? ` ("${referenceId}")` : ''}`;
	const verb = typeof method === 'string' ? method.toUpperCase() : '';
	const known = METHODS.find((one) => one === verb);
	if (!known)
		throw invalidInput(
			`${name} has the method ${JSON.stringify(method)}`,
			`It is one of: ${METHODS.join(', ')}.`,
		);
	if (typeof url !== 'string' || url.trim() === '') throw invalidInput(`${name} has no URL`);
	if (/^https?:/i.test(url.trim()))
		throw invalidInput(
			`${name} has the URL "${url}"`,
			'Write the path only: it goes to the org of the credential, as in /sobjects/Account.',
		);
	const reference =
		typeof referenceId === 'string' && referenceId !== '' ? referenceId : `request${n + 1}`;
	if (!/^[a-z0-9]\w*$/i.test(reference))
		throw invalidInput(
			`${name}: a reference ID has letters, digits and underscores only, and begins with none of these`,
		);
	const hasBody = known === 'PATCH' || known === 'POST' || known === 'PUT';
	return {
		method: known,
		url,
		referenceId: reference,
		...(hasBody && body !== undefined && { body }),
		...(httpHeaders !== undefined && { httpHeaders: headersIn(httpHeaders, name) }),
	};
}

function headersIn(written: unknown, name: string): Record<string, string> {
	const pairs = Object.entries(objectIn(written)).map(([header, value]) => {
		if (typeof value === 'string') return [header, value] as const;
		throw invalidInput(`${name}: the header "${header}" is no text`);
	});
	return Object.fromEntries(pairs);
}

const objectIn = (value: unknown): Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};

/** Salesforce would tell so only after it had done what stands before, or in other words. */
function checkNames(requests: Subrequest[], inOrder: boolean): void {
	const all = new Set(requests.map(({ referenceId }) => referenceId));
	const above = new Set<string>();
	for (const request of requests) {
		const { referenceId } = request;
		if (above.has(referenceId))
			throw invalidInput(`Two requests have the reference ID "${referenceId}"`);
		for (const name of referencesIn(request)) {
			if (name === referenceId) throw invalidInput(`Request "${referenceId}" refers to itself`);
			if (!all.has(name))
				throw invalidInput(
					`Request "${referenceId}" refers to "${name}", which is none of the requests`,
					`There are: ${[...all].join(', ')}.`,
				);
			if (inOrder && !above.has(name))
				throw invalidInput(
					`Request "${referenceId}" refers to "${name}", which comes after it`,
					'Move it above.',
				);
		}
		above.add(referenceId);
	}
}

/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/using_composite_resources.htm */
function referencesIn({ url, body, httpHeaders }: Subrequest): string[] {
	const text = JSON.stringify([url, body, httpHeaders]);
	return [...text.matchAll(/@\{(\w+)[.[]/g)].map(([, name = '']) => name);
}
