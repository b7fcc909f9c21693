import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import type { ConfigurationKind } from '../../transport/configurationKinds';
import {
	setCannedAcl,
	setConfiguration as write,
	withOtherTags,
} from '../../transport/configurations';
import { bucketField, sameBucket } from '../fields';
import { configurationFields } from './configurationFields';
import { writableKinds } from './configurationKinds';
import { configurationOf, isEmptyJson } from './configurationOf';

export const setConfiguration = defineOperation({
	name: 'Set Configuration',
	value: 'setConfiguration',
	action: 'Set a configuration of a bucket',
	description:
		'Write the policy, lifecycle, tags, versioning or another configuration of a bucket. It replaces the whole one that was there: all lifecycle rules, all notifications, the whole policy.',
	repeatable: true,
	properties: [
		bucketField,
		{
			displayName: 'Configuration',
			name: 'kind',
			type: 'options',
			options: writableKinds,
			default: 'versioning',
			description: 'What to write',
		},
		...configurationFields,
		{
			displayName: 'Configuration (JSON)',
			name: 'configuration',
			type: 'json',
			default: '{}',
			description:
				'In the JSON of the AWS CLI and SDKs, as Get Configuration gives it. Where a configuration has fields above, this is used instead of them; {} to use the fields.',
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Confirm Losing Access',
					name: 'confirmLosingAccess',
					type: 'boolean',
					default: false,
					description: 'Whether a policy may keep you from changing the policy again',
				},
				{
					displayName: 'MFA',
					name: 'mfa',
					type: 'string',
					default: '',
					placeholder: 'e.g. arn:aws:iam::123456789012:mfa/user 123456',
					description: 'Serial number and code of the device, for versioning with MFA Delete',
				},
				{
					displayName: 'Skip Destination Validation',
					name: 'skipValidation',
					type: 'boolean',
					default: false,
					description:
						'Whether to write a notification without a test message to its queues and topics',
				},
			],
		},
	],
	inOrder: sameBucket,
	async execute(s3: S3Client, { bucket, kind, configuration: json, options, ...fields }) {
		const given = !isEmptyJson(json);
		if (kind === 'acl' && !given) {
			const { cannedAcl = 'private' } = fields;
			await setCannedAcl(s3, bucket, cannedAcl);
			return { bucket, kind, configuration: { cannedAcl } };
		}
		const configuration = given ? json : await described(s3, bucket, kind, fields);
		await write(s3, bucket, kind, configuration, {
			field: given ? 'Configuration (JSON)' : 'Configuration',
			headers: {
				...(options.mfa && { 'x-amz-mfa': options.mfa }),
				...(options.confirmLosingAccess && { 'x-amz-confirm-remove-self-bucket-access': 'true' }),
				...(options.skipValidation && { 'x-amz-skip-destination-validation': 'true' }),
			},
		});
		return { bucket, kind, configuration };
	},
});

async function described(
	s3: S3Client,
	bucket: string,
	kind: ConfigurationKind,
	fields: Parameters<typeof configurationOf>[1],
) {
	const configuration = configurationOf(kind, fields);
	const merged = kind === 'tagging' && fields.otherTags === 'keep';
	return merged ? await withOtherTags(s3, bucket, configuration) : configuration;
}
