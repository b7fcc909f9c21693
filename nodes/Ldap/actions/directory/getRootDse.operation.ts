import { defineOperation } from '../../../shared/node/defineOperation';
import { Failure } from '../../../shared/resilience/failure';
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
		const { attributes, refusal } = await ldap.rootDse();
		if (attributes.length === 0) throw refusal ?? nothingShown();
		return rootDseRow(attributes);
	},
});

const nothingShown = () =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NO_ROOT_DSE',
		message: 'The server says nothing about itself, at least not to this user',
		hint: 'All that a server without it can do is used all the same. Fill in "Base DN" in the credential.',
	});
