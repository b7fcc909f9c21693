import type {
	HttpClient,
	HttpClientOptions,
	HttpRequest,
} from '../../../nodes/shared/transport/http';
import { httpClient } from '../../../nodes/shared/transport/http';
import { Failure } from '../../../nodes/shared/resilience/failure';

let owners = 0;

/** A client that shares its connections with nobody, unless told with whom. */
export const client = (options: Partial<HttpClientOptions> = {}): HttpClient =>
	httpClient({ owner: `owner ${++owners}`, ...options });

export const get = (origin: string, details: Partial<HttpRequest> = {}): HttpRequest => ({
	method: 'GET',
	origin,
	path: '/',
	headers: {},
	signal: new AbortController().signal,
	...details,
});

/** The failure with which a request ends. */
export async function failureOf(request: Promise<unknown>): Promise<Failure> {
	try {
		await request;
	} catch (error) {
		if (error instanceof Failure) return error;
		throw new Error(`not a Failure: ${String(error)}`, { cause: error });
	}
	throw new Error('did not fail');
}

export const pause = async (ms: number): Promise<void> => {
	await new Promise((resolve) => setTimeout(resolve, ms));
};
