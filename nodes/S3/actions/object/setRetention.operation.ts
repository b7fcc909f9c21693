import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { putRetention } from '../../transport/objectLock';
import { bucketField, keyField, sameObject } from '../fields';
import { versionIdOption } from './readOptions';

export const setRetention = defineOperation({
	name: 'Set Retention',
	value: 'setRetention',
	action: 'Set the retention of an object',
	description:
		'Protect an object from being deleted until a date (Object Lock). In the mode Compliance nobody can take that back.',
	repeatable: true,
	properties: [
		bucketField,
		keyField,
		{
			displayName: 'Retention Mode',
			name: 'mode',
			type: 'options',
			options: [
				{
					name: 'Compliance',
					value: 'COMPLIANCE',
					description: 'Nobody can shorten it, not even the owner of the account',
				},
				{
					name: 'Governance',
					value: 'GOVERNANCE',
					description: 'Who has the permission for it can shorten it',
				},
				{
					name: 'None',
					value: 'none',
					description: 'Takes the retention away, which needs Bypass Governance Retention',
				},
			],
			default: 'GOVERNANCE',
		},
		{
			displayName: 'Retain Until',
			name: 'retainUntil',
			type: 'dateTime',
			required: true,
			displayOptions: { show: { mode: ['COMPLIANCE', 'GOVERNANCE'] } },
			default: '',
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Bypass Governance Retention',
					name: 'bypassGovernance',
					type: 'boolean',
					default: false,
					description:
						'Whether a retention of the mode Governance may be shortened or taken away, which needs the permission for it',
				},
				versionIdOption,
			],
		},
	],
	inOrder: sameObject,
	async execute(s3: S3Client, { bucket, key, mode, retainUntil, options }) {
		const { versionId, bypassGovernance } = options;
		const retention = mode === 'none' ? {} : { mode, retainUntil };
		await putRetention(s3, { bucket, key, versionId }, retention, bypassGovernance);
		return {
			bucket,
			key,
			...(versionId && { versionId }),
			retained: mode !== 'none',
			...retention,
		};
	},
});
