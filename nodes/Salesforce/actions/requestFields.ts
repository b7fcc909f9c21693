import type { INodeProperties } from 'n8n-workflow';
import type { InputFile, InputOf, Item } from '../../shared/node/defineOperation';
import { WithFiles } from '../../shared/node/defineOperation';
import { contentOf } from '../../shared/node/fileContent';
import { Readable } from 'node:stream';
import type { SalesforceClient } from '../transport/client';
import { invalidInput } from '../transport/failure';
import type { RawAnswer, RawFile, RawRequest } from '../transport/rawRequest';
import { receiveRaw, sendRaw } from '../transport/rawRequest';

// What "Send a request" and "Call Apex REST" have in common.

const nameAndValue = [
	{ displayName: 'Name', name: 'name', type: 'string', default: '' },
	{ displayName: 'Value', name: 'value', type: 'string', default: '' },
] as const satisfies INodeProperties[];

export const methodField = {
	displayName: 'Method',
	name: 'method',
	type: 'options',
	options: [
		{ name: 'DELETE', value: 'DELETE' },
		{ name: 'GET', value: 'GET' },
		{ name: 'HEAD', value: 'HEAD' },
		{ name: 'PATCH', value: 'PATCH' },
		{ name: 'POST', value: 'POST' },
		{ name: 'PUT', value: 'PUT' },
	],
	default: 'GET',
} as const satisfies INodeProperties;

const sending = { show: { method: ['DELETE', 'PATCH', 'POST', 'PUT'] } };

/** All but the path, which each operation describes itself. */
export const requestFields = [
	{
		displayName: 'Query Parameters',
		name: 'query',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add parameter',
		default: {},
		options: [{ displayName: 'Parameter', name: 'parameter', values: nameAndValue }],
		description: 'Appended to the path, encoded',
	},
	{
		displayName: 'Body',
		name: 'body',
		type: 'options',
		displayOptions: sending,
		options: [
			{ name: 'File', value: 'file', description: 'A binary field of the item' },
			{ name: 'JSON', value: 'json' },
			{ name: 'None', value: 'none' },
		],
		default: 'json',
		description: 'What to send',
	},
	{
		displayName: 'JSON',
		name: 'json',
		type: 'json',
		displayOptions: { show: { ...sending.show, body: ['json'] } },
		default: '{}',
		description: 'The body of the request',
	},
	{
		displayName: 'Input Binary Field',
		name: 'inputBinaryField',
		type: 'string',
		required: true,
		displayOptions: { show: { ...sending.show, body: ['file'] } },
		default: 'data',
		hint: 'The name of the input binary field containing the file to be sent',
	},
	{
		displayName: 'Response',
		name: 'response',
		type: 'options',
		options: [
			{ name: 'File', value: 'file', description: 'The body, as a file of the item' },
			{
				name: 'Full',
				value: 'full',
				description: 'One item with status, headers and body',
			},
			{
				name: 'JSON',
				value: 'json',
				description: 'The body: an item, or one for each member where it is a list',
			},
		],
		default: 'json',
		description: 'How to return the answer',
	},
	{
		displayName: 'Put Output File in Field',
		name: 'binaryPropertyName',
		type: 'string',
		required: true,
		displayOptions: { show: { response: ['file'] } },
		default: 'data',
		hint: 'The name of the output binary field to put the file in',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Content Type',
				name: 'contentType',
				type: 'string',
				default: '',
				placeholder: 'e.g. text/csv',
				description: 'Of the file that is sent, instead of what the item says of it',
			},
			{
				displayName: 'File Name',
				name: 'fileName',
				type: 'string',
				default: '',
				description: 'Of the output file',
			},
			{
				displayName: 'Headers',
				name: 'headers',
				type: 'fixedCollection',
				typeOptions: { multipleValues: true },
				placeholder: 'Add header',
				default: {},
				options: [{ displayName: 'Header', name: 'header', values: nameAndValue }],
				description: 'Such as Sforce-Query-Options or If-Modified-Since',
			},
			{
				displayName: 'Repeat When in Doubt',
				name: 'repeatable',
				type: 'boolean',
				default: false,
				description:
					'Whether to send a POST or PATCH again when its answer was lost, although it may have been done. GET, HEAD, PUT and DELETE always are.',
			},
			{
				displayName: 'Timeout (Seconds)',
				name: 'timeout',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 600 },
				default: 120,
				description: 'Of one attempt. Salesforce itself ends requests after 10 minutes.',
			},
		],
	},
] as const satisfies INodeProperties[];

