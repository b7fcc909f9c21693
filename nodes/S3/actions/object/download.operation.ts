import type { INodeProperties } from 'n8n-workflow';
import type { InputOf } from '../../../shared/node/defineOperation';
import { byDisplayName } from '../../../shared/node/byDisplayName';
import { defineOperation, WithFiles } from '../../../shared/node/defineOperation';
import type { ByteRange } from '../../transport/byteRange';
import type { S3Client } from '../../transport/client';
import { downloadInto, fileNameOf } from '../../transport/downloadInto';
import { invalidInput } from '../../transport/failure';
import type { ObjectInfo } from '../../transport/objectInfo';
import { bucketField, keyField } from '../fields';
import { customerKeyOption, readConditions, readReadOptions, versionIdOption } from './readOptions';

const transferOptions = [
	{
		displayName: 'File Name',
		name: 'fileName',
		type: 'string',
		default: '',
		description: 'Of the output file, instead of the last part of the key',
	},
	{
		displayName: 'First Byte',
		name: 'firstByte',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'Only the bytes from this one on, counted from 0',
	},
	{
		displayName: 'Last Byte',
		name: 'lastByte',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'Only the bytes up to and with this one, counted from 0',
	},
	{
		displayName: 'Last Bytes',
		name: 'lastBytes',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 1,
		description: 'Only so many bytes, from the end of the object',
	},
	{
		displayName: 'Parallel Ranges',
		name: 'parallelRanges',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 16 },
		default: 4,
		description: 'How many ranges of one object above 16 MiB are on the way at the same time',
	},
	{
		displayName: 'Verify Content',
		name: 'verifyContent',
		type: 'options',
		options: [
			{
				name: 'Always',
				value: 'always',
				description: 'The item fails when there is nothing to compare the content with',
			},
			{
				name: 'Automatic',
				value: 'automatic',
				description:
					'With the checksum that the server keeps of the object. Over plain HTTP, where there is none, with an ETag that is an MD5.',
			},
			{ name: 'Off', value: 'off' },
		],
		default: 'automatic',
		description: 'Whether the content is compared with what the server knows of it',
	},
] as const satisfies INodeProperties[];

interface Row extends Partial<ObjectInfo> {
	verifiedBy?: string;
	notModified?: boolean;
}

export const download = defineOperation({
	name: 'Download',
	value: 'download',
	action: 'Download an object',
	description:
		'Stream an object into a file of the item. An object that has not changed by the conditions in the options gives a row without a file.',
	repeatable: true,
	properties: [
		bucketField,
		keyField,
		{
			displayName: 'Put Output File in Field',
			name: 'binaryPropertyName',
			type: 'string',
			required: true,
			default: 'data',
			hint: 'The name of the output binary field to put the file in',
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [...transferOptions, ...readConditions, customerKeyOption, versionIdOption].sort(
				byDisplayName,
			),
		},
	],
	async execute(
		s3: S3Client,
		{ bucket, key, binaryPropertyName, options },
		item,
	): Promise<Row | WithFiles<Row>> {
		const { firstByte, lastByte, lastBytes, ...others } = options;
		const { fileName, parallelRanges, verifyContent = 'automatic', ...read } = others;
		const range = rangeOf({ firstByte, lastByte, lastBytes });
		if (range && verifyContent === 'always')
			throw invalidInput('A part of an object cannot be verified: "Verify Content" is Always');
		const wanted = {
			...readReadOptions(read),
			bucket,
			key,
			range,
			parallel: parallelRanges,
			verify: verifyContent,
		};
		const name = fileName || fileNameOf(key);
		const done = await downloadInto(
			s3,
			wanted,
			async ({ contentType }, body) =>
				await item.save(body, { fileName: name, mimeType: contentType }),
		);
		if (!done) return { bucket, key, notModified: true };
		const { info, kept, verifiedBy } = done;
		const row = { ...info, ...(verifiedBy && { verifiedBy }) };
		return new WithFiles(row, { [binaryPropertyName]: kept });
	},
});

function rangeOf({
	firstByte,
	lastByte,
	lastBytes,
}: Partial<InputOf<typeof transferOptions>>): ByteRange | undefined {
	if (lastBytes === undefined) {
		if (firstByte === undefined && lastByte === undefined) return undefined;
		return { first: firstByte ?? 0, last: lastByte };
	}
	if (firstByte === undefined && lastByte === undefined) return { lastBytes };
	throw invalidInput('Give either "Last Bytes", or "First Byte" and "Last Byte"');
}
