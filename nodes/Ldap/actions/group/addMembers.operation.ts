import { defineOperation } from '../../../shared/node/defineOperation';
import type { LdapClient } from '../../transport/client';
import { dnOf } from '../../transport/findEntry';
import { changeMembers } from '../../transport/groups/changeMembers';
import { groupAt } from '../../transport/groups/group';
import { groupField, memberNames, membersField, namesOf, sameGroup } from './groupFields';

export const addMembers = defineOperation({
	name: 'Add Members',
	value: 'addMembers',
	action: 'Add members to a group',
	description: 'Put users or groups into a group; who is in it already stays in it',
	repeatable: true,
	properties: [groupField, membersField],
	inOrder: sameGroup,
	async execute(ldap: LdapClient, { group, members }) {
		const found = await groupAt(ldap, await dnOf(ldap, group));
		const add = await memberNames(ldap, found, namesOf(members));
		await changeMembers(ldap, found, { add });
		return { dn: found.dn, members: add };
	},
});
