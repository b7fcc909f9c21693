import type { Structure } from './xmlShape';
import { list, many, named } from './xmlShape';

// The documents of https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html, by the names
// of the AWS CLI.

const tag: Structure = { 'Key!': 'text', 'Value!': 'text' };
const status: Structure = { 'Status!': 'text' };

const grantee: Structure = {
	'Type!': 'granteeType',
	DisplayName: 'text',
	EmailAddress: 'text',
	ID: 'text',
	URI: 'text',
};
const grant: Structure = { 'Grantee!': grantee, 'Permission!': 'text' };

export const acl: Structure = {
	'Owner!': { ID: 'text', DisplayName: 'text' },
	'Grants!': list('AccessControlList', 'Grant', grant),
};

export const accelerate: Structure = { 'Status!': 'text' };

export const cors: Structure = {
	'CORSRules!': many('CORSRule', {
		ID: 'text',
		AllowedHeaders: many('AllowedHeader', 'text'),
		'AllowedMethods!': many('AllowedMethod', 'text'),
		'AllowedOrigins!': many('AllowedOrigin', 'text'),
		ExposeHeaders: many('ExposeHeader', 'text'),
		MaxAgeSeconds: 'number',
	}),
};

export const encryption: Structure = {
	'Rules!': many('Rule', {
		ApplyServerSideEncryptionByDefault: { 'SSEAlgorithm!': 'text', KMSMasterKeyID: 'text' },
		BucketKeyEnabled: 'boolean',
		BlockedEncryptionTypes: { EncryptionType: many('EncryptionType', 'text') },
	}),
};

const transition: Structure = { Date: 'text', Days: 'number', StorageClass: 'text' };

export const lifecycle: Structure = {
	'Rules!': many('Rule', {
		Expiration: { Date: 'text', Days: 'number', ExpiredObjectDeleteMarker: 'boolean' },
		ID: 'text',
		Prefix: 'text',
		Filter: {
			'Prefix?': 'text',
			'Tag?': tag,
			'ObjectSizeGreaterThan?': 'number',
			'ObjectSizeLessThan?': 'number',
			'And?': {
				Prefix: 'text',
				Tags: many('Tag', tag),
				ObjectSizeGreaterThan: 'number',
				ObjectSizeLessThan: 'number',
			},
		},
		'Status!': 'text',
		Transitions: many('Transition', transition),
		NoncurrentVersionTransitions: many('NoncurrentVersionTransition', {
			NoncurrentDays: 'number',
			StorageClass: 'text',
			NewerNoncurrentVersions: 'number',
		}),
		NoncurrentVersionExpiration: { NoncurrentDays: 'number', NewerNoncurrentVersions: 'number' },
		AbortIncompleteMultipartUpload: { DaysAfterInitiation: 'number' },
	}),
};

export const logging: Structure = {
	LoggingEnabled: {
		'TargetBucket!': 'text',
		TargetGrants: list('TargetGrants', 'Grant', grant),
		'TargetPrefix!': 'text',
		TargetObjectKeyFormat: {
			SimplePrefix: {},
			PartitionedPrefix: { PartitionDateSource: 'text' },
		},
	},
};

const filter: Structure = {
	Key: named('S3Key', { FilterRules: many('FilterRule', { Name: 'text', Value: 'text' }) }),
};
const events = many('Event', 'text');

export const notification: Structure = {
	TopicConfigurations: many('TopicConfiguration', {
		Id: 'text',
		'TopicArn!': named('Topic', 'text'),
		'Events!': events,
		Filter: filter,
	}),
	QueueConfigurations: many('QueueConfiguration', {
		Id: 'text',
		'QueueArn!': named('Queue', 'text'),
		'Events!': events,
		Filter: filter,
	}),
	LambdaFunctionConfigurations: many('CloudFunctionConfiguration', {
		Id: 'text',
		'LambdaFunctionArn!': named('CloudFunction', 'text'),
		'Events!': events,
		Filter: filter,
	}),
	EventBridgeConfiguration: {},
};

export const objectLock: Structure = {
	ObjectLockEnabled: 'text',
	Rule: { DefaultRetention: { Mode: 'text', Days: 'number', Years: 'number' } },
};

export const ownershipControls: Structure = {
	'Rules!': many('Rule', { 'ObjectOwnership!': 'text' }),
};

export const policyStatus: Structure = { IsPublic: 'boolean' };

export const publicAccessBlock: Structure = {
	BlockPublicAcls: 'boolean',
	IgnorePublicAcls: 'boolean',
	BlockPublicPolicy: 'boolean',
	RestrictPublicBuckets: 'boolean',
};

export const replication: Structure = {
	'Role!': 'text',
	'Rules!': many('Rule', {
		ID: 'text',
		Priority: 'number',
		Prefix: 'text',
		Filter: { 'Prefix?': 'text', 'Tag?': tag, 'And?': { Prefix: 'text', Tags: many('Tag', tag) } },
		'Status!': 'text',
		SourceSelectionCriteria: { SseKmsEncryptedObjects: status, ReplicaModifications: status },
		ExistingObjectReplication: status,
		'Destination!': {
			'Bucket!': 'text',
			Account: 'text',
			StorageClass: 'text',
			AccessControlTranslation: { 'Owner!': 'text' },
			EncryptionConfiguration: { ReplicaKmsKeyID: 'text' },
			ReplicationTime: { 'Status!': 'text', 'Time!': { Minutes: 'number' } },
			Metrics: { 'Status!': 'text', EventThreshold: { Minutes: 'number' } },
		},
		DeleteMarkerReplication: { Status: 'text' },
	}),
};

export const requestPayment: Structure = { 'Payer!': 'text' };

export const tagging: Structure = { 'TagSet!': list('TagSet', 'Tag', tag) };

export const versioning: Structure = { MFADelete: named('MfaDelete', 'text'), Status: 'text' };

export const website: Structure = {
	ErrorDocument: { 'Key!': 'text' },
	IndexDocument: { 'Suffix!': 'text' },
	RedirectAllRequestsTo: { 'HostName!': 'text', Protocol: 'text' },
	RoutingRules: list('RoutingRules', 'RoutingRule', {
		Condition: { HttpErrorCodeReturnedEquals: 'text', KeyPrefixEquals: 'text' },
		'Redirect!': {
			HostName: 'text',
			HttpRedirectCode: 'text',
			Protocol: 'text',
			ReplaceKeyPrefixWith: 'text',
			ReplaceKeyWith: 'text',
		},
	}),
};
