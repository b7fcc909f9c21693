import { invalidInput } from '../../../shared/resilience/failure';

/**
 * The ID of a record as it was given, or in the address of its page.
 * @throws Failure for what cannot be one: in the address of a request it would mean something else
 */
export function recordId(given: string): string {
	const text = given.trim();
	const [, inAddress] =
		/^https?:\/\/.*\/([a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?)(?:\/view)?(?:[/?#]|$)/.exec(text) ?? [];
	const id = inAddress ?? text;
	if (/^[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?$/.test(id)) return id;
	throw invalidInput(
		`"${given}" is not the ID of a record`,
		'It has 15 or 18 letters and digits. To find a record by other values, use "Get Many" or "Upsert".',
	);
}
