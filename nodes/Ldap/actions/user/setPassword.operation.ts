import { defineOperation } from '../../../shared/node/defineOperation';
import { accountsOf } from '../../transport/accounts/accounts';
import type { LdapClient } from '../../transport/client';
import { dnOf } from '../../transport/findEntry';
import { sameEntry } from '../fields';
import { passwordField, userField } from './userFields';

export const setPassword = defineOperation({
	name: 'Set Password',
	value: 'setPassword',
	action: 'Set the password of a user',
	description: 'Give a user a new password as an administrator: the old one is not needed',
	repeatable: true,
	properties: [
		userField,
		{ ...passwordField, displayName: 'New Password' },
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Require Change at Next Sign-In',
					name: 'requireChange',
					type: 'boolean',
					default: true,
					description: 'Whether the user has to choose another password the first time',
				},
				{
					displayName: 'Unlock',
					name: 'unlock',
					type: 'boolean',
					default: true,
					description: 'Whether a user who was locked out by wrong passwords may sign in again',
				},
			],
		},
	],
	inOrder: sameEntry,
	async execute(ldap: LdapClient, { entry, password, options }) {
		const dn = await dnOf(ldap, entry);
		const accounts = await accountsOf(ldap);
		await accounts.setPassword(dn, password);
		if (options.requireChange !== undefined)
			await accounts.requirePasswordChange(dn, options.requireChange);
		if (options.unlock) await accounts.unlock(dn);
		return { dn, passwordSet: true };
	},
});
