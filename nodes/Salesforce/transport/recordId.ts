import { invalidInput } from '../../shared/resilience/failure';

const ID = /^[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?$/;

/** Whether it is an ID of 15 or 18 characters. */
export const isId = (text: string): boolean => ID.test(text);

/**
 * An ID of 15 or 18 characters, without white space around it.
 * https://help.salesforce.com/s/articleView?id=000385585&type=1
 * @param field how the error names it: "File"
 */
export function recordId(value: unknown, field: string): string {
	const id = typeof value === 'string' ? value.trim() : '';
	if (isId(id)) return id;
	throw invalidInput(
		`"${field}" must be an ID of 15 or 18 letters and digits, but is ${JSON.stringify(value)}`,
		'The ID of a record stands in its address in the browser, and in the field "Id" of what a query returns.',
	);
}

/** The first three characters, which say of which object the record is. */
export const keyPrefixOf = (id: string): string => id.slice(0, 3);
