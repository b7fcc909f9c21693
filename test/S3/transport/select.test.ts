import { SelectObjectContentCommand } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { select } from '../../../nodes/S3/actions/object/select.operation';
import { createBucket } from '../../../nodes/S3/transport/buckets';
import type { S3Client } from '../../../nodes/S3/transport/client';
import { eventMessages } from '../../../nodes/S3/transport/eventStream';
import { putObject } from '../../../nodes/S3/transport/objects';
import type { Item } from '../../../nodes/shared/node/defineOperation';
import { WithFiles } from '../../../nodes/shared/node/defineOperation';
import { eventMessage, message } from '../../../sandbox/s3/eventStream.ts';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { sdkClient } from '../../sandbox/s3/sdk.ts';
import { clientOf, failureOf } from '../clientOf';
import { errorXml, startScriptedServer, type ScriptedServer } from '../scriptedServer';

const LINES = Array.from({ length: 500 }, (_, n) => ({ n, name: `grün 🦊 ${n}` }));
const CONTENT = LINES.map((line) => `${JSON.stringify(line)}\n`).join('');
const QUERY = {
	bucket: 'main',
	key: 'lines.jsonl',
	expression: 'SELECT * FROM S3Object s',
	inputFormat: 'json',
	jsonType: 'LINES',
	output: 'items',
	options: {},
} as const;

let sandbox: S3Sandbox;
let scripted: ScriptedServer;
let s3: S3Client;
let saved: Buffer;
const item: Item = {
	open: async () => {
		throw new Error('No file');
	},
	save: async (body, { fileName = '', mimeType = '' }) => {
		saved = await buffer(body);
		return { data: '', fileName, mimeType };
	},
};

beforeAll(async () => {
	sandbox = await startS3Sandbox();
	scripted = await startScriptedServer();
	s3 = clientOf(sandbox);
	await createBucket(s3, 'main', { ifExists: 'fail' });
	await putObject(s3, 'main', QUERY.key, Buffer.from(CONTENT), {});
});
afterAll(async () => {
	await sandbox.close();
	await scripted.close();
});
beforeEach(() => void (scripted.requests.length = 0));

const run = async (client: S3Client, more: object = {}) =>
	await select.execute(client, { ...QUERY, ...more }, item);
const records = (text: string) => eventMessage('Records', 'x/y', Buffer.from(text));
const end = message({ ':message-type': 'event', ':event-type': 'End' }, Buffer.alloc(0));
const answer = (...messages: Buffer[]) =>
	scripted.answer({ status: 200, body: Buffer.concat(messages) });

test('the SDK of Amazon reads what the server of these tests sends', async () => {
	const sdk = sdkClient(sandbox);
	const { Payload } = await sdk.send(
		new SelectObjectContentCommand({
			Bucket: 'main',
			Key: QUERY.key,
			Expression: QUERY.expression,
			ExpressionType: 'SQL',
			InputSerialization: { JSON: { Type: 'LINES' } },
			OutputSerialization: { JSON: {} },
		}),
	);
	const parts: Uint8Array[] = [];
	for await (const { Records } of Payload ?? []) if (Records?.Payload) parts.push(Records.Payload);
	expect(Buffer.concat(parts).toString()).toBe(CONTENT);
	sdk.destroy();
});

test('each row is an item, wherever the messages cut them', async () => {
	expect(await run(s3)).toEqual(LINES);
});

test('the rows are a file', async () => {
	const row = await run(s3, { output: 'json', binaryPropertyName: 'rows' });
	expect(row).toBeInstanceOf(WithFiles);
	expect(row).toMatchObject({
		row: { bucket: 'main', key: QUERY.key, returned: Buffer.byteLength(CONTENT) },
		files: { rows: { fileName: 'lines.jsonl.json' } },
	});
	expect(saved.toString()).toBe(CONTENT);
});

