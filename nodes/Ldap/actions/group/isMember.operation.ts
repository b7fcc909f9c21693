import { defineOperation } from '../../../shared/node/defineOperation';
import type { LdapClient } from '../../transport/client';
import { dnOf } from '../../transport/findEntry';
import { groupAt } from '../../transport/groups/group';
import { isMemberOf } from '../../transport/groups/memberships';
import { groupField, memberField, memberNames, nestedOption } from './groupFields';

export const isMember = defineOperation({
	name: 'Is Member',
	value: 'isMember',
	action: 'Find out whether somebody is in a group',
	description: 'Say whether a user or group is a member of a group',
	repeatable: true,
	properties: [groupField, memberField, nestedOption],
	async execute(ldap: LdapClient, { group, member, nested }) {
		const found = await groupAt(ldap, await dnOf(ldap, group));
		const [name = ''] = await memberNames(ldap, found, [member]);
		return {
			group: found.dn,
			member: name,
			isMember: await isMemberOf(ldap, found, name, nested),
		};
	},
});
