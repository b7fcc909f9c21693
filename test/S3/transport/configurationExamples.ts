import type { ConfigurationKind } from '../../../nodes/S3/transport/configurationKinds';

const grants = [
	{ Grantee: { Type: 'CanonicalUser', DisplayName: 'me', ID: 'id-1' }, Permission: 'FULL_CONTROL' },
	{
		Grantee: { Type: 'Group', URI: 'http://acs.amazonaws.com/groups/global/AllUsers' },
		Permission: 'READ',
	},
	{
		Grantee: { Type: 'AmazonCustomerByEmail', EmailAddress: 'a@example.com' },
		Permission: 'WRITE',
	},
];
const tags = [
	{ Key: 'a', Value: 'b & <c>' },
	{ Key: 'ü', Value: '' },
];
const filter = { Key: { FilterRules: [{ Name: 'prefix', Value: 'in/' }] } };

/** Documents with everything that a kind may have, as one would give them to the AWS CLI. */
export const configurationExamples: Array<[kind: ConfigurationKind, configuration: object]> = [
	['accelerate', { Status: 'Suspended' }],
	['acl', { Owner: { ID: 'id-1', DisplayName: 'me' }, Grants: grants }],
	[
		'cors',
		{
			CORSRules: [
				{
					ID: 'first',
					AllowedHeaders: ['*', 'x-amz-*'],
					AllowedMethods: ['GET', 'PUT'],
					AllowedOrigins: ['https://a.example.com', 'https://b.example.com'],
					ExposeHeaders: ['ETag'],
					MaxAgeSeconds: 3000,
				},
				{ AllowedMethods: ['HEAD'], AllowedOrigins: ['*'] },
			],
		},
	],
	[
		'encryption',
		{
			Rules: [
				{
					ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'key' },
					BucketKeyEnabled: true,
				},
			],
		},
	],
	[
		'lifecycle',
		{
			Rules: [
				{
					ID: 'logs',
					Filter: { Prefix: 'logs/' },
					Status: 'Enabled',
					Expiration: { Days: 365 },
					Transitions: [
						{ Days: 30, StorageClass: 'STANDARD_IA' },
						{ Days: 90, StorageClass: 'GLACIER' },
					],
					NoncurrentVersionTransitions: [{ NoncurrentDays: 30, StorageClass: 'GLACIER' }],
					NoncurrentVersionExpiration: { NoncurrentDays: 60, NewerNoncurrentVersions: 3 },
					AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
				},
				{
					Filter: {
						And: { Prefix: 'a/', Tags: tags, ObjectSizeGreaterThan: 1, ObjectSizeLessThan: 99 },
					},
					Status: 'Disabled',
					Expiration: { ExpiredObjectDeleteMarker: true },
				},
				{ Filter: { Tag: tags[0] }, Status: 'Enabled', Expiration: { Days: 1 } },
				{ Prefix: '', Status: 'Enabled', Expiration: { Days: 2 } },
			],
		},
	],
	[
		'logging',
		{ LoggingEnabled: { TargetBucket: 'logs', TargetGrants: grants, TargetPrefix: 'of/b/' } },
	],
	[
		'notification',
		{
			TopicConfigurations: [
				{
					Id: 't',
					TopicArn: 'arn:aws:sns:default::t',
					Events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'],
					Filter: filter,
				},
			],
			QueueConfigurations: [
				{ QueueArn: 'arn:aws:sqs:eu-west-1:1:q', Events: ['s3:ObjectCreated:Put'] },
				{ QueueArn: 'arn:aws:sqs:eu-west-1:1:r', Events: ['s3:ObjectCreated:Post'] },
			],
			LambdaFunctionConfigurations: [
				{ LambdaFunctionArn: 'arn:aws:lambda:eu-west-1:1:function:f', Events: ['s3:TestEvent'] },
			],
			EventBridgeConfiguration: {},
		},
	],
	[
		'objectLock',
		{
			ObjectLockEnabled: 'Enabled',
			Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 30 } },
		},
	],
	['ownershipControls', { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] }],
	[
		'publicAccessBlock',
		{
			BlockPublicAcls: true,
			IgnorePublicAcls: false,
			BlockPublicPolicy: true,
			RestrictPublicBuckets: false,
		},
	],
	[
		'replication',
		{
			Role: 'arn:aws:iam::1:role/r',
			Rules: [
				{
					ID: 'all',
					Priority: 1,
					Filter: { And: { Prefix: 'x', Tags: tags } },
					Status: 'Enabled',
					SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
					Destination: {
						Bucket: 'arn:aws:s3:::copies',
						StorageClass: 'STANDARD_IA',
						ReplicationTime: { Status: 'Enabled', Time: { Minutes: 15 } },
						Metrics: { Status: 'Enabled', EventThreshold: { Minutes: 15 } },
					},
					DeleteMarkerReplication: { Status: 'Disabled' },
				},
			],
		},
	],
	['requestPayment', { Payer: 'Requester' }],
	['tagging', { TagSet: tags }],
	['versioning', { MFADelete: 'Disabled', Status: 'Enabled' }],
	[
		'website',
		{
			ErrorDocument: { Key: 'error.html' },
			IndexDocument: { Suffix: 'index.html' },
			RoutingRules: [
				{
					Condition: { KeyPrefixEquals: 'docs/', HttpErrorCodeReturnedEquals: '404' },
					Redirect: { ReplaceKeyPrefixWith: 'documents/', Protocol: 'https' },
				},
				{ Redirect: { HostName: 'example.com' } },
			],
		},
	],
];
