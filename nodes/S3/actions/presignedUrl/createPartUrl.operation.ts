import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { invalidInput } from '../../transport/failure';
import { presignedUrl } from '../../transport/presigned';
import { bucketField, newKeyField } from '../fields';
import { askRegionField, expiresInField } from './fields';

export const createPartUrl = defineOperation({
	name: 'Create Part URL',
	value: 'createPartUrl',
	action: 'Create presigned URLs to upload parts',
	description:
		'Make URLs with which anybody can send parts of one multipart upload with PUT until they expire, one row for each part',
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
			description:
				'Of the multipart upload that was begun for this key, as its "Create" returned it',
		},
		{
			displayName: 'First Part',
			name: 'firstPart',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 10000 },
			default: 1,
			description: 'Number of the part, from 1 to 10,000',
		},
		{
			displayName: 'Number of Parts',
			name: 'parts',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 10000 },
			default: 1,
			description: 'How many parts from the first one on get a URL',
		},
		expiresInField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [askRegionField],
		},
	],
	async execute(s3: S3Client, { bucket, key, uploadId, firstPart, parts, expiresIn, options }) {
		const numbers = partNumbers(firstPart, parts, s3.quirks.maxParts);
		return await Promise.all(
			numbers.map(async (partNumber) => {
				const url = await presignedUrl(s3, {
					method: 'PUT',
					bucket,
					key,
					expiresIn,
					askRegion: options.askRegion ?? true,
					query: [
						['partNumber', partNumber],
						['uploadId', uploadId],
					],
				});
				return { bucket, key, uploadId, partNumber, ...url };
			}),
		);
	},
});

function partNumbers(first: number, count: number, most: number): number[] {
	const last = first + count - 1;
	if (Number.isInteger(first) && Number.isInteger(count) && first >= 1 && count >= 1) {
		if (last <= most) return Array.from({ length: count }, (_, n) => first + n);
	}
	throw invalidInput(
		`"First Part" and "Number of Parts" must be whole numbers within the parts 1 to ${most} of an upload, but are ${first} and ${count}`,
	);
}
