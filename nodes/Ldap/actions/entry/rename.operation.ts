import { defineOperation } from '../../../shared/node/defineOperation';
import { invalidInput } from '../../../shared/resilience/failure';
import type { LdapClient } from '../../transport/client';
import { dnOf } from '../../transport/findEntry';
import { moveEntry } from '../../transport/moveEntry';
import { baseField, entryField, sameEntry } from '../fields';

export const rename = defineOperation({
	name: 'Rename or Move',
	value: 'rename',
	action: 'Rename or move an entry',
	description: 'Give an entry another name, another parent, or both; what is below it goes along',
	repeatable: true,
	properties: [
		entryField,
		{
			displayName: 'New Name',
			name: 'newName',
			type: 'string',
			typeOptions: { condition: true },
			default: '',
			placeholder: 'e.g. Anna Meier',
			description: 'Value of the naming attribute, without escapes. Leave empty to keep the name.',
		},
		{
			...baseField,
			displayName: 'New Parent',
			name: 'newParent',
			description: 'The entry below which it is to be. Leave empty to keep the parent.',
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Keep Old Name as a Value',
					name: 'keepOld',
					type: 'boolean',
					default: false,
					description: 'Whether the old value of the naming attribute stays in the entry',
				},
				{
					displayName: 'Naming Attribute',
					name: 'namingAttribute',
					type: 'string',
					default: '',
					description: 'Where the new name is the value of another attribute than the old one',
				},
			],
		},
	],
	inOrder: sameEntry,
	async execute(ldap: LdapClient, { entry, newName, newParent, options }) {
		if (newName === '' && newParent.trim() === '')
			throw invalidInput('Neither "New Name" nor "New Parent" is filled in');
		return await moveEntry(ldap, await dnOf(ldap, entry), { newName, newParent, ...options });
	},
});
