import type { INodeProperties, INodePropertyMode } from 'n8n-workflow';
import { fromList } from '../../shared/node/fromList';
import type { Touched } from '../../shared/node/lanes';
import { dnKey, formatDn, parseDn } from '../transport/dn';

// The same words for the same things in all operations.

/** How an entry is named where it is not picked from a list; the example is one of what it is to be. */
export const entryModes = (dn: string, name: string): INodePropertyMode[] => [
	{ displayName: 'By DN', name: 'dn', type: 'string', placeholder: `e.g. ${dn}` },
	{
		displayName: 'By ID',
		name: 'id',
		type: 'string',
		placeholder: 'e.g. 3f79048f-42cd-4c77-8426-835cd9f8a3ad',
		hint: 'objectGUID, entryUUID, nsUniqueId or objectSid. Stays the same when the entry is renamed or moved.',
	},
	{
		displayName: 'By Name',
		name: 'name',
		type: 'string',
		placeholder: `e.g. ${name}`,
		hint: 'sAMAccountName, uid, cn, userPrincipalName or mail: found by a search below the base DN',
	},
];

/** A user as the example. */
export const userModes = entryModes(
	'uid=anna,ou=people,dc=example,dc=com',
	'anna, EXAMPLE\\anna or anna@example.com',
);

/** An entry that is there. */
export const entryField = {
	displayName: 'Entry',
	name: 'entry',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'dn', value: '' },
	description: 'The entry to work on',
	modes: [fromList('searchEntries', 'Select an entry...'), ...userModes],
} as const satisfies INodeProperties;

/** Where a search begins; empty: at the base DN. */
export const baseField = {
	displayName: 'Base DN',
	name: 'base',
	type: 'resourceLocator',
	default: { mode: 'dn', value: '' },
	description: 'Where the search begins. Leave empty for the base DN of the credential.',
	modes: [
		fromList('searchContainers', 'Select a place...'),
		{
			displayName: 'By DN',
			name: 'dn',
			type: 'string',
			placeholder: 'e.g. ou=people,dc=example,dc=com',
		},
	],
} as const satisfies INodeProperties;

/** Of what is read: empty means all user attributes. */
export const attributesField = {
	displayName: 'Attribute Names or IDs',
	name: 'attributes',
	type: 'multiOptions',
	typeOptions: { loadOptionsMethod: 'getAttributes' },
	default: [],
	description:
		'What to return of an entry; all but the operational attributes where none is chosen. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
} as const satisfies INodeProperties;

export const operationalOption = {
	displayName: 'Operational Attributes',
	name: 'operational',
	type: 'boolean',
	default: false,
	description:
		'Whether to return what the server keeps about the entry as well, such as createTimestamp and memberOf',
} as const satisfies INodeProperties;

/** How values are returned. */
export const shapeOptions = [
	{
		displayName: 'Binary Values',
		name: 'binaryValues',
		type: 'options',
		options: [
			{
				name: 'As Base64',
				value: 'base64',
				description: 'Photos and certificates are texts of the item',
			},
			{
				name: 'As Files',
				value: 'files',
				description: 'Photos and certificates are files of the item',
			},
		],
		default: 'base64',
		description: 'How to return values that are no text, such as photos and certificates',
	},
	operationalOption,
	{
		displayName: 'Raw Values',
		name: 'raw',
		type: 'boolean',
		default: false,
		description:
			'Whether to return all values as lists of texts, as they are in the directory, instead of numbers, dates, GUIDs and flags',
	},
] as const satisfies INodeProperties[];

/**
 * What comes or goes waits for earlier items that make, or take away, what is above or below it: a
 * parent is there before its children, and gone after them.
 */
export function touchedFrom(dn: string): Touched {
	const above = parseDn(dn).map((_rdn, depth, rdns) => dnKey(formatDn(rdns.slice(depth))));
	return { changes: above.slice(0, 1), reads: above.slice(1) };
}

/** Operations on the same entry keep the order of the items. */
export const sameEntry = ({ entry }: { entry: string }): string => entry.toLowerCase();
