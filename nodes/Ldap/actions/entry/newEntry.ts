import type { INodeProperties } from 'n8n-workflow';
import type { Item } from '../../../shared/node/defineOperation';
import type { Touched } from '../../../shared/node/lanes';
import { invalidInput } from '../../../shared/resilience/failure';
import type { LdapClient } from '../../transport/client';
import { joinDn, parseDn, rdnOf } from '../../transport/dn';
import type { Attribute } from '../../transport/entry';
import type { Schema } from '../../transport/schema';
import { encodeValues } from '../../transport/values/encodeValues';
import type { GivenAttributes } from '../attributeFields';
import { attributesJsonField, attributesToWrite, givenAttributes } from '../attributeFields';
import { baseField, touchedFrom } from '../fields';

// What an entry that is to be made is called, and what is in it.

export const newEntryFields = [
	{
		displayName: 'Name The Entry By',
		name: 'nameBy',
		type: 'options',
		options: [
			{ name: 'DN', value: 'dn', description: 'The whole DN, with special characters escaped' },
			{
				name: 'Parent and Name',
				value: 'parent',
				description: 'The DN is made of both, and special characters are escaped',
			},
		],
		default: 'parent',
	},
	{
		displayName: 'DN',
		name: 'dn',
		type: 'string',
		required: true,
		displayOptions: { show: { nameBy: ['dn'] } },
		default: '',
		placeholder: 'e.g. cn=Anna Meier,ou=people,dc=example,dc=com',
	},
	{
		...baseField,
		displayName: 'Parent',
		name: 'parent',
		displayOptions: { show: { nameBy: ['parent'] } },
		description: 'Below which entry it is. Leave empty for the base DN of the credential.',
	},
	{
		displayName: 'Naming Attribute',
		name: 'namingAttribute',
		type: 'string',
		required: true,
		displayOptions: { show: { nameBy: ['parent'] } },
		default: 'cn',
		description: 'The attribute that the entry is called by: cn, uid, ou',
	},
	{
		displayName: 'Name',
		name: 'name',
		type: 'string',
		required: true,
		displayOptions: { show: { nameBy: ['parent'] } },
		default: '',
		placeholder: 'e.g. Anna Meier',
		description: 'Value of the naming attribute, without escapes',
	},
	{
		displayName: 'Object Class Names or IDs',
		name: 'objectClasses',
		type: 'multiOptions',
		typeOptions: { loadOptionsMethod: 'getObjectClasses' },
		default: [],
		description:
			'What kind of entry it is, such as inetOrgPerson or user. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
	},
	attributesToWrite,
	attributesJsonField,
] as const satisfies INodeProperties[];

export interface NewEntryInput extends GivenAttributes {
	nameBy: 'dn' | 'parent';
	dn?: string;
	parent?: string;
	namingAttribute?: string;
	name?: string;
	objectClasses: string[];
}

/** Nothing is known of the base DN yet: what is below it without more words is below nothing. */
export const touchedByNew = (input: NewEntryInput): Touched => touchedFrom(namedBy(input, ''));

/** The DN and the attributes that were filled in; what names the entry is among them. */
export async function newEntry(
	ldap: LdapClient,
	input: NewEntryInput,
	item: Item,
): Promise<{ dn: string; attributes: Attribute[]; schema: Schema }> {
	const schema = await ldap.schema();
	const dn = await dnOfNew(ldap, input);
	const given = await givenAttributes(schema, input, item);
	if (input.objectClasses.length > 0) {
		const values = encodeValues(schema, 'objectClass', input.objectClasses);
		const known = given.find(({ type }) => isObjectClass(type));
		if (known) known.values.push(...values.filter((value) => !has(known.values, value)));
		else given.unshift({ type: 'objectClass', values });
	}
	return { dn, attributes: withNames(dn, given), schema };
}

const isObjectClass = (type: string) => type.toLowerCase() === 'objectclass';

const has = (values: Buffer[], value: Buffer) => values.some((other) => other.equals(value));

const dnOfNew = async (ldap: LdapClient, input: NewEntryInput): Promise<string> =>
	namedBy(input, input.nameBy === 'parent' && !input.parent?.trim() ? await ldap.baseDn() : '');

function namedBy(
	{ nameBy, dn = '', parent = '', namingAttribute = '', name = '' }: NewEntryInput,
	base: string,
): string {
	if (nameBy === 'dn') {
		if (parseDn(dn).length === 0) throw invalidInput('"DN" names no entry');
		return dn;
	}
	return joinDn(rdnOf(namingAttribute.trim(), name), parent.trim() || base);
}

/** RFC 4511 section 4.7: the values of the RDN are values of the entry, and servers insist on it. */
function withNames(dn: string, given: Attribute[]): Attribute[] {
	const [rdn = []] = parseDn(dn);
	const attributes = given.map(({ type, values }) => ({ type, values: [...values] }));
	for (const { type, value } of rdn) {
		const known = attributes.find((one) => one.type.toLowerCase() === type.toLowerCase());
		if (!known) attributes.push({ type, values: [value] });
		else if (!known.values.some((other) => isSameName(other, value))) known.values.push(value);
	}
	return attributes;
}

// "Anna" and "anna" are one value of a name, and the server would refuse to have it twice.
const isSameName = (a: Buffer, b: Buffer) =>
	a.equals(b) || a.toString().toLowerCase() === b.toString().toLowerCase();
