import { invalidInput } from '../../../shared/resilience/failure';

const NAME = /^[a-z]\w*$/i;
const PATH = /^[a-z]\w*(\.[a-z]\w*)*$/i;

/**
 * API name of an object, a field, a relationship or an alias: letters, digits and underscores. What is
 * none of these could be any part of a query.
 * @param what "The object": for the message
 */
export function apiName(what: string, name: string): string {
	const bare = name.trim();
	if (NAME.test(bare)) return bare;
	throw invalidInput(
		`${what} is "${name}", which is no API name`,
		'API names have letters, digits and underscores, such as Invoice__c.',
	);
}

/** A field of the object or of one that it refers to: "Name", "Account.Owner.Name". */
export function fieldPath(path: string): string {
	const bare = path.trim();
	if (PATH.test(bare)) return bare;
	throw invalidInput(
		bare === '' ? 'A field has no name' : `"${path}" is no field`,
		'Fields have API names; those of a parent stand behind its relationship, such as Account.Name.',
	);
}
