import { defineOperation } from '../../../shared/node/defineOperation';
import type { LdapClient } from '../../transport/client';
import { dnOf } from '../../transport/findEntry';
import { modifyPermissively } from '../../transport/modifyPermissively';
import { attributeName, attributeValue, filesOption } from '../attributeFields';
import { entryField, sameEntry } from '../fields';
import { passwordsIn, protectPasswords } from '../passwords';
import { changesOf } from './changes';

export const update = defineOperation({
	name: 'Update',
	value: 'update',
	action: 'Update an entry',
	description:
		'Add, replace and remove values of an entry: all changes of an item are made together, or none',
	repeatable: false,
	properties: [
		entryField,
		{
			displayName: 'Changes',
			name: 'changes',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
			placeholder: 'Add Change',
			default: {},
			description: 'The same attribute in several rows has several values',
			options: [
				{
					displayName: 'Change',
					name: 'rows',
					values: [
						{
							displayName: 'Change',
							name: 'change',
							type: 'options',
							options: [
								{ name: 'Add Value', value: 'add', description: 'Other values stay' },
								{
									name: 'Increment',
									value: 'increment',
									description:
										'Add a number to the one that is there, where the server can do that',
								},
								{
									name: 'Remove All Values',
									value: 'deleteAll',
									description: 'The entry has the attribute no more',
								},
								{ name: 'Remove Value', value: 'delete', description: 'Other values stay' },
								{
									name: 'Replace',
									value: 'replace',
									description: 'No other values stay; without a value all are removed',
								},
							],
							default: 'replace',
						},
						attributeName,
						{ ...attributeValue, displayOptions: { hide: { change: ['deleteAll'] } } },
					],
				},
			],
		},
		{
			displayName: 'More Changes (JSON)',
			name: 'changesJson',
			type: 'json',
			default: '{}',
			placeholder: '{ "replace": { "title": "Lead" }, "add": { "mail": ["a@example.com"] } }',
			description:
				'Besides those above: under "add", "replace", "delete" and "increment" names and values; null under "delete" or "replace" removes all values',
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Skip What Is Done Already',
					name: 'permissive',
					type: 'boolean',
					default: false,
					description:
						'Whether to add only values that are not there and remove only those that are, instead of failing',
				},
				filesOption,
			],
		},
	],
	inOrder: sameEntry,
	secrets: ({ changes, changesJson }) => passwordsIn([changes, changesJson]),
	async execute(ldap: LdapClient, { entry, options, ...input }, item) {
		const changes = await changesOf(await ldap.schema(), { ...input, files: options.files }, item);
		protectPasswords(ldap, changes);
		const dn = await dnOf(ldap, entry);
		if (options.permissive) await modifyPermissively(ldap, dn, changes);
		else await ldap.modify(dn, changes);
		return { dn, updated: true, attributes: [...new Set(changes.map(({ type }) => type))] };
	},
});
