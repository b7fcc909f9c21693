import { defineOperation } from '../../../shared/node/defineOperation';
import { toFailure } from '../../../shared/resilience/failure';
import type { LdapClient } from '../../transport/client';
import { isAlternativeDn } from '../../transport/dn';
import { deleteTree } from '../../transport/deleteTree';
import { isMissing } from '../../transport/results';
import { dnOf } from '../../transport/findEntry';
import { entryField, sameEntry, touchedFrom } from '../fields';

export const deleteOperation = defineOperation({
	name: 'Delete',
	value: 'delete',
	action: 'Delete an entry',
	description: 'Delete an entry for good; with the option also everything below it',
	repeatable: true,
	properties: [
		entryField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Delete Everything Below',
					name: 'tree',
					type: 'boolean',
					default: false,
					description:
						'Whether to delete all entries below this one as well. Otherwise an entry with others below it is not deleted.',
				},
				{
					displayName: 'If It Does Not Exist',
					name: 'ifMissing',
					type: 'options',
					options: [
						{ name: 'Fail', value: 'fail' },
						{ name: 'Go On', value: 'goOn', description: 'What is not there counts as deleted' },
					],
					default: 'goOn',
				},
			],
		},
	],
	inOrder: (input) => {
		const dn = input.entry.trim();
		return dn.includes('=') && !isAlternativeDn(dn) ? touchedFrom(dn) : sameEntry(input);
	},
	async execute(ldap: LdapClient, { entry, options: { tree = false, ifMissing = 'goOn' } }) {
		try {
			const dn = await dnOf(ldap, entry);
			if (tree) return { dn, deleted: true, entries: await deleteTree(ldap, dn) };
			await ldap.delete(dn);
			return { dn, deleted: true };
		} catch (error) {
			const failure = toFailure(error);
			if (ifMissing === 'goOn' && isMissing(failure)) return { dn: entry, deleted: false };
			throw failure;
		}
	},
});
