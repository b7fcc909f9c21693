import { defineOperation } from '../../../shared/node/defineOperation';
import { invalidInput } from '../../../shared/resilience/failure';
import type { LdapClient } from '../../transport/client';
import { dnOf } from '../../transport/findEntry';
import { hasValue } from '../../transport/hasValue';
import { attributeName, attributeValue, valuesOf } from '../attributeFields';
import { entryField } from '../fields';
import { passwordsIn, protectPasswords } from '../passwords';

export const compare = defineOperation({
	name: 'Compare',
	value: 'compare',
	action: 'Compare a value of an entry',
	description:
		'Ask the server whether an attribute of an entry has a value, also where it may not be read',
	repeatable: true,
	properties: [
		entryField,
		{ ...attributeName, required: true },
		{ ...attributeValue, required: true, description: 'What the attribute should have' },
	],
	secrets: ({ attribute, value }) => passwordsIn({ attribute, value }),
	async execute(ldap: LdapClient, { entry, attribute, value }) {
		const [bytes, ...more] = valuesOf(await ldap.schema(), attribute, value);
		if (!bytes || more.length > 0) throw invalidInput('"Value" must be one value');
		protectPasswords(ldap, [{ type: attribute, values: [bytes] }]);
		const dn = await dnOf(ldap, entry);
		return { dn, attribute, matches: await hasValue(ldap, dn, attribute, bytes) };
	},
});
