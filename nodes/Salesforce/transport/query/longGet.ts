import type { SalesforceClient } from '../client';
import { salesforceFailure } from '../failure';
import { notAPage } from './page';

// The path and all headers together may have 16,384 bytes; a token alone may have several thousand.
// https://help.salesforce.com/s/articleView?id=000386264
const LONGEST_PATH = 10_000;

interface Question {
	operation: string;
	/** with its query */
	path: string;
	headers?: Record<string, string>;
}

/** Asks for what is at a path. One that is too long for an address goes in the body of a batch of one. */
export async function longGet<T>(
	client: SalesforceClient,
	{ operation, path, headers }: Question,
	read: (json: unknown) => T,
): Promise<T> {
	if (path.length <= LONGEST_PATH)
		return await client.call({ operation, path, headers }, ({ json }) => read(json));
	const url = `v${await client.version()}${path}`;
	return await client.call(
		{
			operation,
			method: 'POST',
			path: '/composite/batch',
			json: { batchRequests: [{ method: 'GET', url }] },
			headers,
			repeatable: true,
		},
		({ json, headers: answered }) => {
			const { statusCode, result } = resultOf(json);
			if (statusCode < 400) return read(result);
			const said = client.redact.text(JSON.stringify(result) ?? '');
			throw salesforceFailure(statusCode, answered, said, client.clock.now());
		},
	);
}

function resultOf(json: unknown): { statusCode: number; result: unknown } {
	const results: unknown = isObject(json) ? json.results : undefined;
	const first: unknown = Array.isArray(results) ? results[0] : undefined;
	if (isObject(first) && typeof first.statusCode === 'number')
		return { statusCode: first.statusCode, result: first.result };
	throw notAPage('The answer to a batch has no results');
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null;
