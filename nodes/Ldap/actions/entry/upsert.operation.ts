import { defineOperation } from '../../../shared/node/defineOperation';
import type { LdapClient } from '../../transport/client';
import { upsertEntry } from '../../transport/upsertEntry';
import { filesOption } from '../attributeFields';
import { passwordsIn, protectPasswords } from '../passwords';
import { newEntry, newEntryFields, touchedByNew } from './newEntry';

export const upsert = defineOperation({
	name: 'Create or Update',
	value: 'upsert',
	action: 'Create or update an entry',
	description: 'Create a new record, or update the current one if it already exists (upsert)',
	repeatable: true,
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
						'Whether to look for missing and unknown attributes before an entry is created: says what is wrong better than most servers do',
				},
				filesOption,
			],
		},
	],
	secrets: ({ attributes, attributesJson }) => passwordsIn([attributes, attributesJson]),
	inOrder: touchedByNew,
	async execute(ldap: LdapClient, { options, ...input }, item) {
		const { check = true, files } = options;
		const { dn, attributes, schema } = await newEntry(ldap, { ...input, files }, item);
		protectPasswords(ldap, attributes);
		return { dn, ...(await upsertEntry(ldap, dn, attributes, check ? schema : undefined)) };
	},
});
