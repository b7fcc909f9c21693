import type { INodeProperties } from 'n8n-workflow';
import type { InputOf } from '../../../shared/node/defineOperation';
import type { Encryption } from '../../transport/encryption';
import type { WriteOptions } from '../../transport/writeHeaders';
import { flatTexts } from './nameValues';
import { customerKeyFields } from './readOptions';

/** Who may do what with an object. */
export const aclFields = {
	acl: {
		displayName: 'ACL',
		name: 'acl',
		type: 'options',
		options: [
			{ name: 'Authenticated Read', value: 'authenticated-read' },
			{ name: 'AWS Exec Read', value: 'aws-exec-read' },
			{ name: 'Bucket Owner Full Control', value: 'bucket-owner-full-control' },
			{ name: 'Bucket Owner Read', value: 'bucket-owner-read' },
			{ name: 'Private', value: 'private' },
			{ name: 'Public Read', value: 'public-read' },
			{ name: 'Public Read Write', value: 'public-read-write' },
		],
		default: 'private',
		description:
			'Who may do what with the object. New buckets on Amazon have ACLs switched off and refuse all but Bucket Owner Full Control.',
	},
	grants: {
		displayName: 'Grants',
		name: 'grants',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		default: {},
		placeholder: 'Add Grant',
		description: 'Who may do what with the object, one by one, instead of an ACL',
		options: [
			{
				displayName: 'Grants',
				name: 'rows',
				values: [
					{
						displayName: 'Permission',
						name: 'permission',
						type: 'options',
						options: [
							{ name: 'Full Control', value: 'FULL_CONTROL' },
							{ name: 'Read', value: 'READ' },
							{ name: 'Read ACL', value: 'READ_ACP' },
							{ name: 'Write ACL', value: 'WRITE_ACP' },
						],
						default: 'READ',
					},
					{
						displayName: 'Grantee Type',
						name: 'granteeType',
						type: 'options',
						options: [
							{ name: 'Account ID', value: 'id', description: 'The canonical user ID' },
							{ name: 'Email Address', value: 'emailAddress' },
							{ name: 'Group URI', value: 'uri' },
						],
						default: 'id',
					},
					{ displayName: 'Grantee', name: 'grantee', type: 'string', default: '' },
				],
			},
		],
	},
} as const satisfies Record<string, INodeProperties>;

/** The members of an "Options" collection that say who may read, change or delete an object. */
export const protectionOptions = [
	aclFields.acl,
	aclFields.grants,
	{
		displayName: 'Encryption',
		name: 'encryption',
		type: 'fixedCollection',
		default: {},
		placeholder: 'Add Encryption',
		description: 'How the server encrypts the object, instead of as the bucket says',
		options: [
			{
				displayName: 'Settings',
				name: 'settings',
				values: [
					{
						displayName: 'Method',
						name: 'method',
						type: 'options',
						options: [
							{
								name: 'Customer Key (SSE-C)',
								value: 'customer',
								description: 'The server keeps no key: whoever reads the object must bring it',
							},
							{ name: 'KMS (SSE-KMS)', value: 'aws:kms' },
							{ name: 'KMS, Two Layers (DSSE-KMS)', value: 'aws:kms:dsse' },
							{ name: 'Server Key (SSE-S3)', value: 'AES256' },
						],
						default: 'AES256',
					},
					{
						displayName: 'KMS Key ID',
						name: 'kmsKeyId',
						type: 'string',
						displayOptions: { show: { method: ['aws:kms', 'aws:kms:dsse'] } },
						default: '',
						description: 'ID, ARN or alias of the key; empty for the usual one of the account',
					},
					{
						displayName: 'KMS Encryption Context (JSON)',
						name: 'kmsContext',
						type: 'json',
						displayOptions: { show: { method: ['aws:kms', 'aws:kms:dsse'] } },
						default: '{}',
						description: 'Names and values that whoever decrypts must know',
					},
					{
						displayName: 'Bucket Key',
						name: 'bucketKey',
						type: 'boolean',
						displayOptions: { show: { method: ['aws:kms'] } },
						default: false,
						description: 'Whether one key for the bucket spares requests to KMS',
					},
					...customerKeyFields({ show: { method: ['customer'] } }),
				],
			},
		],
	},
	{
		displayName: 'Object Lock',
		name: 'lock',
		type: 'fixedCollection',
		default: {},
		placeholder: 'Add Object Lock',
		description: 'Protects this version from being deleted. The bucket must have been made for it.',
		options: [
			{
				displayName: 'Settings',
				name: 'settings',
				values: [
					{
						displayName: 'Retention Mode',
						name: 'mode',
						type: 'options',
						options: [
							{ name: 'Compliance', value: 'COMPLIANCE', description: 'Nobody can shorten it' },
							{
								name: 'Governance',
								value: 'GOVERNANCE',
								description: 'Who has the permission for it can',
							},
							{ name: 'None', value: 'none' },
						],
						default: 'none',
					},
					{
						displayName: 'Retain Until',
						name: 'retainUntil',
						type: 'dateTime',
						displayOptions: { show: { mode: ['COMPLIANCE', 'GOVERNANCE'] } },
						default: '',
					},
					{
						displayName: 'Legal Hold',
						name: 'legalHold',
						type: 'boolean',
						default: false,
						description: 'Whether it is protected until somebody takes the hold away',
					},
				],
			},
		],
	},
] as const satisfies INodeProperties[];

type Protection = Partial<InputOf<typeof protectionOptions>>;

/** What the fields say, as the client takes it. @throws Failure naming the field */
export function readProtection({
	encryption,
	grants,
	lock,
}: Protection): Pick<WriteOptions, 'encryption' | 'grants' | 'lock'> {
	const { mode = 'none', retainUntil, legalHold } = lock?.settings ?? {};
	return {
		grants: grants?.rows,
		encryption: encryption?.settings && encryptionOf(encryption.settings),
		lock: {
			...(mode !== 'none' && { mode, retainUntil }),
			// Off is what the server does unless it is asked.
			legalHold: legalHold || undefined,
		},
	};
}

type Settings = NonNullable<NonNullable<Protection['encryption']>['settings']>;

function encryptionOf({ method, customerKey = '', withoutTls, ...kms }: Settings): Encryption {
	return {
		method,
		kmsKeyId: kms.kmsKeyId,
		// Off is what the server does unless it is asked.
		bucketKey: kms.bucketKey || undefined,
		kmsContext: flatTexts('KMS Encryption Context (JSON)', kms.kmsContext),
		customerKey: { key: customerKey, withoutTls },
	};
}
