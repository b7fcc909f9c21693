import * as shapes from './configurationShapes';
import { withPrefixesInAnd } from './lifecycleFilter';
import type { JsonObject, Structure } from './xmlShape';

export interface Kind {
	/** as in the names of the operations: "Lifecycle" in PutBucketLifecycle */
	name: string;
	/** what stands in the query */
	subresource: string;
	/** the root element */
	root: string;
	/** what a server calls the root element by mistake */
	otherRoot?: string;
	structure: Structure;
	/** puts right what a server mixes up in its answer */
	repair?(configuration: JsonObject): JsonObject;
	/** error codes that say that there is none */
	none?: readonly string[];
	/** how to be rid of it; without, there is always one */
	removal?: 'delete' | 'writeEmpty';
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html */
export const KINDS = {
	accelerate: {
		name: 'AccelerateConfiguration',
		subresource: 'accelerate',
		root: 'AccelerateConfiguration',
		structure: shapes.accelerate,
	},
	acl: {
		name: 'Acl',
		subresource: 'acl',
		root: 'AccessControlPolicy',
		structure: shapes.acl,
	},
	cors: {
		name: 'Cors',
		subresource: 'cors',
		root: 'CORSConfiguration',
		structure: shapes.cors,
		none: ['NoSuchCORSConfiguration'],
		removal: 'delete',
	},
	encryption: {
		name: 'Encryption',
		subresource: 'encryption',
		root: 'ServerSideEncryptionConfiguration',
		structure: shapes.encryption,
		none: ['ServerSideEncryptionConfigurationNotFoundError'],
		removal: 'delete',
	},
	lifecycle: {
		name: 'LifecycleConfiguration',
		subresource: 'lifecycle',
		root: 'LifecycleConfiguration',
		structure: shapes.lifecycle,
		repair: withPrefixesInAnd,
		none: ['NoSuchLifecycleConfiguration'],
		removal: 'delete',
	},
	logging: {
		name: 'Logging',
		subresource: 'logging',
		root: 'BucketLoggingStatus',
		structure: shapes.logging,
		removal: 'writeEmpty',
	},
	notification: {
		name: 'NotificationConfiguration',
		subresource: 'notification',
		root: 'NotificationConfiguration',
		structure: shapes.notification,
		removal: 'writeEmpty',
	},
	objectLock: {
		name: 'ObjectLockConfiguration',
		subresource: 'object-lock',
		root: 'ObjectLockConfiguration',
		structure: shapes.objectLock,
		none: ['ObjectLockConfigurationNotFoundError'],
	},
	ownershipControls: {
		name: 'OwnershipControls',
		subresource: 'ownershipControls',
		root: 'OwnershipControls',
		structure: shapes.ownershipControls,
		none: ['OwnershipControlsNotFoundError'],
		removal: 'delete',
	},
	policy: {
		name: 'Policy',
		subresource: 'policy',
		// Its document is the JSON itself.
		root: '',
		structure: {},
		none: ['NoSuchBucketPolicy'],
		removal: 'delete',
	},
	policyStatus: {
		name: 'PolicyStatus',
		subresource: 'policyStatus',
		root: 'PolicyStatus',
		structure: shapes.policyStatus,
		none: ['NoSuchBucketPolicy'],
	},
	publicAccessBlock: {
		name: 'PublicAccessBlock',
		subresource: 'publicAccessBlock',
		root: 'PublicAccessBlockConfiguration',
		// Ceph 16.
		otherRoot: 'BlockPublicAccessBlockConfiguration',
		structure: shapes.publicAccessBlock,
		none: ['NoSuchPublicAccessBlockConfiguration'],
		removal: 'delete',
	},
	replication: {
		name: 'Replication',
		subresource: 'replication',
		root: 'ReplicationConfiguration',
		structure: shapes.replication,
		none: ['ReplicationConfigurationNotFoundError'],
		removal: 'delete',
	},
	requestPayment: {
		name: 'RequestPayment',
		subresource: 'requestPayment',
		root: 'RequestPaymentConfiguration',
		structure: shapes.requestPayment,
	},
	tagging: {
		name: 'Tagging',
		subresource: 'tagging',
		root: 'Tagging',
		structure: shapes.tagging,
		// The latter is Ceph's.
		none: ['NoSuchTagSet', 'NoSuchTagSetError'],
		removal: 'delete',
	},
	versioning: {
		name: 'Versioning',
		subresource: 'versioning',
		root: 'VersioningConfiguration',
		structure: shapes.versioning,
	},
	website: {
		name: 'Website',
		subresource: 'website',
		root: 'WebsiteConfiguration',
		structure: shapes.website,
		none: ['NoSuchWebsiteConfiguration'],
		removal: 'delete',
	},
} as const satisfies Record<string, Kind>;

export type ConfigurationKind = keyof typeof KINDS;

type Removable<K extends ConfigurationKind> = (typeof KINDS)[K] extends { removal: string }
	? K
	: never;
/** Those of which a bucket can have none again. */
export type RemovableKind = { [K in ConfigurationKind]: Removable<K> }[ConfigurationKind];

export const isRemovable = (kind: ConfigurationKind): kind is RemovableKind =>
	'removal' in KINDS[kind];
