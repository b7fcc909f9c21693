import { defineOperation } from '../../../shared/node/defineOperation';
import { accountsOf } from '../../transport/accounts/accounts';
import type { LdapClient } from '../../transport/client';
import { dnOf } from '../../transport/findEntry';
import { sameEntry } from '../fields';
import { userField } from './userFields';

export const disable = defineOperation({
	name: 'Disable',
	value: 'disable',
	action: 'Disable a user',
	description: 'Keep a user from signing in, without deleting anything',
	repeatable: true,
	properties: [userField],
	inOrder: sameEntry,
	async execute(ldap: LdapClient, { entry }) {
		const dn = await dnOf(ldap, entry);
		return { dn, enabled: false, changed: await (await accountsOf(ldap)).disable(dn) };
	},
});
