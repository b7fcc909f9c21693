import { nearestFew } from '../../shared/ground/nearest';
import { Failure } from '../../shared/resilience/failure';
import type { FieldDescription, ObjectDescription } from './describe';

const SUGGESTIONS = 3;

/** The field of this name, in any case. */
export const fieldNamed = (
	{ fields }: Pick<ObjectDescription, 'fields'>,
	name: string,
): FieldDescription | undefined =>
	fields.find((field) => field.name.toLowerCase() === name.toLowerCase());

/** The object has no field of this name, or the user may not see it. */
export function unknownField({ name, fields }: ObjectDescription, field: string): Failure {
	return new Failure({
		kind: 'invalid',
		phase: 'notSent',
		code: 'INVALID_FIELD',
		message: `${name} has no field "${field}" that the user of the credential can see`,
		hint: `${didYouMean(field, fields)}Custom fields end in "__c". Otherwise check the field permissions of the user.`,
	});
}

/** "Did you mean Account, AccountTeam? ": empty where nothing is like it. */
export function didYouMean(typed: string, known: Named[]): string {
	const meant = alike(typed, known);
	return meant.length > 0 ? `Did you mean ${meant.join(', ')}? ` : '';
}

interface Named {
	name: string;
	label: string;
}

/** Names that somebody may have meant, who often writes the label in place of the name. */
function alike(typed: string, known: Named[]): string[] {
	const wanted = typed.trim().toLowerCase();
	const bare = (name: string) => name.toLowerCase().replace(/^.+?__(?=.+__)|__\w+$/g, '');
	const same = known.filter(
		({ name, label }) => label.toLowerCase() === wanted || bare(name) === bare(wanted),
	);
	const near = nearestFew(
		typed,
		known.map(({ name }) => name),
		SUGGESTIONS,
	);
	return [...new Set([...same.map(({ name }) => name), ...near])].slice(0, SUGGESTIONS);
}
