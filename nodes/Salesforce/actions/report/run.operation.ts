import type { INodeProperties } from 'n8n-workflow';
import { byDisplayName } from '../../../shared/node/byDisplayName';
import { defineOperation } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import type { ReportResult } from '../../transport/reports/result';
import type { ReportRow, RowShape } from '../../transport/reports/rows';
import { detailRows, groupRows } from '../../transport/reports/rows';
import { runReport, runReportLater } from '../../transport/reports/runReport';
import {
	columnNamesOption,
	filterOptions,
	filtersField,
	readRun,
	reportField,
	valuesOption,
} from './fields';

const RETURNS = {
	details: { isDetailed: true, rowsOf: detailRows },
	full: { isDetailed: true, rowsOf: (result: ReportResult): object[] => [result] },
	groups: { isDetailed: false, rowsOf: groupRows },
} satisfies Record<
	string,
	{ isDetailed: boolean; rowsOf(result: ReportResult, shape: RowShape): object[] }
>;

const backgroundOptions = [
	{
		displayName: 'Run in Background',
		name: 'background',
		type: 'boolean',
		default: false,
		description:
			'Whether Salesforce works on the report while the node asks now and then, which suits reports that take minutes',
	},
	{
		displayName: 'Wait for Report (Minutes)',
		name: 'wait',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 30,
		description: 'How long a report may run in the background',
	},
] as const satisfies INodeProperties[];

export const run = defineOperation({
	name: 'Run',
	value: 'run',
	action: 'Run a report',
	description:
		'Run a report, with other filters if need be, and get its rows or its summaries. The API of Salesforce gives 2,000 rows at most; the rows say so where there are more.',
	repeatable: true,
	properties: [
		reportField,
		filtersField,
		{
			displayName: 'Return',
			name: 'return',
			type: 'options',
			options: [
				{
					name: 'Full Result',
					value: 'full',
					description: 'As Salesforce answers it, in one item',
				},
				{
					name: 'Groups',
					value: 'groups',
					description: 'An item for each group, with its summaries',
				},
				{ name: 'Rows', value: 'details', description: 'An item for each row, with its groups' },
			],
			default: 'details',
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [...backgroundOptions, columnNamesOption, ...filterOptions, valuesOption].sort(
				byDisplayName,
			),
		},
	],
	async execute(salesforce: SalesforceClient, input) {
		const { options } = input;
		const { background, wait = 30, columnNames = 'labels', values = 'automatic' } = options;
		const { isDetailed, rowsOf } = RETURNS[input.return];
		const wanted = readRun(input, isDetailed);
		const result = background
			? await runReportLater(salesforce, wanted, wait * 60_000)
			: await runReport(salesforce, wanted);
		const rows: Array<ReportRow | object> = rowsOf(result, { names: columnNames, values });
		const isCut = input.return === 'details' && result.allData === false;
		return isCut ? rows.map((row) => ({ ...row, truncated: true })) : rows;
	},
});
