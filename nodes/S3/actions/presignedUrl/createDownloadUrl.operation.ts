import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { invalidInput } from '../../transport/failure';
import { presignedUrl } from '../../transport/presigned';
import { disposition } from '../../transport/writeHeaders';
import { bucketField, keyField } from '../fields';
import { askRegionField, expiresInField } from './fields';

export const createDownloadUrl = defineOperation({
	name: 'Create Download URL',
	value: 'createDownloadUrl',
	action: 'Create a presigned URL to download an object',
	description:
		'Make a link with which anybody can download one object until it expires. It cannot be taken back before.',
	repeatable: true,
	properties: [
		bucketField,
		keyField,
		expiresInField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				askRegionField,
				{
					displayName: 'Download As',
					name: 'downloadAs',
					type: 'string',
					default: '',
					placeholder: 'e.g. Invoice 17.pdf',
					description: 'Name under which browsers save the file, instead of showing it',
				},
				{
					displayName: 'Method',
					name: 'method',
					type: 'options',
					options: [
						{ name: 'GET', value: 'GET', description: 'To download' },
						{ name: 'HEAD', value: 'HEAD', description: 'To look at size and metadata only' },
					],
					default: 'GET',
					description: 'What the URL is good for: servers refuse it for any other method',
				},
				{
					displayName: 'Response Cache Control',
					name: 'responseCacheControl',
					type: 'string',
					default: '',
					placeholder: 'e.g. no-store',
					description: 'Sent with the download instead of the header that is stored',
				},
				{
					displayName: 'Response Content Disposition',
					name: 'responseContentDisposition',
					type: 'string',
					default: '',
					placeholder: 'e.g. inline',
					description: 'Sent with the download instead of the header that is stored',
				},
				{
					displayName: 'Response Content Encoding',
					name: 'responseContentEncoding',
					type: 'string',
					default: '',
					placeholder: 'e.g. gzip',
					description: 'Sent with the download instead of the header that is stored',
				},
				{
					displayName: 'Response Content Language',
					name: 'responseContentLanguage',
					type: 'string',
					default: '',
					placeholder: 'e.g. de',
					description: 'Sent with the download instead of the header that is stored',
				},
				{
					displayName: 'Response Content Type',
					name: 'responseContentType',
					type: 'string',
					default: '',
					placeholder: 'e.g. application/pdf',
					description: 'Sent with the download instead of the type that is stored',
				},
				{
					displayName: 'Response Expires',
					name: 'responseExpires',
					type: 'string',
					default: '',
					placeholder: 'e.g. Thu, 01 Dec 2033 16:00:00 GMT',
					description: 'Sent with the download instead of the header that is stored',
				},
				{
					displayName: 'Version ID',
					name: 'versionId',
					type: 'string',
					typeOptions: { condition: true },
					default: '',
					description: 'Of an older version of the object',
				},
			],
		},
	],
	async execute(s3: S3Client, { bucket, key, expiresIn, options }) {
		if (options.downloadAs && options.responseContentDisposition) {
			throw invalidInput('Give either "Download As" or "Response Content Disposition", not both');
		}
		const name = options.downloadAs?.replace(/["\\]/g, '\\$&');
		const named = name ? `attachment; filename="${name}"` : options.responseContentDisposition;
		const url = await presignedUrl(s3, {
			method: options.method ?? 'GET',
			bucket,
			key,
			expiresIn,
			askRegion: options.askRegion ?? true,
			query: [
				['response-cache-control', options.responseCacheControl || undefined],
				['response-content-disposition', disposition(named) || undefined],
				['response-content-encoding', options.responseContentEncoding || undefined],
				['response-content-language', options.responseContentLanguage || undefined],
				['response-content-type', options.responseContentType || undefined],
				['response-expires', options.responseExpires || undefined],
				['versionId', options.versionId || undefined],
			],
		});
		return { bucket, key, ...url };
	},
});
