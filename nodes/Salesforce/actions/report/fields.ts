import type { INodeProperties } from 'n8n-workflow';
import { fromList } from '../../../shared/node/fromList';
import { invalidInput } from '../../../shared/resilience/failure';
import { recordId } from '../../transport/recordId';
import type { DateFilter, FilterChange } from '../../transport/reports/filters';
import type { ReportRun } from '../../transport/reports/runReport';

export const reportField = {
	displayName: 'Report',
	name: 'reportId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [
		fromList('searchReports', 'Select a report...'),
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. 00OR0000000K2UeMAK',
			hint: '15 or 18 characters',
		},
	],
} as const satisfies INodeProperties;

export const filtersField = {
	displayName: 'Filters',
	name: 'filters',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Filter',
	default: {},
	description: 'For this run only: the report itself stays as it is',
	options: [
		{
			displayName: 'Filter',
			name: 'rows',
			values: [
				{
					displayName: 'Column',
					name: 'column',
					type: 'string',
					default: '',
					placeholder: 'e.g. ACCOUNT.NAME or Account.Region__c',
					description:
						'API name of the column, as "detailColumns" has it in the full result of a run',
				},
				{
					displayName: 'Operator',
					name: 'operator',
					type: 'options',
					options: [
						{ name: 'Contains', value: 'contains' },
						{ name: 'Does Not Contain', value: 'notContain' },
						{ name: 'Does Not Equal', value: 'notEqual' },
						{ name: 'Equals', value: 'equals' },
						{ name: 'Excludes', value: 'excludes', description: 'Of a multi-select picklist' },
						{ name: 'Greater Than or After', value: 'greaterThan' },
						{ name: 'Greater Than or Equal', value: 'greaterOrEqual' },
						{ name: 'Includes', value: 'includes', description: 'Of a multi-select picklist' },
						{ name: 'Less Than or Before', value: 'lessThan' },
						{ name: 'Less Than or Equal', value: 'lessOrEqual' },
						{ name: 'Starts With', value: 'startsWith' },
					],
					default: 'equals',
				},
				{
					displayName: 'Value',
					name: 'value',
					type: 'string',
					typeOptions: { condition: true },
					default: '',
					description: 'Several values have commas between them: any of them is enough',
				},
			],
		},
	],
} as const satisfies INodeProperties;

/** Members of the "Options" collection. */
export const filterOptions = [
	{
		displayName: 'Date Range',
		name: 'dates',
		type: 'fixedCollection',
		placeholder: 'Add Date Range',
		default: {},
		description: 'Instead of the range of time that the report has',
		options: [
			{
				displayName: 'Date Range',
				name: 'range',
				values: [
					{
						displayName: 'Column',
						name: 'column',
						type: 'string',
						default: '',
						placeholder: 'e.g. CREATED_DATE',
						description: 'API name of the date. Leave empty for that of the report.',
					},
					{
						displayName: 'Range',
						name: 'duration',
						type: 'string',
						default: 'CUSTOM',
						placeholder: 'e.g. THIS_MONTH',
						description:
							'CUSTOM for the days below, or a range that Salesforce computes, such as THIS_MONTH, LAST_N_DAYS:7',
					},
					{
						displayName: 'First Day',
						name: 'start',
						type: 'string',
						default: '',
						placeholder: 'e.g. 2026-05-01',
					},
					{
						displayName: 'Last Day',
						name: 'end',
						type: 'string',
						default: '',
						placeholder: 'e.g. 2026-05-31',
					},
				],
			},
		],
	},
	{
		displayName: 'Filter Logic',
		name: 'logic',
		type: 'string',
		default: '',
		placeholder: 'e.g. 1 AND (2 OR 3)',
		description: 'How the filters given here belong together, by their numbers; default: all',
	},
	{
		displayName: 'Replace Filters of the Report',
		name: 'replaceFilters',
		type: 'boolean',
		default: false,
		description: 'Whether the filters given here hold instead of those of the report',
	},
] as const satisfies INodeProperties[];

interface Given {
	reportId: string;
	filters: { rows?: FilterChange['filters'] };
	options: {
		dates?: { range?: { column: string; duration: string; start: string; end: string } };
		logic?: string;
		replaceFilters?: boolean;
	};
}

export function readRun({ reportId, filters, options }: Given, details: boolean): ReportRun {
	const { dates, logic = '', replaceFilters: replace = false } = options;
	const { rows = [] } = filters;
	const nameless = rows.find(({ column }) => column.trim() === '');
	if (nameless) throw invalidInput('A filter names no column');
	const change = rows.length > 0 || replace;
	return {
		reportId: recordId(reportId, 'Report'),
		details,
		...(change && {
			filters: { filters: rows, replace, ...(logic.trim() !== '' && { logic: logic.trim() }) },
		}),
		...(dates?.range && { dates: dateFilter(dates.range) }),
	};
}

function dateFilter(range: {
	column: string;
	duration: string;
	start: string;
	end: string;
}): DateFilter {
	const { column, start, end } = range;
	const duration = range.duration.trim() || 'CUSTOM';
	if (duration === 'CUSTOM' && !start && !end)
		throw invalidInput('"Date Range" has neither a first nor a last day');
	return {
		...(column.trim() !== '' && { column: column.trim() }),
		durationValue: duration,
		...(start && { startDate: start.trim() }),
		...(end && { endDate: end.trim() }),
	};
}

export const columnNamesOption = {
	displayName: 'Column Names',
	name: 'columnNames',
	type: 'options',
	options: [
		{ name: 'API Names', value: 'api', description: 'They stay the same when somebody renames' },
		{
			name: 'Labels',
			value: 'labels',
			description: 'As in Salesforce, in the language of the user',
		},
	],
	default: 'labels',
	description: 'What the output fields are called',
} as const satisfies INodeProperties;

export const valuesOption = {
	displayName: 'Values',
	name: 'values',
	type: 'options',
	options: [
		{
			name: 'Automatic',
			value: 'automatic',
			description: 'Numbers, dates and checkboxes as such, all else as people see it',
		},
		{ name: 'As People See Them', value: 'labels', description: 'Texts such as $1,000.00' },
		{ name: 'Raw', value: 'raw', description: 'IDs in place of names' },
	],
	default: 'automatic',
	description: 'How values are returned',
} as const satisfies INodeProperties;
