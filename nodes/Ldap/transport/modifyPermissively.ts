import { toFailure } from '../../shared/resilience/failure';
import type { LdapClient } from './client';
import type { Change } from './entry';
import { readEntry, valuesIn } from './readEntry';
import { isDoneAlready } from './results';

/** [MS-ADTS] 3.1.1.3.4.1.8; OpenLDAP has it as well. */
const PERMISSIVE_MODIFY = '1.2.840.113556.1.4.1413';
const MOST_TRIES = 4;
const PERMISSIVELY = { oid: PERMISSIVE_MODIFY, critical: true };

/**
 * Changes an entry, where to add what is there and to remove what is not there is no error: the
 * server is told so where it can do that; where it refuses, what has to change is looked up.
 * @param keyOf the same for values that are the same to the server
 */
export async function modifyPermissively(
	ldap: LdapClient,
	dn: string,
	changes: Change[],
	keyOf: (value: Buffer) => string = (value) => value.toString('hex'),
): Promise<void> {
	const { supportedControl } = await ldap.rootDse();
	const controls = supportedControl.has(PERMISSIVE_MODIFY) ? [PERMISSIVELY] : [];
	const types = [...new Set(changes.map(({ type }) => type))];
	let needed = changes;
	for (let tries = 1; needed.length > 0; tries++) {
		try {
			await ldap.modify(dn, needed, { controls });
			return;
		} catch (error) {
			// Samba does not take the control seriously where the values are links, as in "member".
			const failure = toFailure(error);
			if (tries >= MOST_TRIES || !isDoneAlready(failure)) throw failure;
		}
		// Somebody else may do the same meanwhile, so that it is not done after the first look.
		const { attributes } = await readEntry(ldap, dn, types);
		needed = changes.flatMap((change) =>
			stillToDo(change, valuesIn(attributes, change.type), keyOf),
		);
	}
}

function stillToDo(change: Change, current: Buffer[], keyOf: (value: Buffer) => string): Change[] {
	const there = new Set(current.map(keyOf));
	const isThere = (value: Buffer) => there.has(keyOf(value));
	const { operation, values } = change;
	if (operation === 'add')
		return withValues(
			change,
			values.filter((value) => !isThere(value)),
		);
	if (operation !== 'delete') return [change];
	if (values.length === 0) return current.length > 0 ? [change] : [];
	return withValues(change, values.filter(isThere));
}

const withValues = (change: Change, values: Buffer[]): Change[] =>
	values.length > 0 ? [{ ...change, values }] : [];
