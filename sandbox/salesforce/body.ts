import { refusal } from './errors.ts';
import type { ApiRequest } from './router.ts';

/** The body of a request as JSON. @throws ApiError JSON_PARSER_ERROR, UNSUPPORTED_MEDIA_TYPE */
export function jsonBody(request: ApiRequest): unknown {
	const type = request.headers['content-type'] ?? '';
	if (type !== '' && !/json/i.test(type)) {
		const message = `Content-Type ${type} not supported for this operation`;
		throw refusal('UNSUPPORTED_MEDIA_TYPE', message);
	}
	const text = request.body.toString();
	if (text.trim() === '') {
		throw refusal('JSON_PARSER_ERROR', 'No content to map to Object due to end of input');
	}
	try {
		return JSON.parse(text);
	} catch (error) {
		const at = Number(/position (\d+)/.exec(String(error))?.[1] ?? text.length);
		const before = text.slice(0, at).split('\n');
		const column = (before.at(-1)?.length ?? 0) + 1;
		throw refusal(
			'JSON_PARSER_ERROR',
			`Unexpected character ('${text[at] ?? ''}' (code ${text.charCodeAt(at) || 0})) at [line:${before.length}, column:${column}]`,
		);
	}
}

/** Whether something is an object of JSON. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** The body as an object of JSON. */
export function objectBody(request: ApiRequest): Record<string, unknown> {
	const value = jsonBody(request);
	if (isObject(value)) return value;
	throw refusal(
		'JSON_PARSER_ERROR',
		'The HTTP entity body is required, but this request has no entity body.',
	);
}
