import type { INodeProperties } from 'n8n-workflow';
import type { InputOf } from '../../../shared/node/defineOperation';
import type { Select } from '../../transport/select';
import { customerKeyOf, customerKeyOption } from './readOptions';

/** What the object is. */
export const formatFields = [
	{
		displayName: 'Input Format',
		name: 'inputFormat',
		type: 'options',
		options: [
			{ name: 'CSV', value: 'csv' },
			{ name: 'JSON', value: 'json' },
			{ name: 'Parquet', value: 'parquet' },
		],
		default: 'csv',
		description: 'What the object is',
	},
	{
		displayName: 'CSV Header',
		name: 'csvHeader',
		type: 'options',
		displayOptions: { show: { inputFormat: ['csv'] } },
		options: [
			{ name: 'First Line Has Names', value: 'USE', description: 'Columns are s.name' },
			{
				name: 'Ignore First Line',
				value: 'IGNORE',
				description: 'Columns are s._1, s._2 and so on',
			},
			{ name: 'No Header', value: 'NONE', description: 'Columns are s._1, s._2 and so on' },
		],
		default: 'USE',
	},
	{
		displayName: 'JSON Type',
		name: 'jsonType',
		type: 'options',
		displayOptions: { show: { inputFormat: ['json'] } },
		options: [
			{ name: 'Document', value: 'DOCUMENT', description: 'One value, over many lines' },
			{ name: 'Lines', value: 'LINES', description: 'One value in each line' },
		],
		default: 'LINES',
	},
	{
		displayName: 'Output',
		name: 'output',
		type: 'options',
		options: [
			{ name: 'CSV File', value: 'csv', description: 'A file of the item' },
			{ name: 'Items', value: 'items', description: 'One item for each row' },
			{
				name: 'JSON File',
				value: 'json',
				description: 'A file of the item, one value in each line',
			},
		],
		default: 'items',
	},
	{
		displayName: 'Put Output File in Field',
		name: 'binaryPropertyName',
		type: 'string',
		required: true,
		displayOptions: { show: { output: ['csv', 'json'] } },
		default: 'data',
		hint: 'The name of the output binary field to put the file in',
	},
] as const satisfies INodeProperties[];

const text = <const N extends string>(displayName: string, name: N, description: string) =>
	({ displayName, name, type: 'string', default: '', description }) as const;

/** Members of the "Options" collection. */
export const selectOptions = [
	{
		displayName: 'Compression',
		name: 'compression',
		type: 'options',
		options: [
			{ name: 'Bzip2', value: 'BZIP2' },
			{ name: 'Gzip', value: 'GZIP' },
			{ name: 'None', value: 'NONE' },
		],
		default: 'NONE',
		description: 'How the object is packed',
	},
	text('CSV Comment Character', 'comments', 'Lines that begin with it are left out'),
	text('CSV Field Delimiter', 'fieldDelimiter', 'Between columns, instead of a comma'),
	text('CSV Quote Character', 'quoteCharacter', 'Around values, instead of a double quote'),
	text('CSV Quote Escape Character', 'quoteEscape', 'Before a quote inside of a value'),
	text('CSV Record Delimiter', 'recordDelimiter', 'Between rows, instead of a line feed'),
	{
		displayName: 'CSV Values With Line Breaks',
		name: 'quotedRecordDelimiter',
		type: 'boolean',
		default: false,
		description: 'Whether quoted values may hold record delimiters, which makes it slower',
	},
	customerKeyOption,
	text('Output CSV Field Delimiter', 'outputFieldDelimiter', 'Instead of a comma'),
	{
		displayName: 'Output CSV Quote Fields',
		name: 'quoteFields',
		type: 'options',
		options: [
			{ name: 'Always', value: 'ALWAYS' },
			{ name: 'As Needed', value: 'ASNEEDED' },
		],
		default: 'ASNEEDED',
	},
	{
		displayName: 'Scan Range End',
		name: 'scanEnd',
		type: 'number',
		default: 0,
		description: 'The last byte of the object that is looked at',
	},
	{
		displayName: 'Scan Range Start',
		name: 'scanStart',
		type: 'number',
		default: 0,
		description: 'The first byte of the object that is looked at',
	},
] as const satisfies INodeProperties[];

type Fields = InputOf<typeof formatFields>;
type Options = Partial<InputOf<typeof selectOptions>>;

/** What the fields say, in the words of the API. */
export function readSelect(
	{ inputFormat, csvHeader = 'USE', jsonType = 'LINES', output }: Fields,
	options: Options,
): Omit<Select, 'bucket' | 'key' | 'expression'> {
	const { scanStart: start, scanEnd: end, compression = 'NONE' } = options;
	const formats = {
		csv: {
			CSV: {
				FileHeaderInfo: csvHeader,
				Comments: options.comments || undefined,
				QuoteEscapeCharacter: options.quoteEscape || undefined,
				RecordDelimiter: unescaped(options.recordDelimiter),
				FieldDelimiter: unescaped(options.fieldDelimiter),
				QuoteCharacter: options.quoteCharacter || undefined,
				AllowQuotedRecordDelimiter: options.quotedRecordDelimiter || undefined,
			},
		},
		json: { JSON: { Type: jsonType } },
		parquet: { Parquet: {} },
	};
	const csv = {
		CSV: {
			QuoteFields: options.quoteFields,
			FieldDelimiter: unescaped(options.outputFieldDelimiter),
		},
	};
	return {
		input: { CompressionType: compression, ...formats[inputFormat] },
		output: output === 'csv' ? csv : { JSON: { RecordDelimiter: '\n' } },
		...((start !== undefined || end !== undefined) && { scanRange: { start, end } }),
		customerKey: customerKeyOf(options.customerKey),
	};
}

/** A tab or a line end can be typed as "\t" and "\n". */
const unescaped = (delimiter: string | undefined): string | undefined =>
	delimiter?.replaceAll('\\t', '\t').replaceAll('\\n', '\n').replaceAll('\\r', '\r') || undefined;
