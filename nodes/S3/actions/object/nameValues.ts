import { invalidInput } from '../../transport/failure';

/** Rows of name and value as an object. @throws Failure when a name is there twice */
export function inRows(
	field: string,
	rows: Array<{ name: string; value: string }> = [],
): Record<string, string> {
	const found = new Map<string, string>();
	for (const { name, value } of rows) {
		if (name === '' && value === '') continue;
		if (found.has(name)) throw invalidInput(`"${field}" has "${name}" twice`);
		found.set(name, value);
	}
	return Object.fromEntries(found);
}

/** A JSON object of names and values; numbers and booleans become texts. */
export function flatTexts(field: string, json: unknown): Record<string, string> {
	if (json === undefined || json === null || json === '') return {};
	if (typeof json !== 'object' || Array.isArray(json)) {
		throw invalidInput(`"${field}" must be a JSON object of names and values`);
	}
	return Object.fromEntries(
		Object.entries(json).flatMap(([name, value]: [string, unknown]) => {
			if (value === null || value === undefined) return [];
			if (typeof value !== 'object') return [[name, String(value)]];
			throw invalidInput(`"${field}" has no text at "${name}", but an object or a list`);
		}),
	);
}
