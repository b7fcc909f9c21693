import type { INodeProperties } from 'n8n-workflow';
import { Readable } from 'node:stream';
import { csvLine } from '../../../shared/ground/csv';
import { byDisplayName } from '../../../shared/node/byDisplayName';
import { defineOperation, WithFiles } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { detailColumns, detailRows } from '../../transport/reports/rows';
import { exportExcel, runReport } from '../../transport/reports/runReport';
import {
	columnNamesOption,
	filterOptions,
	filtersField,
	readRun,
	reportField,
	valuesOption,
} from './fields';

const fileNameOption = {
	displayName: 'File Name',
	name: 'fileName',
	type: 'string',
	default: '',
	description: 'Of the output file, without its extension',
} as const satisfies INodeProperties;

export const exportOperation = defineOperation({
	name: 'Export',
	value: 'export',
	action: 'Export a report to a file',
	description:
		'Run a report into a file: for Excel as Salesforce formats it, with all rows; or as CSV, with 2,000 rows at most',
	repeatable: true,
	properties: [
		reportField,
		filtersField,
		{
			displayName: 'Format',
			name: 'format',
			type: 'options',
			options: [
				{
					name: 'CSV',
					value: 'csv',
					description: 'The rows, with their groups; Salesforce gives 2,000 of them at most',
				},
				{
					name: 'Excel (XLSX)',
					value: 'xlsx',
					description: 'With headings and groups as in Salesforce, and with all rows',
				},
			],
			default: 'xlsx',
		},
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
			options: [fileNameOption, columnNamesOption, valuesOption, ...filterOptions].sort(
				byDisplayName,
			),
		},
	],
	async execute(salesforce: SalesforceClient, input, item): Promise<WithFiles<object>> {
		const { format, binaryPropertyName, options } = input;
		const wanted = readRun(input, true);
		const { reportId } = wanted;
		const fileName = `${options.fileName || `report-${reportId}`}.${format}`;
		if (format === 'xlsx') {
			const file = await exportExcel(
				salesforce,
				wanted,
				async ({ body, mimeType }) =>
					await item.save(Readable.from(body, { objectMode: false }), { fileName, mimeType }),
			);
			return new WithFiles({ reportId, fileName }, { [binaryPropertyName]: file });
		}
		const { columnNames = 'labels', values = 'automatic' } = options;
		const result = await runReport(salesforce, wanted);
		const shape = { names: columnNames, values };
		const columns = detailColumns(result, shape);
		const rows = detailRows(result, shape);
		const lines = rows.map((row) => csvLine(columns.map((column) => inCell(row[column]))));
		const body = Readable.from([Buffer.from([csvLine(columns), ...lines].join(''))]);
		const file = await item.save(body, { fileName, mimeType: 'text/csv' });
		const said = {
			...{ reportId, fileName, count: rows.length },
			...(result.allData === false && { truncated: true }),
		};
		return new WithFiles(said, { [binaryPropertyName]: file });
	},
});

const inCell = (value: unknown): unknown =>
	typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
