import { defineOperation } from '../../../shared/node/defineOperation';
import { toFailure } from '../../../shared/resilience/failure';
import type { S3Client } from '../../transport/client';
import type { OpenUpload } from '../../transport/multipartListing';
import { listParts, listUploads } from '../../transport/multipartListing';
import { bucketField, prefixField } from '../fields';
import {
	deliver,
	limitField,
	outputField,
	outputFileField,
	returnAllField,
	rowLimit,
	selected,
} from '../../../shared/node/rowsOutput';

const COLUMNS = ['bucket', 'key', 'uploadId', 'initiated', 'storageClass', 'parts', 'size'];

export const getMany = defineOperation({
	name: 'Get Many',
	value: 'getMany',
	action: 'Get many multipart uploads',
	description: 'List the uploads of a bucket that were begun and neither completed nor aborted',
	repeatable: true,
	properties: [
		bucketField,
		prefixField,
		returnAllField,
		limitField,
		outputField,
		outputFileField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Include Size',
					name: 'includeSize',
					type: 'boolean',
					default: false,
					description:
						'Whether to return how many parts each upload has and how many bytes they take, with a request or more for each upload',
				},
			],
		},
	],
	async execute(s3: S3Client, input, item) {
		const { bucket, prefix, returnAll, options } = input;
		const limit = rowLimit(returnAll, input.limit ?? 50);
		const uploads = selected(listUploads(s3, bucket, prefix), () => true, limit);
		const rows = options.includeSize ? withSizes(s3, uploads) : uploads;
		return await deliver(
			rows,
			input,
			{ about: { bucket }, name: 'uploads', columns: COLUMNS },
			item,
		);
	},
});

interface SizedUpload extends OpenUpload {
	parts?: number;
	/** in bytes */
	size?: number;
}

async function* withSizes(
	s3: S3Client,
	pages: AsyncIterable<OpenUpload[]>,
): AsyncGenerator<SizedUpload[]> {
	for await (const page of pages) {
		const sized = await Promise.all(page.map(async (upload) => await withSize(s3, upload)));
		yield sized.flat();
	}
}

/** Nothing where the upload was completed or aborted since it was listed. */
async function withSize(s3: S3Client, upload: OpenUpload): Promise<SizedUpload[]> {
	try {
		const { parts } = await listParts(s3, upload);
		const size = parts.reduce((sum, part) => sum + part.size, 0);
		return [{ ...upload, parts: parts.length, size }];
	} catch (error) {
		const failure = toFailure(error);
		if (failure.code === 'NoSuchUpload') return [];
		throw failure;
	}
}
