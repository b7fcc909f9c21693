import type { INodeProperties } from 'n8n-workflow';
import { fromList } from '../../../shared/node/fromList';
import { invalidInput } from '../../../shared/resilience/failure';
import type { LdapClient } from '../../transport/client';
import { dnOf } from '../../transport/findEntry';
import { keyOf } from '../../transport/groups/changeMembers';
import type { Group } from '../../transport/groups/group';
import { readEntry, valuesIn } from '../../transport/readEntry';
import { entryField, entryModes } from '../fields';
import { userField } from '../user/userFields';

/** The group to work on. */
export const groupField = {
	...entryField,
	displayName: 'Group',
	name: 'group',
	description: 'The group to work on',
	modes: [
		fromList('searchGroups', 'Select a group...'),
		...entryModes('cn=admins,ou=groups,dc=example,dc=com', 'admins'),
	],
} as const satisfies INodeProperties;

/** Somebody who may be in groups: a user, a computer, or a group. */
export const memberField = {
	...userField,
	displayName: 'Member',
	name: 'member',
	description: 'Whom it is about: a user, or another group',
} as const satisfies INodeProperties;

export const membersField = {
	displayName: 'Members',
	name: 'members',
	type: 'string',
	typeOptions: { anyValue: true, rows: 3 },
	required: true,
	default: '',
	placeholder: 'e.g. anna',
	description:
		'DNs, IDs or names, one in each line, or an expression that gives a list: users and other groups',
} as const satisfies INodeProperties;

export const nestedOption = {
	displayName: 'Nested',
	name: 'nested',
	type: 'boolean',
	default: true,
	description: 'Whether groups that are in groups count as well, at any depth',
} as const satisfies INodeProperties;

/** Work on the same group keeps the order of the items. */
export const sameGroup = ({ group }: { group: string }): string => group.toLowerCase();

/**
 * What was filled in for several members. Only an empty list is nobody: an expression that gives
 * nothing must not empty a group.
 * @throws Failure where one of them is no text
 */
export function namesOf(members: unknown): string[] {
	if (typeof members === 'string') {
		const lines = members.split(/\r?\n/).map((line) => line.trim());
		const names = lines.filter((line) => line !== '');
		if (names.length > 0) return names;
		throw invalidInput('"Members" is empty', 'Give DNs, IDs or names, or the empty list {{ [] }}.');
	}
	return [members].flat().map((member: unknown) => {
		const name = typeof member === 'number' ? String(member) : member;
		if (typeof name === 'string' && name.trim() !== '') return name.trim();
		throw invalidInput('"Members" has something that is no text', 'Give DNs, IDs or names.');
	});
}

/** The members as the group names them, each once. @throws Failure where there is no such entry */
export async function memberNames(
	ldap: LdapClient,
	group: Group,
	members: string[],
): Promise<string[]> {
	const found = new Map<string, string>();
	for (const member of members) {
		const name = await memberName(ldap, group, member);
		const key = keyOf(group, name);
		if (!found.has(key)) found.set(key, name);
	}
	return [...found.values()];
}

async function memberName(ldap: LdapClient, group: Group, member: string): Promise<string> {
	// A name is what groups of Unix systems keep, and their members need not have an entry.
	if (group.membership.names === 'uid' && !/[=\\@]/.test(member)) return member;
	const named = await dnOf(ldap, member);
	if (group.membership.names === 'dn' && !named.startsWith('<')) return named;
	const { dn, attributes } = await readEntry(ldap, named, ['uid']);
	if (group.membership.names === 'dn') return dn;
	const [uid] = valuesIn(attributes, 'uid');
	if (uid) return uid.toString();
	throw invalidInput(`"${member}" has no uid`, `The group "${group.dn}" keeps its members by uid.`);
}
