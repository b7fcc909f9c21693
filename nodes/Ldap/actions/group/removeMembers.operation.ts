import { defineOperation } from '../../../shared/node/defineOperation';
import type { LdapClient } from '../../transport/client';
import { dnOf } from '../../transport/findEntry';
import { changeMembers } from '../../transport/groups/changeMembers';
import { groupAt } from '../../transport/groups/group';
import { groupField, memberNames, membersField, namesOf, sameGroup } from './groupFields';

export const removeMembers = defineOperation({
	name: 'Remove Members',
	value: 'removeMembers',
	action: 'Remove members from a group',
	description: 'Take users or groups out of a group; who is not in it needs nothing',
	repeatable: true,
	properties: [groupField, membersField],
	inOrder: sameGroup,
	async execute(ldap: LdapClient, { group, members }) {
		const found = await groupAt(ldap, await dnOf(ldap, group));
		const remove = await memberNames(ldap, found, namesOf(members));
		await changeMembers(ldap, found, { remove });
		return { dn: found.dn, members: remove };
	},
});
