import { toFailure } from '../../../shared/resilience/failure';
import type { LdapClient } from '../client';
import { dnKey } from '../dn';
import type { Change } from '../entry';
import { isSchemaViolation } from '../results';
import { modifyPermissively } from '../modifyPermissively';
import { readEntry, valuesIn } from '../readEntry';
import type { Group } from './group';

// Active Directory takes no more than 5,000 values in one request (MaxValRange of older versions: 1,500).
const MOST_VALUES = 1_500;

export interface Members {
	add?: string[];
	remove?: string[];
}

/**
 * Adds and removes members; who is in it already, or is not in it, needs nothing. Many members take
 * several requests, those that add first.
 */
export async function changeMembers(
	ldap: LdapClient,
	group: Group,
	{ add = [], remove = [] }: Members,
): Promise<void> {
	const { dn, membership } = group;
	const { attribute } = membership;
	const changes = [...inParts('add', attribute, add), ...inParts('delete', attribute, remove)];
	// One request where one will do: nobody sees a group in between.
	const requests =
		add.length + remove.length <= MOST_VALUES ? [changes] : changes.map((one) => [one]);
	try {
		for (const request of requests)
			if (request.length > 0)
				await modifyPermissively(ldap, dn, request, (value) => keyOf(group, value.toString()));
	} catch (error) {
		const failure = toFailure(error);
		if (!isSchemaViolation(failure) || remove.length === 0) throw failure;
		throw failure.withHint(
			'A group of the class groupOfNames or groupOfUniqueNames must keep one member.',
		);
	}
}

const inParts = (operation: 'add' | 'delete', type: string, names: string[]): Change[] =>
	Array.from({ length: Math.ceil(names.length / MOST_VALUES) }, (_none, n) => ({
		operation,
		type,
		values: names.slice(n * MOST_VALUES, (n + 1) * MOST_VALUES).map((name) => Buffer.from(name)),
	}));

/**
 * Makes these the members of the group.
 * @returns who was added and who was removed
 */
export async function setMembers(
	ldap: LdapClient,
	group: Group,
	members: string[],
): Promise<{ added: string[]; removed: string[] }> {
	const now = await membersOf(ldap, group);
	const before = new Set(now.map((name) => keyOf(group, name)));
	const after = new Set(members.map((name) => keyOf(group, name)));
	const added = members.filter((name) => !before.has(keyOf(group, name)));
	const removed = now.filter((name) => !after.has(keyOf(group, name)));
	await changeMembers(ldap, group, { add: added, remove: removed });
	return { added, removed };
}

/** Members as the group names them, however many. */
export async function membersOf(
	ldap: LdapClient,
	{ dn, membership: { attribute } }: Group,
): Promise<string[]> {
	const { attributes } = await readEntry(ldap, dn, [attribute]);
	return valuesIn(attributes, attribute).map((value) => value.toString());
}

/** The same for names of one member. */
export const keyOf = ({ membership: { names } }: Group, name: string): string =>
	names === 'dn' ? dnKey(name) : name;
