import type { Filter } from '../transport/filter';
import { allOf, anyEntry, anyOf, equal, not } from '../transport/filter';

/** Which entries a list shows. */
export interface Kind {
	/** by their object classes */
	filter(activeDirectory: boolean): Filter;
	/** what somebody typed is looked for in these */
	names: string[];
}

const ofClass = (...classes: string[]) =>
	anyOf(...classes.map((objectClass) => equal('objectClass', objectClass)));

const PERSON_NAMES = ['cn', 'uid', 'mail', 'displayName', 'sn', 'givenName'];

export const entries: Kind = {
	filter: () => anyEntry,
	names: [...PERSON_NAMES, 'ou'],
};
export const users: Kind = {
	// A server that does not know a class finds nothing that is not of it.
	filter: (activeDirectory) =>
		activeDirectory
			? allOf(ofClass('user'), not(ofClass('computer')))
			: ofClass('person', 'posixAccount', 'account'),
	names: PERSON_NAMES,
};
export const groups: Kind = {
	filter: () => ofClass('group', 'groupOfNames', 'groupOfUniqueNames', 'groupOfURLs', 'posixGroup'),
	names: ['cn', 'mail', 'description'],
};
