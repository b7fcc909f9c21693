import { defineOperation } from '../../../shared/node/defineOperation';
import { invalidInput } from '../../../shared/resilience/failure';
import type { LdapClient } from '../../transport/client';
import { modifyPassword as change } from '../../transport/modifyPassword';

export const modifyPassword = defineOperation({
	name: 'Modify Password',
	value: 'modifyPassword',
	action: 'Modify a password',
	description:
		'Change or reset the password of a user with the extended operation for it (RFC 3062), which OpenLDAP and others have: the old password is not good any more. For Active Directory use the operations of the resource User.',
	repeatable: false,
	properties: [
		{
			displayName: 'User',
			name: 'user',
			type: 'string',
			typeOptions: { condition: true },
			default: '',
			placeholder: 'e.g. uid=anna,ou=people,dc=example,dc=com',
			description: 'Whose password it is, usually a DN. Leave empty for who is signed in.',
		},
		{
			displayName: 'Old Password',
			name: 'oldPassword',
			type: 'string',
			typeOptions: { password: true, condition: true },
			default: '',
			description:
				'Many servers want it from users who change their own password. Leave empty to reset it as an administrator.',
		},
		{
			displayName: 'Let the Server Make the Password',
			name: 'generate',
			type: 'boolean',
			default: false,
			description:
				'Whether the server chooses the new password. The output has it then, in readable form.',
		},
		{
			displayName: 'New Password',
			name: 'newPassword',
			type: 'string',
			typeOptions: { password: true },
			displayOptions: { show: { generate: [false] } },
			required: true,
			default: '',
			description: 'Sent over encrypted connections only, and never part of the output',
		},
	],
	secretColumns: ['generatedPassword'],
	async execute(ldap: LdapClient, { user, oldPassword, generate, newPassword }) {
		if (!generate && !newPassword)
			throw invalidInput('"New Password" is empty', 'Fill it in, or let the server make one.');
		const made = await change(ldap, {
			user: user.trim() || undefined,
			before: oldPassword || undefined,
			after: generate ? undefined : newPassword,
		});
		return {
			user: user.trim() || null,
			changed: true,
			...(made !== undefined && { generatedPassword: made }),
		};
	},
	inOrder: ({ user }) => user.trim().toLowerCase(),
});
