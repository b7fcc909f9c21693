import type { SalesforceSandbox } from '../../../sandbox/salesforce/server.ts';

/** What JSON.parse gives: tests say what they expect of it. */
export type Json = ReturnType<typeof JSON.parse>;

export interface RestAnswer {
	status: number;
	headers: Headers;
	text: string;
	/** The body as JSON, where it is. */
	json: Json;
}

/** Asks an org as the documentation writes it: `rest('PATCH', '/jobs/ingest/750...', { state })`. */
export function restOf(sandbox: SalesforceSandbox) {
	const token = sandbox.accessToken();
	return async (
		method: string,
		path: string,
		body?: unknown,
		headers: Record<string, string> = {},
	): Promise<RestAnswer> => {
		const raw = typeof body === 'string';
		const answer = await fetch(`${sandbox.instanceUrl}/services/data/v68.0${path}`, {
			method,
			headers: {
				authorization: `Bearer ${token}`,
				...(body !== undefined && { 'content-type': raw ? 'text/csv' : 'application/json' }),
				...headers,
			},
			body: body === undefined ? undefined : raw ? body : JSON.stringify(body),
		});
		const text = await answer.text();
		const isJson = /json/.test(answer.headers.get('content-type') ?? '');
		return {
			status: answer.status,
			headers: answer.headers,
			text,
			json: isJson ? JSON.parse(text) : undefined,
		};
	};
}
