import { defineOperation } from '../../../shared/node/defineOperation';
import { toFailure } from '../../../shared/resilience/failure';
import type { LdapClient } from '../../transport/client';
import { isMissing } from '../../transport/results';
import { dnOf } from '../../transport/findEntry';
import { readEntry } from '../../transport/readEntry';
import { entryField } from '../fields';

export const exists = defineOperation({
	name: 'Exists',
	value: 'exists',
	action: 'Find out whether an entry exists',
	description: 'Say whether there is an entry of this DN, ID or name, without reading it',
	repeatable: true,
	properties: [entryField],
	async execute(ldap: LdapClient, { entry }) {
		try {
			const { dn } = await readEntry(ldap, await dnOf(ldap, entry), ['1.1']);
			return { exists: true, dn };
		} catch (error) {
			const failure = toFailure(error);
			if (isMissing(failure)) return { exists: false, entry };
			throw failure;
		}
	},
});
