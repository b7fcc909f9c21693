import { PassThrough } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Item } from '../../../shared/node/defineOperation';
import { defineOperation, WithFiles } from '../../../shared/node/defineOperation';
import { Failure, toFailure } from '../../../shared/resilience/failure';
import type { S3Client } from '../../transport/client';
import { fileNameOf } from '../../transport/downloadInto';
import type { Select, SelectStats } from '../../transport/select';
import { selectContent } from '../../transport/select';
import { bucketField, keyField } from '../fields';
import { formatFields, readSelect, selectOptions } from './selectFields';

export const select = defineOperation({
	name: 'Select',
	value: 'select',
	action: 'Query an object by sql',
	description:
		'Let the server filter a CSV, JSON or Parquet object by SQL, and get only what matches (S3 Select). Amazon does this only for accounts that used it before July 2024.',
	repeatable: true,
	properties: [
		bucketField,
		keyField,
		{
			displayName: 'SQL Expression',
			name: 'expression',
			type: 'string',
			typeOptions: { rows: 3 },
			required: true,
			default: '',
			placeholder: "e.g. SELECT s.name FROM S3Object s WHERE s.city = 'Bonn'",
		},
		...formatFields,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [...selectOptions],
		},
	],
	async execute(
		s3: S3Client,
		{ bucket, key, expression, options, ...fields },
		item,
	): Promise<object> {
		const query = { bucket, key, expression, ...readSelect(fields, options) };
		const { output, binaryPropertyName = 'data' } = fields;
		if (output === 'items') return await rowsOf(s3, query);
		const base = fileNameOf(key);
		const { stats, file } = await fileOf(s3, query, item, {
			fileName: `${base}.${output}`,
			mimeType: output === 'csv' ? 'text/csv' : 'application/jsonl',
		});
		return new WithFiles({ bucket, key, ...stats }, { [binaryPropertyName]: file });
	},
});

type Row = Record<string, unknown>;

async function rowsOf(s3: S3Client, query: Select): Promise<Row[]> {
	let rows: Row[] = [];
	let rest = '';
	await selectContent(s3, query, () => {
		const decoder = new StringDecoder('utf8');
		rows = [];
		rest = '';
		return (bytes) => {
			const lines = (rest + decoder.write(bytes)).split('\n');
			rest = lines.pop() ?? '';
			for (const line of lines) if (line.trim() !== '') rows.push(parsed(line));
		};
	});
	if (rest.trim() !== '') rows.push(parsed(rest));
	return rows;
}

function parsed(line: string): Row {
	const value = valueOf(line);
	if (value === undefined) throw notJson(line);
	return isRow(value) ? value : { value };
}

function valueOf(line: string): unknown {
	try {
		return JSON.parse(line);
	} catch {
		return undefined;
	}
}

const notJson = (line: string) =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NOT_JSON',
		message: `The server sent a row that is no JSON: ${line.slice(0, 200)}`,
		hint: 'Let it be a CSV file instead.',
	});

const isRow = (value: unknown): value is Row =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** Streams the result into a file; what is in it already cannot be asked for again. */
async function fileOf(
	s3: S3Client,
	query: Select,
	item: Item,
	named: { fileName: string; mimeType: string },
) {
	const content = new PassThrough();
	// Whoever saves it gets the error as well.
	content.on('error', () => {});
	let begun = false;
	const filling = selectContent(s3, query, (broken) => {
		if (begun) throw halfWay(broken);
		return async (bytes) => {
			begun = true;
			if (!content.write(bytes)) await drained(content);
		};
	}).then(
		(stats): SelectStats => {
			content.end();
			return stats;
		},
		(error: unknown) => {
			const failure = toFailure(error);
			content.destroy(failure);
			throw failure;
		},
	);
	const [stats, file] = await Promise.all([filling, item.save(content, named)]);
	return { stats, file };
}

const drained = async (stream: PassThrough): Promise<void> =>
	await new Promise((resolve) => {
		const go = () => {
			stream.off('drain', go).off('close', go);
			resolve();
		};
		stream.on('drain', go).on('close', go);
	});

const halfWay = (broken?: Failure) =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'INCOMPLETE_RESULT',
		message: `The result broke in the middle: ${broken?.message ?? 'nobody knows why'}`,
		hint: 'Run the item again.',
	});
