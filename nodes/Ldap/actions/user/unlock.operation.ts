import { defineOperation } from '../../../shared/node/defineOperation';
import { accountsOf } from '../../transport/accounts/accounts';
import type { LdapClient } from '../../transport/client';
import { dnOf } from '../../transport/findEntry';
import { sameEntry } from '../fields';
import { userField } from './userFields';

export const unlock = defineOperation({
	name: 'Unlock',
	value: 'unlock',
	action: 'Unlock a user',
	description: 'Let a user sign in again who was locked out by too many wrong passwords',
	repeatable: true,
	properties: [userField],
	inOrder: sameEntry,
	async execute(ldap: LdapClient, { entry }) {
		const dn = await dnOf(ldap, entry);
		return { dn, locked: false, changed: await (await accountsOf(ldap)).unlock(dn) };
	},
});
