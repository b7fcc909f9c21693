import type { INodeProperties } from 'n8n-workflow';
import { concurrentRuns } from '../../../shared/node/concurrentRuns';
import { fromList } from '../../../shared/node/fromList';

/** The fields of the event trigger. */
export const eventProperties = [
	{
		displayName: 'Topic',
		name: 'topic',
		type: 'resourceLocator',
		required: true,
		default: { mode: 'list', value: '' },
		description:
			'What to listen to: a platform event, the change events of an object or of all selected objects, or a channel',
		modes: [
			fromList('searchTopics', 'Select a topic...'),
			{
				displayName: 'By Name',
				name: 'name',
				type: 'string',
				placeholder: 'e.g. /event/Order__e, /data/AccountChangeEvent',
			},
		],
	},
	{
		displayName: 'Change Types',
		name: 'changeTypes',
		type: 'multiOptions',
		options: [
			{ name: 'Created', value: 'CREATE' },
			{ name: 'Deleted', value: 'DELETE' },
			{ name: 'Undeleted', value: 'UNDELETE' },
			{ name: 'Updated', value: 'UPDATE' },
		],
		default: [],
		description: 'Of change events only these. None means all. Platform events have no types.',
	},
	{
		displayName: 'Changed Fields',
		name: 'fields',
		type: 'string',
		default: '',
		placeholder: 'e.g. StageName, BillingAddress.City',
		description:
			'Names separated by commas: an update counts only when one of these has changed. Empty means always.',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Begin At',
				name: 'begin',
				type: 'options',
				options: [
					{
						name: 'Earliest Event',
						value: 'earliest',
						description: 'All that Salesforce keeps: up to 72 hours',
					},
					{ name: 'New Events', value: 'latest', description: 'What comes from then on' },
				],
				default: 'latest',
				description:
					'Where to begin when the trigger is switched on for the first time. Later it goes on where it was.',
			},
			concurrentRuns,
			{
				displayName: 'Endpoint',
				name: 'endpoint',
				type: 'string',
				default: '',
				placeholder: 'e.g. api.deu.pubsub.salesforce.com:7443',
				description:
					'Host and port of the Pub/Sub API. Empty means api.pubsub.salesforce.com:7443. In Germany, where data must not leave the EU: api.deu.pubsub.salesforce.com:7443.',
			},
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
				displayName: 'Mechanism',
				name: 'mechanism',
				type: 'options',
				options: [
					{
						name: 'Automatic',
						value: 'automatic',
						description:
							'Pub/Sub API, or Streaming API where it cannot be reached when the trigger is first switched on',
					},
					{
						name: 'Pub/Sub API',
						value: 'pubSub',
						description:
							'By gRPC. Salesforce sends no more than is asked for. Not in Government Cloud.',
					},
					{
						name: 'Streaming API',
						value: 'cometd',
						description: 'CometD, by ordinary HTTP requests to the org',
					},
				],
				default: 'automatic',
				description:
					'How to hear of events. PushTopics and generic channels are always heard by the Streaming API.',
			},
			{
				displayName: 'Re-Read Gaps',
				name: 'reread',
				type: 'boolean',
				default: true,
				description:
					'Whether records are read from the org where Salesforce tells only that they have changed (change types GAP_...), one item for each. After an overflow, that is all of the object that changed within half an hour.',
			},
			{
				displayName: 'When the Position Is Lost',
				name: 'fallback',
				type: 'options',
				options: [
					{
						name: 'Go On at the Earliest Event',
						value: 'earliest',
						description: 'All that Salesforce still keeps; the last 1,000 events are known',
					},
					{
						name: 'Go On with New Events',
						value: 'latest',
						description: 'What comes from then on',
					},
				],
				default: 'earliest',
				description:
					'Salesforce keeps events for 72 hours, and forgets positions when it moves an org. An item "gap" tells of it in any case.',
			},
		],
	},
] as const satisfies INodeProperties[];
