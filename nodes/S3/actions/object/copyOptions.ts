import { byDisplayName } from '../../../shared/node/byDisplayName';
import type { INodeProperties } from 'n8n-workflow';
import type { InputOf } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import type { CopyOptions } from '../../transport/copy';
import { copySourceHeaders } from '../../transport/copySource';
import { invalidInput } from '../../transport/failure';
import { writeHeaders } from '../../transport/writeHeaders';
import {} from '../fields';
import { customerKeyOf, customerKeyOption } from './readOptions';
import { readWriteOptions, writeOptions } from './writeOptions';

const MIB = 1024 * 1024;

export const sourceVersionOption = {
	displayName: 'Source Version ID',
	name: 'sourceVersionId',
	type: 'string',
	typeOptions: { condition: true },
	default: '',
	description: 'The version to copy, in a versioned bucket; empty for the current one',
} as const satisfies INodeProperties;

const sourceOptions = [
	{
		displayName: 'Copy in Parts Above (MiB)',
		name: 'partsAbove',
		type: 'number',
		typeOptions: { minValue: 5, maxValue: 5120 },
		default: 5120,
		description:
			'Larger objects are copied in parts, several at a time. Below 5120 this costs a request for the size of every object.',
	},
	{
		displayName: 'Only If Source ETag Differs',
		name: 'sourceIfNoneMatch',
		type: 'string',
		typeOptions: { condition: true },
		default: '',
		description: 'The item fails when the source has this ETag',
	},
	{
		displayName: 'Only If Source ETag Matches',
		name: 'sourceIfMatch',
		type: 'string',
		typeOptions: { condition: true },
		default: '',
		description: 'The item fails unless the source has this ETag',
	},
	{
		displayName: 'Only If Source Modified Since',
		name: 'sourceIfModifiedSince',
		type: 'dateTime',
		typeOptions: { condition: true },
		default: '',
		description: 'The item fails unless the source is newer',
	},
	{
		displayName: 'Only If Source Unmodified Since',
		name: 'sourceIfUnmodifiedSince',
		type: 'dateTime',
		typeOptions: { condition: true },
		default: '',
		description: 'The item fails when the source is newer',
	},
	{
		displayName: 'Parallel Parts',
		name: 'parallelParts',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 16 },
		default: 4,
		description: 'How many parts of one large object are copied at the same time',
	},
	{
		displayName: 'Replace Metadata',
		name: 'replaceMetadata',
		type: 'boolean',
		default: false,
		description:
			'Whether type, headers and metadata are those given here, and none of those of the source',
	},
	{
		...customerKeyOption,
		displayName: 'Source Customer Key (SSE-C)',
		name: 'sourceCustomerKey',
		description: 'The key that the source was stored with',
	},
] as const satisfies INodeProperties[];

/** The members of an "Options" collection that say how an object is copied. */
export const copyOptions = [...sourceOptions, ...writeOptions].sort(byDisplayName);

/** What the fields say, as the client takes it. @throws Failure naming the field */
export function readCopyOptions(
	s3: S3Client,
	options: Partial<InputOf<typeof copyOptions>>,
): CopyOptions {
	const { sourceIfMatch, sourceIfNoneMatch, sourceIfModifiedSince, ...others } = options;
	const { sourceIfUnmodifiedSince, sourceCustomerKey, replaceMetadata, ...more } = others;
	const { partsAbove, parallelParts, ...write } = more;
	const headers = writeHeaders(s3, readWriteOptions(write));
	if (!replaceMetadata && Object.keys(headers).some((name) => METADATA.test(name)))
		throw invalidInput(
			'Type, headers and metadata are those of the source without "Replace Metadata"',
		);
	return {
		headers,
		replaceMetadata,
		sourceHeaders: copySourceHeaders(s3, {
			customerKey: customerKeyOf(sourceCustomerKey),
			ifMatch: sourceIfMatch,
			ifNoneMatch: sourceIfNoneMatch,
			ifModifiedSince: sourceIfModifiedSince,
			ifUnmodifiedSince: sourceIfUnmodifiedSince,
		}),
		singleBytes: partsAbove === undefined ? undefined : partsAbove * MIB,
		parallel: parallelParts,
	};
}

const METADATA = /^(content-|cache-control$|expires$|x-amz-meta-)/;
