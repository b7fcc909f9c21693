import { readCsv } from '../../../nodes/shared/ground/csvReader';
import { run } from '../../../nodes/Salesforce/actions/query/run.operation';
import { getMany } from '../../../nodes/Salesforce/actions/record/getMany.operation';
import { act } from './acting';
import { startOrg } from './org';

let started: Awaited<ReturnType<typeof startOrg>>;
const COUNT = 7_001;

beforeAll(async () => {
	started = await startOrg();
	const { store } = started.org;
	const parent = store.insert('Account', { Name: 'Parent', Industry: 'Energy' });
	for (let n = 1; n < COUNT; n++)
		store.insert('Account', {
			Name: `Account "${n}",\nof many`,
			AnnualRevenue: n % 2 ? n / 4 : null,
			NumberOfEmployees: n,
			ParentId: n % 3 ? parent : null,
		});
});
afterAll(async () => await started.org.close());
beforeEach(() => void (started.org.requests.length = 0));

const SOQL =
	'SELECT Id, Name, AnnualRevenue, NumberOfEmployees, IsDeleted, Parent.Name FROM Account ORDER BY Id';

const query = async (options: object, more: object = {}) =>
	await act(run, started.signedIn(), { soql: SOQL, output: 'csv', options, ...more });

async function cellsOf(file = ''): Promise<string[][]> {
	const rows: string[][] = [];
	async function* chunks() {
		yield await Promise.resolve(Buffer.from(file));
	}
	for await (const some of readCsv(chunks())) rows.push(...some);
	return rows;
}

const asked = (part: string) =>
	started.org.requests.filter(({ path }) => path.includes(part)).length;

test('a file has the same cells, by whichever API it comes', async () => {
	const rest = await query({ method: 'rest' });
	expect(rest.answer).toMatchObject([{ row: { count: COUNT, method: 'rest' } }]);
	expect(asked('/jobs/')).toBe(0);
	const bulk = await query({ bulkAbove: 5_000 });
	expect(bulk.answer).toMatchObject([
		{ row: { count: COUNT, method: 'bulk', jobId: expect.stringMatching(/^750/) as string } },
	]);
	expect(asked('/results')).toBe(2);
	const cells = await cellsOf(rest.saved[0]);
	expect(cells).toHaveLength(COUNT + 1);
	expect(await cellsOf(bulk.saved[0])).toEqual(cells);
});

test('items and lines of JSON have the same rows, by whichever API they come', async () => {
	const rest = await query({}, { output: 'items' });
	expect(asked('/jobs/')).toBe(0);
	const bulk = await query({ method: 'bulk' }, { output: 'items' });
	expect(asked('/results')).toBe(2);
	expect(rest.answer).toHaveLength(COUNT);
	expect(bulk.answer).toEqual(rest.answer);
	const lines = await query({ method: 'bulk' }, { output: 'ndjson' });
	const parsed = lines.saved[0]
		?.trimEnd()
		.split('\n')
		.map((line) => JSON.parse(line) as unknown);
	expect(parsed).toEqual(rest.answer);
});

test('a job gives no more rows than wanted', async () => {
	const { answer, saved } = await query({ method: 'bulk' }, { returnAll: false, limit: 5_500 });
	expect(answer).toMatchObject([{ row: { count: 5_500 } }]);
	expect(await cellsOf(saved[0])).toHaveLength(5_501);
});

test('what the Bulk API refuses comes by REST', async () => {
	const soql = 'SELECT Id, (SELECT Id FROM Contacts) FROM Account LIMIT 3';
	const { answer } = await query({ method: 'bulk' }, { soql });
	expect(answer).toMatchObject([{ row: { count: 3, method: 'rest' } }]);
	const { org } = started;
	org.bulk.failQueries =
		'FeatureNotEnabled : Cannot serialize value for BillingAddress in CSV format';
	try {
		const failed = await query({ method: 'bulk' }, { soql: 'SELECT Id FROM Account LIMIT 3' });
		expect(failed.answer).toMatchObject([{ row: { count: 3, method: 'rest' } }]);
	} finally {
		org.bulk.failQueries = undefined;
	}
});

test('a list that no query can hold is cut up, and no record comes twice', async () => {
	const { org } = started;
	const ids = org.store.rows('Account').map(({ id }) => id);
	// 15 characters and 18 of the same record.
	const list = [...ids, ...ids.slice(0, 2_000).map((id) => id.slice(0, 15))];
	const { answer } = await act(getMany, started.signedIn(), {
		object: 'Account',
		returnFields: 'chosen',
		fields: ['Id'],
		conditions: { rows: [{ field: 'Id', operator: 'in', value: list }] },
		returnAll: true,
	});
	const found = (answer as Array<{ Id: string }>).map(({ Id }) => Id);
	expect(found.sort()).toEqual([...ids].sort());
	const sorted = act(getMany, started.signedIn(), {
		object: 'Account',
		conditions: { rows: [{ field: 'Id', operator: 'in', value: list }] },
		options: { sort: { keys: [{ field: 'Name', order: 'ascending', nulls: 'automatic' }] } },
	});
	await expect(sorted).rejects.toThrow(/characters, and Salesforce takes 100,000/);
});
