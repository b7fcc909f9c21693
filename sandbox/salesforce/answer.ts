import type { Readable } from 'node:stream';

/** What a handler answers. */
export interface Answer {
	status: number;
	/** Names in lower case. */
	headers?: Record<string, string>;
	body?: string | Buffer | Readable;
}

export const jsonType = 'application/json;charset=UTF-8';

/** A value as JSON. */
export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Answer {
	const body = JSON.stringify(value);
	return { status, headers: { 'content-type': jsonType, ...headers }, body };
}

/** Nothing but a status. */
export const empty = (status = 204): Answer => ({ status });
