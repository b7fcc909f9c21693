import { byDisplayName } from '../../../shared/node/byDisplayName';
import { defineOperation } from '../../../shared/node/defineOperation';
import { outputFileField } from '../../../shared/node/rowsOutput';
import type { LdapClient } from '../../transport/client';
import { attributesField, baseField, operationalOption } from '../fields';
import { filterFields } from '../filterFields';
import { filterOf } from '../filterOf';
import { scopeField, searching, searchOptions } from '../searchFields';
import { delivered } from '../searchOutput';

const { displayOptions: _always, ...fileField } = outputFileField;

export const exportOperation = defineOperation({
	name: 'Export',
	value: 'export',
	action: 'Export entries to an LDIF file',
	description:
		'Write the entries that a search finds into an LDIF file, of any size, byte for byte as ldapsearch does: with the passwords or their hashes, where the credential may read them',
	repeatable: true,
	properties: [
		baseField,
		scopeField,
		...filterFields,
		attributesField,
		fileField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [...searchOptions, operationalOption].sort(byDisplayName),
		},
	],
	async execute(ldap: LdapClient, input, item) {
		const { attributes, binaryPropertyName, options } = input;
		const schema = await ldap.schema();
		const entries = await searching(ldap, input, filterOf(input, schema), 0);
		return await delivered(
			{ entries, schema, attributes, limit: Infinity, passwords: true },
			{ output: 'ldif', binaryPropertyName, options },
			item,
		);
	},
});
