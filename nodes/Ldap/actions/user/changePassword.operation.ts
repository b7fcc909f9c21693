import { defineOperation } from '../../../shared/node/defineOperation';
import { accountsOf } from '../../transport/accounts/accounts';
import type { LdapClient } from '../../transport/client';
import { dnOf } from '../../transport/findEntry';
import { sameEntry } from '../fields';
import { passwordField, userField } from './userFields';

export const changePassword = defineOperation({
	name: 'Change Password',
	value: 'changePassword',
	action: 'Change the password of a user',
	description:
		'Replace a password as its user would: the old one must be right, and the rules of the directory for age and history hold',
	repeatable: false,
	properties: [
		userField,
		{ ...passwordField, displayName: 'Old Password', name: 'oldPassword' },
		{ ...passwordField, displayName: 'New Password', name: 'newPassword' },
	],
	inOrder: sameEntry,
	async execute(ldap: LdapClient, { entry, oldPassword, newPassword }) {
		const dn = await dnOf(ldap, entry);
		await (await accountsOf(ldap)).changePassword(dn, oldPassword, newPassword);
		return { dn, passwordChanged: true };
	},
});
