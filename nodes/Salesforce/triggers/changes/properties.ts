import type { INodeProperties } from 'n8n-workflow';
import { concurrentRuns } from '../../../shared/node/concurrentRuns';
import { fromList } from '../../../shared/node/fromList';

/** The fields of the polling trigger. */
export const pollProperties = [
	{
		displayName: 'Object',
		name: 'object',
		type: 'resourceLocator',
		required: true,
		default: { mode: 'list', value: '' },
		description: 'The object whose records are watched',
		modes: [
			fromList('searchQueryableObjects', 'Select an object...'),
			{ displayName: 'By Name', name: 'name', type: 'string', placeholder: 'e.g. Invoice__c' },
		],
	},
	{
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		required: true,
		options: [
			{ name: 'Created', value: 'created', description: 'There is a new record' },
			{
				name: 'Deleted',
				value: 'deleted',
				description: 'A record was deleted, or merged into another one',
			},
			{
				name: 'Undeleted',
				value: 'undeleted',
				description:
					'A record came back from the recycle bin. Where it was there for less than the time between two polls, it counts as updated.',
			},
			{
				name: 'Updated',
				value: 'updated',
				description:
					'A record was changed. A new one that was changed before it was found counts as created, where that is chosen as well.',
			},
		],
		default: ['created', 'updated'],
		description: 'What starts the workflow',
	},
	{
		displayName: 'Poll Every (Seconds)',
		name: 'pollSeconds',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 60,
		description:
			'How often the org is asked: one API request while nothing happens, some more when something has. With deletions one more each time.',
	},
	{
		displayName: 'Fields to Output Names or IDs',
		name: 'fields',
		type: 'multiOptions',
		typeOptions: { loadOptionsMethod: 'getFields', loadOptionsDependsOn: ['object.value'] },
		default: [],
		description:
			'Fields of the record in the output; none means all. An expression may name fields of parents as well, such as Owner.Name. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
	},
	{
		displayName: 'Only When Changed Names or IDs',
		name: 'onlyChanged',
		type: 'multiOptions',
		typeOptions: { loadOptionsMethod: 'getFields', loadOptionsDependsOn: ['object.value'] },
		default: [],
		description:
			'An update counts only when one of these fields has another value than when the record was last seen. Of the newest 20,000 records the values are known from the start; of any other record the first update counts in any case. What changes and changes back between two polls is not seen. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		displayOptions: { show: { events: ['updated'] } },
	},
	{
		displayName: 'Condition',
		name: 'condition',
		type: 'string',
		typeOptions: { rows: 2 },
		default: '',
		placeholder: "e.g. Type = 'Customer' AND AnnualRevenue > 1000000",
		description:
			'Only records that match: what stands behind WHERE in SOQL. A record that begins to match counts as updated, one that ceases to match as nothing. One that was deleted for good counts, whatever it was.',
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
				displayName: 'Include System Changes',
				name: 'systemChanges',
				type: 'boolean',
				default: true,
				description:
					'Whether updates count that Salesforce makes by itself, such as recalculated roll-up summaries, renamed picklist values or a new date of last activity: they change SystemModstamp, but not LastModifiedDate',
			},
			{
				displayName: 'Late Records (Minutes)',
				name: 'overlapMinutes',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 30,
				description:
					'How long to look for records that become visible late, because their transaction took so long. Used only for objects of which Salesforce does not tell that itself (those that are not replicateable).',
			},
			{
				displayName: 'Records per Run',
				name: 'batchSize',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 1000 },
				default: 100,
				description:
					'Most items of one run of the workflow; what is more goes into the next runs. 1 gives every record a run of its own.',
			},
			{
				displayName: 'Start From',
				name: 'startFrom',
				type: 'dateTime',
				default: '',
				description:
					'What has happened since then is found when the trigger is first switched on; deletions of the last 15 days at most. Empty means from now on. Another value here begins anew.',
			},
		],
	},
] as const satisfies INodeProperties[];
