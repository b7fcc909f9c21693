import { defineOperation } from '../../../shared/node/defineOperation';
import type { LdapClient } from '../../transport/client';
import { rootDseRow } from '../../transport/rootDseRow';

export const getRootDse = defineOperation({
	name: 'Get Root DSE',
	value: 'getRootDse',
	action: 'Ask the server what it is and what it can do',
	description:
		'Get what the server says about itself: vendor, naming contexts, supported controls, extensions and mechanisms',
	repeatable: true,
	properties: [],
	async execute(ldap: LdapClient) {
		const { attributes } = await ldap.rootDse();
		return rootDseRow(attributes);
	},
});
