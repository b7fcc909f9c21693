import { defineOperation } from '../../../shared/node/defineOperation';
import { toFailure } from '../../../shared/resilience/failure';
import type { LdapClient } from '../../transport/client';
import { isThere } from '../../transport/results';
import { checkEntry } from '../../transport/checkEntry';
import { filesOption } from '../attributeFields';
import { passwordsIn, protectPasswords } from '../passwords';
import { newEntry, newEntryFields, touchedByNew } from './newEntry';

export const create = defineOperation({
	name: 'Create',
	value: 'create',
	action: 'Create an entry',
	description: 'Add an entry to the directory, checked against the schema before it is sent',
	repeatable: false,
	properties: [
		...newEntryFields,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Check Against Schema',
					name: 'check',
					type: 'boolean',
					default: true,
					description:
						'Whether to look for missing and unknown attributes before anything is sent: says what is wrong better than most servers do',
				},
				{
					displayName: 'If It Exists',
					name: 'ifExists',
					type: 'options',
					options: [
						{ name: 'Fail', value: 'fail' },
						{ name: 'Leave It', value: 'leave', description: 'The entry stays as it is' },
					],
					default: 'fail',
				},
				filesOption,
			],
		},
	],
	secrets: ({ attributes, attributesJson }) => passwordsIn([attributes, attributesJson]),
	inOrder: touchedByNew,
	async execute(ldap: LdapClient, { options, ...input }, item) {
		const { check = true, ifExists = 'fail', files } = options;
		const { dn, attributes, schema } = await newEntry(ldap, { ...input, files }, item);
		const filled = attributes.filter(({ values }) => values.length > 0);
		protectPasswords(ldap, filled);
		if (check) checkEntry(schema, filled);
		try {
			await ldap.add(dn, filled);
		} catch (error) {
			const failure = toFailure(error);
			if (ifExists === 'leave' && isThere(failure)) return { dn, created: false };
			throw failure;
		}
		return { dn, created: true };
	},
});
