import { exportOperation } from '../../../nodes/Salesforce/actions/report/export.operation';
import { getMany } from '../../../nodes/Salesforce/actions/report/getMany.operation';
import { run } from '../../../nodes/Salesforce/actions/report/run.operation';
import type { Question, Reply } from '../transport/query/scriptedOrg';
import { scriptedOrg } from '../transport/query/scriptedOrg';
import { act } from './acting';

const ID = '00OR0000000K2UeMAK';
const PATH = `/analytics/reports/${ID}`;

// Shapes of the developer guide: "Execute Sync", "Decode the Fact Map".
const cell = (label: string, value: unknown = label) => ({ label, value });
const rowOf = (name: string, amount: number, owner: string) => ({
	dataCells: [
		cell(name),
		cell(`$${amount}.00`, { amount, currency: null }),
		cell(owner, '005D00000015dN7IAI'),
		cell('-', null),
	],
});
const extended = {
	detailColumnInfo: {
		OPPORTUNITY_NAME: { label: 'Opportunity Name', dataType: 'string' },
		AMOUNT: { label: 'Amount', dataType: 'currency' },
		FULL_NAME: { label: 'Name', dataType: 'string' },
		'ACCOUNT.NAME': { label: 'Name', dataType: 'string' },
	},
	aggregateColumnInfo: {
		's!AMOUNT': { label: 'Sum of Amount', dataType: 'currency' },
		RowCount: { label: 'Record Count', dataType: 'int' },
	},
	groupingColumnInfo: {
		STAGE_NAME: { label: 'Stage', dataType: 'picklist', groupingLevel: 0 },
		CLOSE_MONTH: { label: 'Close Month', dataType: 'date', groupingLevel: 0 },
	},
};
const metadata = {
	detailColumns: ['OPPORTUNITY_NAME', 'AMOUNT', 'FULL_NAME', 'ACCOUNT.NAME'],
	aggregates: ['s!AMOUNT', 'RowCount'],
	groupingsDown: [] as object[],
	groupingsAcross: [] as object[],
	reportFilters: [{ column: 'AMOUNT', operator: 'greaterThan', value: '10' }],
	reportBooleanFilter: null as string | null,
};
const totals = (amount: number, count: number) => [
	cell(`$${amount}.00`, amount),
	cell(String(count), count),
];
const result = (more: object = {}) => ({
	allData: true,
	hasDetailRows: true,
	attributes: { type: 'Report', reportId: ID, reportName: 'Deals' },
	factMap: {
		'T!T': {
			rows: [rowOf('Acme', 100, 'Ann Lee'), rowOf('Big', 20, 'Bob')],
			aggregates: totals(120, 2),
		},
	},
	groupingsDown: { groupings: [] },
	groupingsAcross: { groupings: [] },
	reportMetadata: metadata,
	reportExtendedMetadata: extended,
	...more,
});
const matrix = result({
	factMap: {
		'T!T': { rows: [], aggregates: totals(160, 3) },
		'1!T': { rows: [], aggregates: totals(40, 1) },
		'0!T': { rows: [], aggregates: totals(120, 2) },
		'1!0': { rows: [rowOf('Cut', 40, 'Ann Lee')], aggregates: totals(40, 1) },
		'0!0': { rows: [rowOf('Acme', 100, 'Ann Lee')], aggregates: totals(100, 1) },
		'0!1': { rows: [rowOf('Big', 20, 'Bob')], aggregates: totals(20, 1) },
	},
	groupingsDown: {
		groupings: [
			{ key: '0', label: 'Prospecting', value: 'Prospecting', groupings: [] },
			{ key: '1', label: 'Closed', value: 'Closed Won', groupings: [] },
		],
	},
	groupingsAcross: {
		groupings: [
			{ key: '0', label: 'May 2026', value: '2026-05-01', groupings: [] },
			{ key: '1', label: 'June 2026', value: '2026-06-01', groupings: [] },
		],
	},
	reportMetadata: {
		...metadata,
		groupingsDown: [{ name: 'STAGE_NAME', sortOrder: 'Asc', dateGranularity: 'None' }],
		groupingsAcross: [{ name: 'CLOSE_MONTH', sortOrder: 'Asc', dateGranularity: 'Month' }],
	},
});

const always = (body: unknown) => (): Reply => ({ body });
async function running(
	given: Record<string, unknown>,
	reply: (question: Question) => Reply = always(result()),
) {
	const { client, questions } = await scriptedOrg(reply);
	return { ...(await act(run, client, { reportId: ID, ...given })), questions };
}

