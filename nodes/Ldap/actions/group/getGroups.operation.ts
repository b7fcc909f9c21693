import { defineOperation } from '../../../shared/node/defineOperation';
import type { LdapClient } from '../../transport/client';
import { dnOf } from '../../transport/findEntry';
import { groupsOf } from '../../transport/groups/memberships';
import { memberField, nestedOption } from './groupFields';

export const getGroups = defineOperation({
	name: 'Get Groups of a Member',
	value: 'getGroups',
	action: 'Get the groups of a user or group',
	description: 'List the groups that a user or group is in, an item for each',
	repeatable: true,
	properties: [memberField, nestedOption],
	async execute(ldap: LdapClient, { member, nested }) {
		const dn = await dnOf(ldap, member);
		const groups = await groupsOf(ldap, dn, nested);
		return groups.map((group) => ({ dn: group, member: dn }));
	},
});
