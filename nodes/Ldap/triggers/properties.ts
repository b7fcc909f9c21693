import type { INodeProperties } from 'n8n-workflow';
import { concurrentRuns } from '../../shared/node/concurrentRuns';

/** The fields of the trigger. */
export const triggerProperties = [
	{
		displayName: 'Base DN',
		name: 'baseDn',
		type: 'string',
		default: '',
		placeholder: 'e.g. ou=people,dc=example,dc=com',
		description: 'Where to watch. Empty means the base DN of the credential.',
	},
	{
		displayName: 'Scope',
		name: 'scope',
		type: 'options',
		options: [
			{ name: 'Base Only', value: 'base', description: 'Only the entry itself' },
			{ name: 'One Level', value: 'one', description: 'The entries directly below it' },
			{ name: 'Subtree', value: 'subtree', description: 'The entry and everything below it' },
		],
		default: 'subtree',
	},
	{
		displayName: 'Filter',
		name: 'filter',
		type: 'string',
		default: '(objectClass=*)',
		placeholder: 'e.g. (objectClass=person)',
		description:
			'Only entries that match. One that begins to match counts as created, one that ceases to match as deleted.',
	},
	{
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		required: true,
		options: [
			{ name: 'Created', value: 'created', description: 'There is a new entry' },
			{ name: 'Deleted', value: 'deleted', description: 'An entry is not there any more' },
			{
				name: 'Member Added',
				value: 'memberAdded',
				description: 'A group has a new member: one item for each',
			},
			{
				name: 'Member Removed',
				value: 'memberRemoved',
				description: 'A group has lost a member: one item for each',
			},
			{
				name: 'Updated',
				value: 'updated',
				description: 'An entry was renamed or moved, or a watched attribute has changed',
			},
		],
		default: ['created', 'updated', 'deleted'],
		description: 'What starts the workflow',
	},
	{
		displayName: 'Attributes to Watch',
		name: 'attributes',
		type: 'string',
		default: '',
		placeholder: 'e.g. mail, department, manager',
		description:
			'Names separated by commas: only these are in the output, and only their changes count. Empty means all that can be written, without those that change by themselves, such as lastLogon. Passwords are never shown or kept.',
	},
	{
		displayName: 'Mechanism',
		name: 'mechanism',
		type: 'options',
		options: [
			{
				name: 'Active Directory DirSync',
				value: 'dirSync',
				description:
					'Asks what has changed since a cookie that holds for every domain controller. Needs the right "Replicating Directory Changes", or finds only what the user may read.',
			},
			{
				name: 'Active Directory Notification',
				value: 'notification',
				description:
					'The domain controller tells when something changes; what it was is found by uSNChanged',
			},
			{
				name: 'Automatic',
				value: 'automatic',
				description:
					'The first that the server offers: syncrepl, notification, persistent search, polling',
			},
			{
				name: 'Persistent Search',
				value: 'persistentSearch',
				description: '389 Directory Server and others tell of every change',
			},
			{
				name: 'Polling',
				value: 'polling',
				description:
					'Looks every now and then, by uSNChanged or modifyTimestamp. Several changes of an entry between two looks are one event.',
			},
			{
				name: 'Syncrepl',
				value: 'syncrepl',
				description: 'OpenLDAP with the overlay syncprov tells of every change (RFC 4533)',
			},
		],
		default: 'automatic',
		description: 'How to hear of changes',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			concurrentRuns,
			{
				displayName: 'Events per Run',
				name: 'batchSize',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 1000 },
				default: 100,
				description:
					'Most items of one run of the workflow; what is more goes into the next runs. 1 gives every event a run of its own.',
			},
			{
				displayName: 'Existing Entries',
				name: 'existing',
				type: 'options',
				options: [
					{
						name: 'Emit',
						value: 'emit',
						description: 'What is there when the trigger is first switched on is new as well',
					},
					{
						name: 'Ignore',
						value: 'ignore',
						description: 'Only what happens after the trigger was first switched on',
					},
				],
				default: 'ignore',
				description: 'What to do with the entries that are there at the beginning',
			},
			{
				displayName: 'Look Every (Seconds)',
				name: 'lookSeconds',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 60,
				description:
					'How often to look where the server does not tell of changes by itself. With notification and persistent search also how often to look for what they do not tell of.',
			},
			{
				displayName: 'Member Attributes',
				name: 'memberAttributes',
				type: 'string',
				default: 'member, uniqueMember, memberUid',
				description: 'Attributes whose values are the members of a group, separated by commas',
			},
			{
				displayName: 'Remember Values',
				name: 'keepValues',
				type: 'boolean',
				default: true,
				description:
					'Whether n8n keeps the values of watched attributes, so that an event can tell what a value was before. Without it only fingerprints are kept. Members of groups are kept in any case when their events are watched.',
			},
		],
	},
] as const satisfies INodeProperties[];