test('rows: numbers as such, names as people see them, two columns of one label apart', async () => {
	const { answer, questions } = await running({});
	expect(answer).toEqual([
		{
			'Opportunity Name': 'Acme',
			Amount: 100,
			'Name (FULL_NAME)': 'Ann Lee',
			'Name (ACCOUNT.NAME)': null,
		},
		{
			'Opportunity Name': 'Big',
			Amount: 20,
			'Name (FULL_NAME)': 'Bob',
			'Name (ACCOUNT.NAME)': null,
		},
	]);
	expect(questions.map(({ method, path }) => `${method} ${path}`)).toEqual([`GET ${PATH}`]);
	expect(questions[0]?.query.get('includeDetails')).toBe('true');
});

test('names of the API, and values as they are or as they look', async () => {
	const raw = await running({ options: { columnNames: 'api', values: 'raw' } });
	expect((raw.answer as object[])[0]).toEqual({
		OPPORTUNITY_NAME: 'Acme',
		AMOUNT: { amount: 100, currency: null },
		FULL_NAME: '005D00000015dN7IAI',
		'ACCOUNT.NAME': null,
	});
	const labels = await running({ options: { values: 'labels' } });
	expect((labels.answer as object[])[0]).toMatchObject({
		Amount: '$100.00',
		'Name (ACCOUNT.NAME)': '-',
	});
});

test('rows of a matrix have their groups, in the order of the report', async () => {
	const { answer } = await running({}, always(matrix));
	expect(answer).toMatchObject([
		{ Stage: 'Prospecting', 'Close Month': 'May 2026', 'Opportunity Name': 'Acme' },
		{ Stage: 'Prospecting', 'Close Month': 'June 2026', 'Opportunity Name': 'Big' },
		{ Stage: 'Closed', 'Close Month': 'May 2026', 'Opportunity Name': 'Cut' },
	]);
});

test('groups: the summaries of each innermost group, or of all', async () => {
	const { answer, questions } = await running({ return: 'groups' }, always(matrix));
	expect(answer).toEqual([
		{ Stage: 'Prospecting', 'Close Month': 'May 2026', 'Sum of Amount': 100, 'Record Count': 1 },
		{ Stage: 'Prospecting', 'Close Month': 'June 2026', 'Sum of Amount': 20, 'Record Count': 1 },
		{ Stage: 'Closed', 'Close Month': 'May 2026', 'Sum of Amount': 40, 'Record Count': 1 },
	]);
	expect(questions[0]?.query.get('includeDetails')).toBe('false');
	expect((await running({ return: 'groups' })).answer).toEqual([
		{ 'Sum of Amount': 120, 'Record Count': 2 },
	]);
});

test('the tenth group comes behind the ninth', async () => {
	const keys = [...Array(12).keys()].map(String);
	const many = result({
		factMap: Object.fromEntries(
			keys.map((key) => [`${key}!T`, { aggregates: totals(Number(key), 1) }]).reverse(),
		),
		groupingsDown: { groupings: keys.map((key) => ({ key, label: `G${key}`, value: key })) },
		reportMetadata: { ...metadata, groupingsDown: [{ name: 'STAGE_NAME' }] },
	});
	const { answer } = await running({ return: 'groups' }, always(many));
	expect((answer as Array<{ Stage: string }>).map(({ Stage }) => Stage)).toEqual(
		keys.map((key) => `G${key}`),
	);
});

test('where Salesforce gives only a part, the rows say so', async () => {
	const { answer } = await running({}, always(result({ allData: false })));
	expect(answer).toMatchObject([{ truncated: true }, { truncated: true }]);
});

describe('filters of a run', () => {
	const filters = {
		rows: [
			{ column: 'STAGE_NAME', operator: 'equals', value: 'Closed Won' },
			{ column: 'FULL_NAME', operator: 'equals', value: 'Bob' },
		],
	};
	const saved = (logic: string | null) => (question: Question) =>
		question.path.endsWith('/describe')
			? { body: { reportMetadata: { ...metadata, reportBooleanFilter: logic } } }
			: { body: result() };

	test('hold besides those of the report, which has logic of its own', async () => {
		const { questions } = await running({ filters, options: { logic: '1 OR 2' } }, saved('1'));
		expect(questions.map(({ method, path }) => `${method} ${path}`)).toEqual([
			`GET ${PATH}/describe`,
			`POST ${PATH}`,
		]);
		expect(questions[1]?.json).toEqual({
			reportMetadata: {
				reportFilters: [...metadata.reportFilters, ...filters.rows],
				reportBooleanFilter: '(1) AND (2 OR 3)',
			},
		});
	});

	test('without any logic all hold', async () => {
		const { questions } = await running({ filters }, saved(null));
		expect(questions[1]?.json).toMatchObject({ reportMetadata: { reportBooleanFilter: null } });
		const logical = await running({ filters }, saved('NOT 1'));
		expect(logical.questions[1]?.json).toMatchObject({
			reportMetadata: { reportBooleanFilter: '(NOT 1) AND (2 AND 3)' },
		});
	});

	test('or instead of them; and another range of time', async () => {
		const { questions } = await running({
			filters,
			options: {
				replaceFilters: true,
				dates: {
					range: {
						column: 'CLOSE_DATE',
						duration: 'CUSTOM',
						start: '2026-05-01',
						end: '2026-05-31',
					},
				},
			},
		});
		expect(questions).toHaveLength(1);
		expect(questions[0]?.json).toEqual({
			reportMetadata: {
				reportFilters: filters.rows,
				reportBooleanFilter: null,
				standardDateFilter: {
					column: 'CLOSE_DATE',
					durationValue: 'CUSTOM',
					startDate: '2026-05-01',
					endDate: '2026-05-31',
				},
			},
		});
	});

	test('name a column', async () => {
		const rows = [{ column: ' ', operator: 'equals', value: 'x' }];
		await expect(running({ filters: { rows } })).rejects.toThrow('names no column');
	});
});

