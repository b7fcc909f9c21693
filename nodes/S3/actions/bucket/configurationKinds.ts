import type { INodePropertyOptions } from 'n8n-workflow';
import type { ConfigurationKind, RemovableKind } from '../../transport/configurationKinds';
import { isRemovable } from '../../transport/configurationKinds';

/** What can be configured of a bucket. */
export const configurationKinds = [
	{ name: 'Accelerate', value: 'accelerate', description: 'Transfers through edge locations' },
	{ name: 'ACL', value: 'acl', description: 'Who may list the bucket and write into it' },
	{ name: 'CORS', value: 'cors', description: 'Which web pages may use the bucket' },
	{ name: 'Encryption', value: 'encryption', description: 'How new objects are encrypted' },
	{ name: 'Lifecycle', value: 'lifecycle', description: 'When objects expire or move elsewhere' },
	{ name: 'Logging', value: 'logging', description: 'Where the log of requests is stored' },
	{ name: 'Notification', value: 'notification', description: 'Who is told of new objects' },
	{ name: 'Object Lock', value: 'objectLock', description: 'How long new objects are locked' },
	{ name: 'Ownership Controls', value: 'ownershipControls', description: 'Who owns new objects' },
	{ name: 'Policy', value: 'policy', description: 'Who may do what in the bucket' },
	{ name: 'Policy Status', value: 'policyStatus', description: 'Whether the policy is public' },
	{
		name: 'Public Access Block',
		value: 'publicAccessBlock',
		description: 'What nobody can make public',
	},
	{ name: 'Replication', value: 'replication', description: 'Where copies of objects go' },
	{ name: 'Request Payment', value: 'requestPayment', description: 'Who pays for requests' },
	{ name: 'Tags', value: 'tagging', description: 'Of the bucket, for example for cost centers' },
	{ name: 'Versioning', value: 'versioning', description: 'Whether older versions are kept' },
	{ name: 'Website', value: 'website', description: 'Pages for visitors without keys' },
] as const satisfies Array<INodePropertyOptions & { value: ConfigurationKind }>;

type Choice = (typeof configurationKinds)[number];

/** All but the status, which follows from the policy. */
export const writableKinds = configurationKinds.filter(
	(one): one is Exclude<Choice, { value: 'policyStatus' }> => one.value !== 'policyStatus',
);

/** Those of which a bucket can have none again. */
export const removableKinds = configurationKinds.filter(
	(one): one is Extract<Choice, { value: RemovableKind }> => isRemovable(one.value),
);
