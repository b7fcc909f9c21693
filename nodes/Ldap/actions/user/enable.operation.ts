import { defineOperation } from '../../../shared/node/defineOperation';
import { accountsOf } from '../../transport/accounts/accounts';
import type { LdapClient } from '../../transport/client';
import { dnOf } from '../../transport/findEntry';
import { sameEntry } from '../fields';
import { userField } from './userFields';

export const enable = defineOperation({
	name: 'Enable',
	value: 'enable',
	action: 'Enable a user',
	description: 'Let a user sign in again who was disabled; one who is enabled stays so',
	repeatable: true,
	properties: [userField],
	inOrder: sameEntry,
	async execute(ldap: LdapClient, { entry }) {
		const dn = await dnOf(ldap, entry);
		return { dn, enabled: true, changed: await (await accountsOf(ldap)).enable(dn) };
	},
});
