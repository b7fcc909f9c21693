import type { INodeProperties } from 'n8n-workflow';
import { concurrentRuns } from '../../shared/node/concurrentRuns';
import {
	contentFileField,
	downloadField,
	keyExclude,
	keyInclude,
	watchedBucket,
	watchedPrefix,
} from './fields';

/** The fields of the polling trigger. */
export const pollProperties = [
	{ ...watchedBucket, description: 'The bucket to watch' },
	watchedPrefix,
	{
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		required: true,
		options: [
			{ name: 'Changed', value: 'changed', description: 'An object was overwritten' },
			{ name: 'Created', value: 'created', description: 'There is a new object' },
			{ name: 'Deleted', value: 'deleted', description: 'An object is not there any more' },
		],
		default: ['created', 'changed'],
		description: 'What starts the workflow',
	},
	{
		displayName: 'Poll Every (Seconds)',
		name: 'pollSeconds',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 60,
		description: 'How often the bucket is listed: one request per 1,000 objects under the prefix',
	},
	downloadField,
	contentFileField,
	{
		displayName: 'After Reading',
		name: 'afterReading',
		type: 'options',
		options: [
			{
				name: 'Delete',
				value: 'delete',
				description: 'Delete the objects for good once the workflow has succeeded with them',
			},
			{
				name: 'Move',
				value: 'move',
				description: 'Move the objects once the workflow has succeeded with them',
			},
			{ name: 'Nothing', value: 'nothing', description: 'Leave the objects as they are' },
			{
				name: 'Tag',
				value: 'tag',
				description: 'Tag the objects once the workflow has succeeded with them',
			},
		],
		default: 'nothing',
		description:
			'What becomes of an object after a successful run. When the run fails, the object stays as it is.',
	},
	{
		displayName: 'Destination Bucket',
		name: 'destinationBucket',
		type: 'string',
		default: '',
		description: 'Where to move the objects. Empty means the same bucket.',
		displayOptions: { show: { afterReading: ['move'] } },
	},
	{
		displayName: 'Destination Prefix',
		name: 'destinationPrefix',
		type: 'string',
		default: '',
		placeholder: 'e.g. done/',
		description: 'What takes the place of the watched folder in the keys of the objects',
		displayOptions: { show: { afterReading: ['move'] } },
	},
	{
		displayName: 'Tag Name',
		name: 'tagName',
		type: 'string',
		required: true,
		default: 'processed',
		displayOptions: { show: { afterReading: ['tag'] } },
	},
	{
		displayName: 'Tag Value',
		name: 'tagValue',
		type: 'string',
		default: 'yes',
		displayOptions: { show: { afterReading: ['tag'] } },
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'A Change Is',
				name: 'changeIs',
				type: 'options',
				options: [
					{
						name: 'Any Overwrite',
						value: 'overwrite',
						description: 'Also when the new content is the old one',
					},
					{
						name: 'Other Content',
						value: 'content',
						description: 'Another ETag or size; the time does not count',
					},
				],
				default: 'overwrite',
				description: 'When an object counts as changed. Another value here begins anew.',
			},
			concurrentRuns,
			{
				displayName: 'Delete Done File',
				name: 'deleteDoneFile',
				type: 'boolean',
				default: false,
				description: 'Whether the done file is deleted once the workflow has succeeded',
			},
			{
				displayName: 'Done File',
				name: 'doneFile',
				type: 'string',
				typeOptions: { condition: true },
				default: '',
				placeholder: 'e.g. {key}.done',
				description:
					'An object counts once this file is there, under the same prefix and not older than the object. Knows {key}, {folder}, {name} and {baseName} (the name without its extension). The file itself is no event.',
			},
			keyExclude,
			{
				displayName: 'Existing Objects',
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
				description: 'What to do with the objects that are there at the beginning',
			},
			keyInclude,
			{
				displayName: 'Objects per Run',
				name: 'batchSize',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 1000 },
				default: 100,
				description:
					'Most items of one run of the workflow; what is more goes into the next runs. 1 gives every object a run of its own.',
			},
			{
				displayName: 'Stable For (Seconds)',
				name: 'stableFor',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 0,
				description:
					'An object counts once it has stayed the same for so long, by the clock of n8n. Not needed for uploads as such: S3 shows an object when it is complete.',
			},
		],
	},
] as const satisfies INodeProperties[];