type Fields = InputOf<typeof requestFields> & InputOf<[typeof methodField]>;

/** Sends the request that the fields describe, and shapes the answer as they ask. */
export async function request(
	salesforce: SalesforceClient,
	about: { operation: string; path: string },
	fields: Fields,
	item: Item,
): Promise<object> {
	const { method, query, response, binaryPropertyName = 'data', options } = fields;
	const { repeatable = false, timeout } = options;
	const raw: RawRequest = {
		...about,
		method,
		query: pairsOf(query.parameter),
		headers: pairsOf(options.headers?.header),
		...(await bodyOf(fields, item)),
		repeatable: repeatable || (method !== 'POST' && method !== 'PATCH'),
		...(timeout && { timeoutMs: timeout * 1_000 }),
	};
	if (response !== 'file') {
		const { status, headers, body } = await sendRaw(salesforce, raw);
		return response === 'full' ? { statusCode: status, headers, body } : rowsOf(body, status);
	}
	const fileName = options.fileName || nameIn(about.path);
	const answer: RawAnswer<Saved> = await receiveRaw(salesforce, raw, async (body, headers) => {
		const mimeType = headers['content-type']?.split(';')[0]?.trim();
		return await item.save(Readable.from(body, { objectMode: false }), { fileName, mimeType });
	});
	return new WithFiles(
		{ statusCode: answer.status, fileName },
		{ [binaryPropertyName]: answer.body },
	);
}

type Saved = Awaited<ReturnType<Item['save']>>;

const pairsOf = (rows: Array<{ name: string; value: string }> = []): Record<string, string> =>
	Object.fromEntries(
		rows.filter(({ name }) => name !== '').map(({ name, value }) => [name, value]),
	);

/** The largest body that Salesforce takes, which is that of a Bulk API job. */
const MAX_BYTES = 150 * 1024 * 1024;

async function bodyOf(
	{ method, body = 'none', json, inputBinaryField = 'data', options }: Fields,
	item: Item,
): Promise<Pick<RawRequest, 'json' | 'file'>> {
	if (method === 'GET' || method === 'HEAD' || body === 'none') return {};
	if (body === 'json') return { json };
	return { file: await fileOf(await item.open(inputBinaryField), options.contentType) };
}

async function fileOf(file: InputFile, contentType: string | undefined): Promise<RawFile> {
	const { content, size } = file;
	const mimeType = contentType || file.mimeType;
	if (!Buffer.isBuffer(content) && 'path' in content && size !== undefined) {
		if (size > MAX_BYTES) throw invalidInput(`The file is larger than ${MAX_BYTES} bytes`);
		return { content, size, mimeType };
	}
	// A stream can be sent only once, and the request may have to be repeated.
	const bytes = await contentOf(file, MAX_BYTES);
	return { content: bytes, size: bytes.length, mimeType };
}

function rowsOf(body: unknown, status: number): object {
	if (body === undefined || body === '') return { statusCode: status };
	if (Array.isArray(body)) return body.map((one: unknown) => rowOf(one));
	return rowOf(body);
}

const rowOf = (value: unknown): object =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { data: value };

/** What comes last in the path. */
const nameIn = (path: string) => path.split('?')[0]?.split('/').findLast(Boolean) ?? 'data';