describe('in the background', () => {
	const instance = '0LGR00000000He3OAE';
	const states = (...answers: unknown[]) => {
		let asked = 0;
		return ({ method }: Question): Reply =>
			method === 'POST'
				? { body: { id: instance, status: 'New', url: `/services/data/v68.0${PATH}/instances/x` } }
				: { body: answers[Math.min(asked++, answers.length - 1)] };
	};
	const waiting = { attributes: { id: instance, status: 'Running' }, factMap: null };

	test('the node asks until the report is there', async () => {
		const done = { ...result(), attributes: { id: instance, status: 'Success' } };
		const { answer, questions } = await running(
			{ options: { background: true } },
			states(waiting, done),
		);
		expect(answer).toHaveLength(2);
		expect(questions.map(({ method, path }) => `${method} ${path}`)).toEqual([
			`POST ${PATH}/instances`,
			`GET ${PATH}/instances/${instance}`,
			`GET ${PATH}/instances/${instance}`,
		]);
	});

	test('a report that Salesforce cannot run fails', async () => {
		const failed = { attributes: { id: instance, status: 'Error' } };
		await expect(running({ options: { background: true } }, states(failed))).rejects.toMatchObject({
			code: 'REPORT_FAILED',
		});
	});
});

describe('export', () => {
	test('for Excel, as Salesforce makes it', async () => {
		const { client, questions } = await scriptedOrg(always('PK-xlsx-bytes'));
		const { answer, saved } = await act(exportOperation, client, { reportId: ID });
		expect(saved).toEqual(['PK-xlsx-bytes']);
		expect(answer).toMatchObject({ row: { reportId: ID, fileName: `report-${ID}.xlsx` } });
		expect(questions[0]).toMatchObject({
			method: 'GET',
			path: PATH,
			headers: { accept: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' },
		});
	});

	test('as CSV, with the groups of each row; it says what is missing', async () => {
		const { client } = await scriptedOrg(always({ ...matrix, allData: false }));
		const { answer, saved } = await act(exportOperation, client, {
			reportId: ID,
			format: 'csv',
			options: { fileName: 'deals' },
		});
		expect(saved[0]?.split('\r\n').slice(0, 2)).toEqual([
			'Stage,Close Month,Opportunity Name,Amount,Name (FULL_NAME),Name (ACCOUNT.NAME)',
			'Prospecting,May 2026,Acme,100,Ann Lee,',
		]);
		expect(answer).toMatchObject({
			row: { reportId: ID, fileName: 'deals.csv', count: 3, truncated: true },
		});
	});
});

test('reports are listed with SOQL: the API itself knows only those looked at last', async () => {
	const { client, questions } = await scriptedOrg(
		always({ totalSize: 1, done: true, records: [{ attributes: {}, Id: ID, Name: 'Deals' }] }),
	);
	const { answer } = await act(getMany, client, {
		returnAll: true,
		filters: { name: "O'N", folder: 'Public Reports' },
	});
	expect(answer).toEqual([{ Id: ID, Name: 'Deals' }]);
	expect(questions[0]?.query.get('q')).toBe(
		"SELECT Id, Name, DeveloperName, FolderName, Description, Format, LastRunDate, LastModifiedDate, CreatedDate FROM Report WHERE FolderName = 'Public Reports' AND Name LIKE '%O\\'N%' ORDER BY Name ASC",
	);
});

test('an ID that is none is named before anything is sent', async () => {
	await expect(running({ reportId: 'Deals' })).rejects.toThrow('"Report" must be an ID');
});
