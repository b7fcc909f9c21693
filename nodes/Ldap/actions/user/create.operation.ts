import { defineOperation } from '../../../shared/node/defineOperation';
import { toFailure } from '../../../shared/resilience/failure';
import type { LdapClient } from '../../transport/client';
import { createUser, userCalled } from '../../transport/accounts/createUser';
import { isThere } from '../../transport/results';
import { attributesJsonField, givenAttributes } from '../attributeFields';
import { baseField } from '../fields';
import { passwordsIn, protectPasswords } from '../passwords';
import { passwordField } from './userFields';

export const create = defineOperation({
	name: 'Create',
	value: 'create',
	action: 'Create a user',
	description:
		'Add a user who can sign in at once: entry, password and account in one step, as Active Directory or another server wants it',
	repeatable: false,
	properties: [
		{
			...baseField,
			displayName: 'Parent',
			name: 'parent',
			description:
				'Below which entry the user is, such as an organizational unit. Leave empty for the base DN of the credential.',
		},
		{
			displayName: 'Login Name',
			name: 'login',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. anna',
			description: 'In Active Directory sAMAccountName, elsewhere uid',
		},
		{
			displayName: 'First Name',
			name: 'firstName',
			type: 'string',
			typeOptions: { condition: true },
			default: '',
		},
		{
			displayName: 'Last Name',
			name: 'lastName',
			type: 'string',
			required: true,
			default: '',
		},
		{ ...passwordField, required: false },
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Disabled',
					name: 'disabled',
					type: 'boolean',
					default: false,
					description:
						'Whether the user may not sign in yet. Without a password that is so anyway.',
				},
				{
					displayName: 'Email',
					name: 'mail',
					type: 'string',
					default: '',
					placeholder: 'e.g. anna@example.com',
				},
				{
					displayName: 'Full Name',
					name: 'fullName',
					type: 'string',
					default: '',
					description: 'Instead of first and last name: cn and displayName',
				},
				{
					displayName: 'If It Exists',
					name: 'ifExists',
					type: 'options',
					options: [
						{ name: 'Fail', value: 'fail' },
						{ name: 'Leave It', value: 'leave', description: 'The user stays as it is' },
					],
					default: 'fail',
				},
				{ ...attributesJsonField, placeholder: '{ "title": "Lead", "department": "Sales" }' },
				{
					displayName: 'Require Password Change',
					name: 'requirePasswordChange',
					type: 'boolean',
					default: false,
					description: 'Whether a new password has to be chosen at the first sign-in',
				},
				{
					displayName: 'User Principal Name',
					name: 'userPrincipalName',
					type: 'string',
					default: '',
					placeholder: 'e.g. anna@example.com',
					description:
						'Of Active Directory. Leave empty for the login name and the domain of the directory.',
				},
			],
		},
	],
	secrets: ({ options: { attributesJson } }) => passwordsIn(attributesJson),
	inOrder: ({ login }) => login.toLowerCase(),
	async execute(ldap: LdapClient, { options, ...user }, item) {
		const { ifExists = 'fail', attributesJson, ...more } = options;
		const others = await givenAttributes(await ldap.schema(), { attributesJson }, item);
		protectPasswords(ldap, others);
		try {
			return { ...(await createUser(ldap, { ...user, ...more, others })), created: true };
		} catch (error) {
			const failure = toFailure(error);
			if (ifExists !== 'leave' || !isThere(failure)) throw failure;
			// Another one of the same full name is not the user who is meant.
			const dn = await userCalled(ldap, user.login);
			if (dn === undefined) throw failure;
			return { dn, login: user.login, created: false };
		}
	},
});
