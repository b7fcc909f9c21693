import { defineOperation } from '../../../shared/node/defineOperation';
import { toFailure } from '../../../shared/resilience/failure';
import type { LdapClient } from '../../transport/client';
import { dnOf } from '../../transport/findEntry';
import { isMissing } from '../../transport/results';
import { groupAt } from '../../transport/groups/group';
import { allMembers } from '../../transport/groups/memberships';
import { readEntry } from '../../transport/readEntry';
import { attributesField, shapeOptions } from '../fields';
import { askedFor, shaping } from '../shaped';
import { groupField, nestedOption } from './groupFields';

export const getMembers = defineOperation({
	name: 'Get Members',
	value: 'getMembers',
	action: 'Get the members of a group',
	description: 'List who is in a group, however many, an item for each',
	repeatable: true,
	properties: [
		groupField,
		{ ...nestedOption, default: false },
		{
			displayName: 'Details',
			name: 'details',
			type: 'boolean',
			default: false,
			description:
				'Whether to read the entry of each member, which takes a request for each. Of a member without an entry only the name is returned, and that it does not exist.',
		},
		{ ...attributesField, displayOptions: { show: { details: [true] } } },
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			displayOptions: { show: { details: [true] } },
			default: {},
			options: [...shapeOptions],
		},
	],
	async execute(ldap: LdapClient, { group, nested, details, attributes, options }, item) {
		const found = await groupAt(ldap, await dnOf(ldap, group));
		const members = await allMembers(ldap, found, nested);
		const { names } = found.membership;
		const about = { group: found.dn };
		if (!details) return members.map((member) => ({ [names]: member, ...about }));
		const shape = shaping(await ldap.schema(), attributes ?? [], options ?? {}, item);
		const asked = askedFor(attributes ?? [], options);
		const rows = [];
		for (const member of members) {
			try {
				const dn = names === 'dn' ? member : await dnOf(ldap, member);
				rows.push(await shape(await readEntry(ldap, dn, asked)));
			} catch (error) {
				const failure = toFailure(error);
				if (!isMissing(failure)) throw failure;
				// Groups often name who was deleted, or is in another directory.
				rows.push({ [names]: member, exists: false });
			}
		}
		return rows;
	},
});
