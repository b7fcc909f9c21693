import * as check from './documentChecks.ts';
import { lifecycleRule, redirect, tag, target } from './documentShapes.ts';
import type { ErrorCode } from './errors.ts';
import type { Call } from './operation.ts';
import { anyText, oneOf, someText, truth, wholeNumber, type Shape } from './shape.ts';
import type { XmlNode } from './xml.ts';

/** A configuration of a bucket that is a document of its own. */
export interface BucketDocument {
	/** The query parameter that stands for it. */
	parameter: string;
	root: string;
	/** Amazon's names of the operations; without `delete` it cannot be deleted. */
	get: string;
	put: string;
	delete?: string;
	/** What GET says when there is none: an error, or a document that holds nothing. */
	missing: ErrorCode | { content: Record<string, string> };
	shape: Shape;
	/** Status of a PUT; 200 by default. */
	putStatus?: number;
	/** Whether a PUT must come with Content-MD5 or a checksum. */
	protect?: boolean;
	headers?: string[];
	/** What a shape cannot say. May also add what Amazon adds. */
	check?(root: XmlNode, call: Call): void;
}

/** Every document of a bucket that this server keeps, beside versioning, ACL, policy and lock. */
export const bucketDocuments: BucketDocument[] = [
	{
		parameter: 'tagging',
		root: 'Tagging',
		get: 'GetBucketTagging',
		put: 'PutBucketTagging',
		delete: 'DeleteBucketTagging',
		missing: 'NoSuchTagSet',
		putStatus: 204,
		shape: { elements: { TagSet: { elements: { 'Tag*': tag } } } },
		check: check.tags,
	},
	{
		parameter: 'cors',
		root: 'CORSConfiguration',
		get: 'GetBucketCors',
		put: 'PutBucketCors',
		delete: 'DeleteBucketCors',
		missing: 'NoSuchCORSConfiguration',
		protect: true,
		shape: {
			elements: {
				'CORSRule+': {
					elements: {
						'ID?': anyText,
						'AllowedHeader*': someText,
						'AllowedMethod+': someText,
						'AllowedOrigin+': someText,
						'ExposeHeader*': someText,
						'MaxAgeSeconds?': wholeNumber,
					},
				},
			},
		},
		check: check.cors,
	},
	{
		parameter: 'lifecycle',
		root: 'LifecycleConfiguration',
		get: 'GetBucketLifecycleConfiguration',
		put: 'PutBucketLifecycleConfiguration',
		delete: 'DeleteBucketLifecycle',
		missing: 'NoSuchLifecycleConfiguration',
		protect: true,
		shape: { elements: { 'Rule+': lifecycleRule } },
		check: check.lifecycle,
	},
	{
		parameter: 'encryption',
		root: 'ServerSideEncryptionConfiguration',
		get: 'GetBucketEncryption',
		put: 'PutBucketEncryption',
		delete: 'DeleteBucketEncryption',
		missing: 'ServerSideEncryptionConfigurationNotFoundError',
		shape: {
			elements: {
				Rule: {
					elements: {
						ApplyServerSideEncryptionByDefault: {
							elements: {
								SSEAlgorithm: oneOf('AES256', 'aws:kms', 'aws:kms:dsse'),
								'KMSMasterKeyID?': someText,
							},
						},
						'BucketKeyEnabled?': truth,
					},
				},
			},
		},
		check: check.encryption,
	},
	{
		parameter: 'publicAccessBlock',
		root: 'PublicAccessBlockConfiguration',
		get: 'GetPublicAccessBlock',
		put: 'PutPublicAccessBlock',
		delete: 'DeletePublicAccessBlock',
		missing: 'NoSuchPublicAccessBlockConfiguration',
		shape: {
			elements: {
				'BlockPublicAcls?': truth,
				'IgnorePublicAcls?': truth,
				'BlockPublicPolicy?': truth,
				'RestrictPublicBuckets?': truth,
			},
		},
		check: check.publicAccessBlock,
	},
	{
		parameter: 'ownershipControls',
		root: 'OwnershipControls',
		get: 'GetBucketOwnershipControls',
		put: 'PutBucketOwnershipControls',
		delete: 'DeleteBucketOwnershipControls',
		missing: 'OwnershipControlsNotFoundError',
		shape: {
			elements: {
				Rule: {
					elements: {
						ObjectOwnership: oneOf('BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter'),
					},
				},
			},
		},
	},
	{
		parameter: 'website',
		root: 'WebsiteConfiguration',
		get: 'GetBucketWebsite',
		put: 'PutBucketWebsite',
		delete: 'DeleteBucketWebsite',
		missing: 'NoSuchWebsiteConfiguration',
		shape: {
			elements: {
				'IndexDocument?': { elements: { Suffix: { text: /^[^/]+$/ } } },
				'ErrorDocument?': { elements: { Key: someText } },
				'RedirectAllRequestsTo?': {
					elements: { HostName: someText, 'Protocol?': oneOf('http', 'https') },
				},
				'RoutingRules?': {
					elements: {
						'RoutingRule+': {
							elements: {
								'Condition?': {
									elements: {
										'HttpErrorCodeReturnedEquals?': wholeNumber,
										'KeyPrefixEquals?': anyText,
									},
								},
								Redirect: redirect,
							},
						},
					},
				},
			},
		},
		check: check.website,
	},
	{
		parameter: 'logging',
		root: 'BucketLoggingStatus',
		get: 'GetBucketLogging',
		put: 'PutBucketLogging',
		missing: { content: {} },
		shape: {
			elements: {
				'LoggingEnabled?': { elements: { TargetBucket: someText, TargetPrefix: anyText } },
			},
		},
		check: check.logging,
	},
	{
		parameter: 'requestPayment',
		root: 'RequestPaymentConfiguration',
		get: 'GetBucketRequestPayment',
		put: 'PutBucketRequestPayment',
		missing: { content: { Payer: 'BucketOwner' } },
		shape: { elements: { Payer: oneOf('BucketOwner', 'Requester') } },
	},
	{
		parameter: 'accelerate',
		root: 'AccelerateConfiguration',
		get: 'GetBucketAccelerateConfiguration',
		put: 'PutBucketAccelerateConfiguration',
		missing: { content: {} },
		shape: { elements: { Status: oneOf('Enabled', 'Suspended') } },
		check: check.accelerate,
	},
	{
		parameter: 'notification',
		root: 'NotificationConfiguration',
		get: 'GetBucketNotificationConfiguration',
		put: 'PutBucketNotificationConfiguration',
		missing: { content: {} },
		headers: ['x-amz-skip-destination-validation'],
		shape: {
			elements: {
				'TopicConfiguration*': target('Topic'),
				'QueueConfiguration*': target('Queue'),
				'CloudFunctionConfiguration*': target('CloudFunction'),
				'EventBridgeConfiguration?': { elements: {} },
			},
		},
		check: check.notification,
	},
];
