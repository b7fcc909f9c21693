import { textOfHtml } from './html';

/** One error as Salesforce writes it. */
export interface SalesforceError {
	code: string;
	message: string;
	/** API names */
	fields: string[];
}

/**
 * The errors in the body of an answer: the list of REST, the one of OAuth, of an action, or of a row.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
 * @returns empty where the body is something else
 */
export function errorsIn(json: unknown): SalesforceError[] {
	if (Array.isArray(json)) return json.flatMap(errorsIn);
	if (typeof json !== 'object' || json === null) return [];
	const member = (name: string): unknown => Reflect.get(json, name);
	const text = (name: string): string | undefined => {
		const value = member(name);
		return typeof value === 'string' && value !== '' ? value : undefined;
	};
	// REST calls it errorCode, rows and actions statusCode, OAuth error.
	const code = text('errorCode') ?? text('statusCode') ?? text('exceptionCode') ?? text('error');
	if (code === undefined) return Array.isArray(member('errors')) ? errorsIn(member('errors')) : [];
	const fields = member('fields');
	return [
		{
			code,
			message: text('message') ?? text('exceptionMessage') ?? text('error_description') ?? code,
			fields: Array.isArray(fields) ? fields.map(String) : [],
		},
	];
}

/** Whether the body of a success is a list of errors. */
export function isErrorList(json: unknown): boolean {
	return (
		Array.isArray(json) &&
		json.length > 0 &&
		json.every(
			(one: unknown) =>
				typeof one === 'object' && one !== null && 'errorCode' in one && 'message' in one,
		)
	);
}

/** JSON, or undefined where the body is something else. */
export function jsonIn(body: Buffer): unknown {
	try {
		return body.length > 0 ? JSON.parse(body.toString()) : undefined;
	} catch {
		return undefined;
	}
}

/** What there is to read in a body that is not in the words of the API: a page of a proxy, or plain text. */
export const plainWords = (body: string): string => textOfHtml(body).slice(0, 200);
