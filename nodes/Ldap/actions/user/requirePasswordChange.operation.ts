import { defineOperation } from '../../../shared/node/defineOperation';
import { accountsOf } from '../../transport/accounts/accounts';
import type { LdapClient } from '../../transport/client';
import { dnOf } from '../../transport/findEntry';
import { sameEntry } from '../fields';
import { userField } from './userFields';

export const requirePasswordChange = defineOperation({
	name: 'Require Password Change',
	value: 'requirePasswordChange',
	action: 'Require a user to change the password',
	description: 'Say whether a user has to choose a new password at the next sign-in',
	repeatable: true,
	properties: [
		userField,
		{
			displayName: 'Required',
			name: 'required',
			type: 'boolean',
			default: true,
			description: 'Whether a new password has to be chosen at the next sign-in',
		},
	],
	inOrder: sameEntry,
	async execute(ldap: LdapClient, { entry, required }) {
		const dn = await dnOf(ldap, entry);
		await (await accountsOf(ldap)).requirePasswordChange(dn, required);
		return { dn, passwordChangeRequired: required };
	},
});
