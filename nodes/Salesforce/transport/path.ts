/**
 * A path below the root of the API version, every value in it encoded:
 * path`/sobjects/${object}/${field}/${value}`.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_upsert.htm
 */
export const path = (texts: TemplateStringsArray, ...values: Array<string | number>): string =>
	texts.reduce((made, text, n) => made + encodeURIComponent(String(values[n - 1])) + text);

/** The same path with a query; what is undefined is left out. */
export function withQuery(
	to: string,
	query: Record<string, string | number | boolean | undefined>,
): string {
	const pairs = Object.entries(query)
		.filter(([, value]) => value !== undefined)
		.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
	return pairs.length > 0 ? `${to}?${pairs.join('&')}` : to;
}
