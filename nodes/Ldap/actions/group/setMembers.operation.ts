import { defineOperation } from '../../../shared/node/defineOperation';
import type { LdapClient } from '../../transport/client';
import { dnOf } from '../../transport/findEntry';
import { setMembers as makeMembers } from '../../transport/groups/changeMembers';
import { groupAt } from '../../transport/groups/group';
import { groupField, memberNames, membersField, namesOf, sameGroup } from './groupFields';

export const setMembers = defineOperation({
	name: 'Set Members',
	value: 'setMembers',
	action: 'Set the members of a group',
	description:
		'Make exactly these users and groups the members of a group: the others are removed from it',
	repeatable: true,
	properties: [
		groupField,
		{
			...membersField,
			description:
				'DNs, IDs or names, one in each line, or an expression that gives a list. The empty list {{ [] }} removes all members, where the group may be empty; an empty field does not.',
		},
	],
	inOrder: sameGroup,
	async execute(ldap: LdapClient, { group, members }) {
		const found = await groupAt(ldap, await dnOf(ldap, group));
		const names = await memberNames(ldap, found, namesOf(members));
		return { dn: found.dn, ...(await makeMembers(ldap, found, names)) };
	},
});
