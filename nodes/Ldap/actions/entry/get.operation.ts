import { defineOperation } from '../../../shared/node/defineOperation';
import type { LdapClient } from '../../transport/client';
import { dnOf } from '../../transport/findEntry';
import { readEntry } from '../../transport/readEntry';
import { attributesField, entryField, shapeOptions } from '../fields';
import { askedFor, shaping } from '../shaped';

export const get = defineOperation({
	name: 'Get',
	value: 'get',
	action: 'Get an entry',
	description: 'Read one entry by its DN, ID or name; an entry that is not there is an error',
	repeatable: true,
	properties: [
		entryField,
		attributesField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [...shapeOptions],
		},
	],
	async execute(ldap: LdapClient, { entry, attributes, options }, item) {
		const shape = shaping(await ldap.schema(), attributes, options, item);
		const dn = await dnOf(ldap, entry);
		return await shape(await readEntry(ldap, dn, askedFor(attributes, options)));
	},
});
