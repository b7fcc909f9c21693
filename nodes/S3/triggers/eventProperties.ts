import type { INodeProperties } from 'n8n-workflow';
import { contentFileField, downloadField, keyExclude, keyInclude, watchedBucket } from './fields';

/** The fields of the trigger that is told of events. */
export const eventProperties = [
	{
		displayName:
			'Let the storage post its events to the webhook URL above: MinIO as a webhook target, Ceph through a topic, Amazon S3 through an SNS subscription or an EventBridge API destination. For Ceph, and where the ARN of a target is known, "Register at Bucket" does the rest.',
		name: 'notice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Authentication',
		name: 'authentication',
		type: 'options',
		options: [
			{
				name: 'None',
				value: 'none',
				description: 'Anybody who knows the URL can start the workflow',
			},
			{
				name: 'Shared Secret',
				value: 'secret',
				description: 'The sender shows a secret: MinIO, Ceph, EventBridge',
			},
			{
				name: 'SNS Signature',
				value: 'sns',
				description: 'Only messages of one topic of Amazon SNS, signed by Amazon',
			},
		],
		default: 'secret',
		description: 'How to know that an event comes from the storage',
	},
	{
		displayName: 'Topic ARN',
		name: 'topicArn',
		type: 'string',
		default: '',
		placeholder: 'e.g. arn:aws:sns:eu-central-1:123456789012:uploads',
		description:
			'The SNS topic whose messages are accepted, and whose subscription is confirmed by itself',
		displayOptions: { show: { authentication: ['secret', 'sns'] } },
	},
	{
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		required: true,
		options: [
			{ name: 'Created', value: 'created', description: 'An object was stored' },
			{
				name: 'Deleted',
				value: 'deleted',
				description: 'An object was deleted, by hand or by a rule, or got a delete marker',
			},
			{ name: 'Other', value: 'other', description: 'Everything else the storage tells of' },
			{ name: 'Restored', value: 'restored', description: 'An archived object is being restored' },
			{ name: 'Tagged', value: 'tagged', description: 'The tags of an object have changed' },
		],
		default: ['created', 'deleted'],
		description: 'Which events start the workflow',
	},
	{
		displayName: 'Register at Bucket',
		name: 'register',
		type: 'boolean',
		default: false,
		description:
			'Whether to add the notification to the bucket when the workflow is switched on, and to remove it when it is switched off. Other notifications of the bucket stay. Needs the S3 credential.',
	},
	{ ...watchedBucket, displayOptions: { show: { register: [true] } } },
	{
		displayName: 'Target',
		name: 'target',
		type: 'options',
		options: [
			{
				name: 'Existing Topic or Queue',
				value: 'arn',
				description: 'One that posts to this webhook already: SNS, or a webhook target of MinIO',
			},
			{
				name: 'New Topic (Ceph)',
				value: 'ceph',
				description: 'A topic of Ceph that is made for this workflow and removed with it',
			},
		],
		default: 'ceph',
		displayOptions: { show: { register: [true] } },
	},
	{
		displayName: 'Target ARN',
		name: 'targetArn',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. arn:minio:sqs::n8n:webhook',
		displayOptions: { show: { register: [true], target: ['arn'] } },
	},
	{
		...downloadField,
		description: `${downloadField.description}. The sender waits for it, so not for large objects. Needs the S3 credential.`,
	},
	contentFileField,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			keyExclude,
			{
				displayName: 'Header Name',
				name: 'header',
				type: 'string',
				default: '',
				placeholder: 'e.g. x-api-key',
				description: 'Another header than Authorization in which the sender shows the secret',
			},
			keyInclude,
			{
				displayName: 'Key Encoding',
				name: 'keyEncoding',
				type: 'options',
				options: [
					{
						name: 'By Sender',
						value: 'auto',
						description: 'Ceph and EventBridge send keys as they are, all others encode them',
					},
					{ name: 'Encoded', value: 'encoded', description: '%20 and + are spaces' },
					{ name: 'Plain', value: 'plain', description: 'Keys are sent as they are' },
				],
				default: 'auto',
				description: 'How keys stand in the events',
			},
			{
				displayName: 'Prefix',
				name: 'prefix',
				type: 'string',
				default: '',
				placeholder: 'e.g. incoming/',
				description: 'Only objects whose key begins with this',
			},
			{
				displayName: 'Suffix',
				name: 'suffix',
				type: 'string',
				default: '',
				placeholder: 'e.g. .csv',
				description: 'Only objects whose key ends with this',
			},
			{
				displayName: 'Suppress Duplicates',
				name: 'suppressDuplicates',
				type: 'boolean',
				default: true,
				description:
					'Whether an event that was delivered twice starts the workflow once. The last 2,000 events are remembered.',
			},
		],
	},
] as const satisfies INodeProperties[];