test('all options stand in the request, in the words of the API', async () => {
	answer(records('a\tb\n'), end);
	await run(clientOf(scripted), {
		...{ inputFormat: 'csv', csvHeader: 'IGNORE', output: 'csv', expression: 'SELECT <&>' },
		options: {
			compression: 'GZIP',
			comments: '#',
			fieldDelimiter: '\\t',
			recordDelimiter: '\r\n',
			quoteCharacter: "'",
			quoteEscape: '\\',
			quotedRecordDelimiter: true,
			outputFieldDelimiter: ';',
			quoteFields: 'ALWAYS',
			scanStart: 0,
			scanEnd: 99,
		},
	});
	expect(scripted.requests[0]?.target).toBe('/main/lines.jsonl?select=&select-type=2');
	expect(scripted.requests[0]?.body.replace(/^.*?<Expression>/, '<Expression>')).toBe(
		'<Expression>SELECT &lt;&amp;&gt;</Expression><ExpressionType>SQL</ExpressionType>' +
			'<InputSerialization><CompressionType>GZIP</CompressionType><CSV>' +
			'<FileHeaderInfo>IGNORE</FileHeaderInfo><Comments>#</Comments>' +
			'<QuoteEscapeCharacter>\\</QuoteEscapeCharacter><RecordDelimiter>&#13;&#10;</RecordDelimiter>' +
			"<FieldDelimiter>&#9;</FieldDelimiter><QuoteCharacter>'</QuoteCharacter>" +
			'<AllowQuotedRecordDelimiter>true</AllowQuotedRecordDelimiter></CSV></InputSerialization>' +
			'<OutputSerialization><CSV><QuoteFields>ALWAYS</QuoteFields>' +
			'<FieldDelimiter>;</FieldDelimiter></CSV></OutputSerialization>' +
			'<ScanRange><Start>0</Start><End>99</End></ScanRange></SelectObjectContentRequest>',
	);
	expect(saved.toString()).toBe('a\tb\n');
});

describe('a result that is not whole', () => {
	const damaged = Buffer.from(records('{"a":1}\n'));
	damaged.writeUInt8(damaged.readUInt8(40) ^ 1, 40);

	test.each([
		['without its end', [records('{"a":1}\n')]],
		['damaged', [damaged, end]],
		['cut', [records('{"a":1}\n').subarray(0, -3)]],
		['no event stream', [Buffer.from('<html>Please log in to this network</html>')]],
	])('%s: is asked for again', async (_what, first) => {
		scripted.answer(
			{ status: 200, body: Buffer.concat(first) },
			{ status: 200, body: Buffer.concat([records('{"a":2}\n'), end]) },
		);
		expect(await run(clientOf(scripted))).toEqual([{ a: 2 }]);
		expect(scripted.requests).toHaveLength(2);
	});

	test('is no file: what was given away cannot be asked for again', async () => {
		answer(records('{"a":1}\n'));
		const failure = await failureOf(run(clientOf(scripted), { output: 'json' }));
		expect(failure).toMatchObject({ code: 'INCOMPLETE_RESULT' });
	});
});

test('an error in the stream is the failure, in the words of the server', async () => {
	const error = {
		':message-type': 'error',
		':error-code': 'MissingHeaders',
		':error-message': 'Some headers in the query are missing from the file.',
	};
	answer(message(error, Buffer.alloc(0)));
	expect(await failureOf(run(clientOf(scripted)))).toMatchObject({
		kind: 'invalid',
		code: 'MissingHeaders',
		message: 'Some headers in the query are missing from the file.',
	});
});

test.each([
	[501, 'NotImplemented'],
	[405, 'MethodNotAllowed'],
])('a server without it (%i %s) is explained', async (status, code) => {
	scripted.answer({ status, body: errorXml(code) });
	expect((await failureOf(run(clientOf(scripted)))).hint).toMatch(/July 2024/);
});

test.each([1, 2, 7, 13, 1_000])('messages are found in chunks of %i bytes', async (size) => {
	const bytes = Buffer.concat([records('one'), records(''), records('x'.repeat(300)), end]);
	const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
		bytes.subarray(n * size, (n + 1) * size),
	);
	const found = [];
	for await (const { payload } of eventMessages(Readable.from(chunks))) found.push(String(payload));
	expect(found).toEqual(['one', '', 'x'.repeat(300), '']);
});
