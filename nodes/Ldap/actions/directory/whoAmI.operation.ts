import { defineOperation } from '../../../shared/node/defineOperation';
import type { LdapClient } from '../../transport/client';
import { whoAmI as ask } from '../../transport/whoAmI';

export const whoAmI = defineOperation({
	name: 'Who Am I',
	value: 'whoAmI',
	action: 'Ask the server who is signed in',
	description: 'Say as whom the server treats the requests of this credential',
	repeatable: true,
	properties: [],
	async execute(ldap: LdapClient) {
		return await ask(ldap);
	},
});
