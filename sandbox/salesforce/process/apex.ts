import { json, jsonType, type Answer } from '../answer.ts';
import { notFound, refusal } from '../errors.ts';
import type { Call, Route } from '../router.ts';

/** What an Apex class is given, and what it answers. */
export type ApexClass = (request: {
	method: string;
	/** behind /services/apexrest */
	path: string;
	query: URLSearchParams;
	body: unknown;
}) => { status?: number; body?: unknown };

/** Says what it was asked; "/echo/fail" throws. */
export const echo: ApexClass = ({ method, path, query, body }) => {
	if (path.endsWith('/fail')) {
		throw refusal(
			'APEX_ERROR',
			'System.DmlException: Insert failed.\n\nClass.Echo.run: line 7, column 1',
			undefined,
			500,
		);
	}
	return { body: { method, path, query: Object.fromEntries(query), body } };
};

function run({ org, request, params }: Call): Answer {
	const path = `/${params['*'] ?? ''}`;
	const found = [...org.apex].find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`));
	if (!found) throw refusal('NOT_FOUND', `Could not find a match for URL ${path}`);
	if (!['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].includes(request.method)) throw notFound();
	const text = request.body.toString();
	const isJson = /json/i.test(request.headers['content-type'] ?? '');
	const body: unknown = text === '' ? null : isJson ? JSON.parse(text) : text;
	const answer = found[1]({ method: request.method, path, query: request.query, body });
	if (answer.body === undefined) return { status: answer.status ?? 204 };
	if (typeof answer.body !== 'string') return json(answer.body, answer.status ?? 200);
	return { status: answer.status ?? 200, headers: { 'content-type': jsonType }, body: answer.body };
}

export const apexRoutes: Route[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => ({
	method,
	path: '//services/apexrest/*',
	handle: run,
}));
