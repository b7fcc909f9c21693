import type { INodeProperties } from 'n8n-workflow';
import { versionIdOption } from './readOptions';

/** The members of an "Options" collection of what deletes objects. */
export const deleteOptions = [
	{
		displayName: 'Bypass Governance Retention',
		name: 'bypassGovernance',
		type: 'boolean',
		default: false,
		description:
			'Whether versions under a retention of the mode Governance are deleted as well, which needs the permission for it',
	},
	{
		displayName: 'MFA',
		name: 'mfa',
		type: 'string',
		typeOptions: { password: true },
		default: '',
		placeholder: 'e.g. arn:aws:iam::123456789012:mfa/device 123456',
		description: 'Serial number of the device, a space, and its code: for buckets with MFA delete',
	},
	{
		...versionIdOption,
		typeOptions: { condition: true },
		description:
			'Deletes this version for good. Without it a versioned bucket keeps all versions and puts a delete marker over them.',
	},
] as const satisfies INodeProperties[];
