import { defineOperation } from '../../../shared/node/defineOperation';
import type { LdapClient } from '../../transport/client';
import { dnOf } from '../../transport/findEntry';
import { moveEntry } from '../../transport/moveEntry';
import { baseField, sameEntry } from '../fields';
import { userField } from './userFields';

export const move = defineOperation({
	name: 'Move',
	value: 'move',
	action: 'Move a user',
	description: 'Put a user below another entry, such as another organizational unit',
	repeatable: true,
	properties: [
		userField,
		{
			...baseField,
			displayName: 'New Parent',
			name: 'newParent',
			required: true,
			description: 'The entry below which the user is to be',
		},
	],
	inOrder: sameEntry,
	async execute(ldap: LdapClient, { entry, newParent }) {
		return await moveEntry(ldap, await dnOf(ldap, entry), { newParent });
	},
});
