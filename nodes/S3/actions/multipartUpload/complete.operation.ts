import type { INodeProperties } from 'n8n-workflow';
import { byDisplayName } from '../../../shared/node/byDisplayName';
import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { completeOpenUpload } from '../../transport/completeOpen';
import { invalidInput } from '../../transport/failure';
import { writeHeaders } from '../../transport/writeHeaders';
import { bucketField, newKeyField, sameObject } from '../fields';
import { conditionOptions, readWriteOptions, tagFields } from '../object/writeOptions';
import { readParts } from './parts';

const completeOptions = [
	...conditionOptions,
	{
		displayName: 'Number of Parts',
		name: 'numberOfParts',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 10000 },
		default: 1,
		description:
			'The item fails unless there are exactly so many parts. Nothing else tells that the last ones were never sent.',
	},
	{
		...tagFields[0],
		description:
			'Set afterwards unless the object has them from "Create": some servers (Ceph) forget those. Up to 10.',
	},
	tagFields[1],
] as const satisfies INodeProperties[];

export const complete = defineOperation({
	name: 'Complete',
	value: 'complete',
	action: 'Complete a multipart upload',
	description:
		'Make an object of the parts that were sent, in the order of their numbers. An object of this key is replaced.',
	repeatable: true,
	properties: [
		bucketField,
		newKeyField,
		{
			displayName: 'Upload ID',
			name: 'uploadId',
			type: 'string',
			required: true,
			default: '',
			description: 'As "Create" returned it',
		},
		{
			displayName: 'Parts',
			name: 'parts',
			type: 'options',
			options: [
				{
					name: 'All That Are Stored',
					value: 'stored',
					description: 'The server is asked for its list',
				},
				{
					name: 'Given as JSON',
					value: 'given',
					description: 'Any others are dropped',
				},
			],
			default: 'stored',
			description: 'What the object is made of',
		},
		{
			displayName: 'Parts (JSON)',
			name: 'partsJson',
			type: 'json',
			displayOptions: { show: { parts: ['given'] } },
			default: '[]',
			description:
				'A list such as [{"partNumber": 1, "etag": "..."}], with the ETag that the answer to each part had',
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [...completeOptions].sort(byDisplayName),
		},
	],
	inOrder: sameObject,
	async execute(s3: S3Client, { bucket, key, uploadId, parts, partsJson, options }) {
		const { numberOfParts: count, ...write } = options;
		if (count !== undefined && !(Number.isInteger(count) && count >= 1))
			throw invalidInput(`"Number of Parts" must be a whole number from 1, but is ${count}`);
		const given = parts === 'given' ? readParts(partsJson, s3.quirks.maxParts) : undefined;
		const headers = writeHeaders(s3, readWriteOptions(write));
		const upload = { bucket, key, uploadId };
		const stored = await completeOpenUpload(s3, upload, { parts: given, count, headers });
		return { bucket, key, ...stored };
	},
});
