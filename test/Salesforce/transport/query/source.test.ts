import type { SourceOptions } from '../../../../nodes/Salesforce/transport/query/source';
import { sourceOf } from '../../../../nodes/Salesforce/transport/query/source';
import { typedRows } from '../../../../nodes/Salesforce/transport/query/bulk/typedRows';
import type { Question, Reply } from './scriptedOrg';
import { scriptedOrg } from './scriptedOrg';

const SOQL = 'SELECT Id, Name FROM Account';
const OPTIONS: SourceOptions = { method: 'automatic', bulkAbove: 10, patienceMs: 60_000 };

const restPage = (count: number, total: number): Reply => ({
	body: {
		totalSize: total,
		done: count === total,
		...(count < total && { nextRecordsUrl: '/services/data/v68.0/query/01g-2' }),
		records: Array.from({ length: count }, (_, n) => ({ attributes: {}, Id: String(n) })),
	},
});

const job = (state: string, more: object = {}): Reply => ({
	body: {
		id: '750R0000000zlh9IAA',
		operation: 'query',
		object: 'Account',
		createdById: '005R0000000GiwjIAC',
		createdDate: '2018-12-10T17:50:19.000+0000',
		systemModstamp: '2018-12-10T17:50:19.000+0000',
		state,
		concurrencyMode: 'Parallel',
		contentType: 'CSV',
		apiVersion: 68.0,
		lineEnding: 'LF',
		columnDelimiter: 'COMMA',
		...more,
	},
});

const results = (lines: string[], locator: string): Reply => ({
	headers: {
		'content-type': 'text/csv',
		'sforce-numberofrecords': String(lines.length),
		'sforce-locator': locator,
	},
	body: `"Id","Name"\n${lines.map((line) => `${line}\n`).join('')}`,
});

/** Three records in two pages; the job is done when it is asked for the second time. */
function bulkOrg(more: (question: Question) => Reply | undefined = () => undefined) {
	let asked = 0;
	return (question: Question): Reply => {
		const { method, path, query } = question;
		const own = more(question);
		if (own) return own;
		if (path === '/query') return restPage(2, 50);
		if (path === '/jobs/query') return job('UploadComplete');
		if (method === 'PATCH') return job('Aborted');
		if (method === 'DELETE') return { status: 204 };
		if (path.endsWith('/results'))
			return query.get('locator') === null
				? results(['"1","a,""b"""', '"2","c\nd"'], 'MTAwMDA')
				: results(['"3",""'], 'null');
		return asked++ > 0
			? job('JobComplete', { numberRecordsProcessed: 3 })
			: job('InProgress', { numberRecordsProcessed: 0 });
	};
}

const asked = (questions: Question[]) => questions.map(({ method, path }) => `${method} ${path}`);

async function csvOf(source: Awaited<ReturnType<typeof sourceOf>>) {
	const parts: string[] = [];
	if (source.via === 'bulk')
		for await (const { lines } of source.pages) parts.push(lines.toString());
	return parts.join('');
}

test('many rows come by a job: a page for each locator, the header in none of them', async () => {
	const { client, questions } = await scriptedOrg(bulkOrg());
	const source = await sourceOf(client, SOQL, OPTIONS);
	expect(source).toMatchObject({ via: 'bulk', jobId: '750R0000000zlh9IAA' });
	expect(await csvOf(source)).toBe('"1","a,""b"""\n"2","c\nd"\n"3",""\n');
	expect(asked(questions)).toEqual([
		'GET /query',
		'POST /jobs/query',
		'GET /jobs/query/750R0000000zlh9IAA',
		'GET /jobs/query/750R0000000zlh9IAA',
		'GET /jobs/query/750R0000000zlh9IAA/results',
		'GET /jobs/query/750R0000000zlh9IAA/results',
	]);
	expect(questions[1]?.json).toEqual({
		operation: 'query',
		query: SOQL,
		contentType: 'CSV',
		columnDelimiter: 'COMMA',
		lineEnding: 'CRLF',
	});
});

test('few rows, or a small limit, come by REST, and the first page is not asked for twice', async () => {
	const { client, questions } = await scriptedOrg(({ path }) =>
		path === '/query' ? restPage(2, 4) : restPage(2, 2),
	);
	const source = await sourceOf(client, SOQL, OPTIONS);
	expect(source.via).toBe('rest');
	for await (const page of source.pages) expect(page).toHaveLength(2);
	expect(asked(questions)).toEqual(['GET /query', 'GET /query/01g-2']);
	const limited = await scriptedOrg(bulkOrg());
	expect(await sourceOf(limited.client, SOQL, { ...OPTIONS, limit: 5 })).toMatchObject({
		via: 'rest',
	});
});

test.each<[string, (question: Question) => Reply | undefined]>([
	[
		'at once',
		({ path }) =>
			path === '/jobs/query'
				? {
						status: 400,
						body: [
							{
								errorCode: 'API_ERROR',
								message: 'Aggregate Relationships not supported in Bulk Query',
							},
						],
					}
				: undefined,
	],
	[
		'when it has begun',
		({ method, path }) =>
			method === 'GET' && path.startsWith('/jobs/query/')
				? job('Failed', {
						errorMessage:
							'FeatureNotEnabled : Cannot serialize value for BillingAddress in CSV format',
					})
				: undefined,
	],
])('what Bulk API refuses %s comes by REST', async (_when, refusal) => {
	for (const method of ['automatic', 'bulk'] as const) {
		const { client, questions } = await scriptedOrg(
			bulkOrg((question) =>
				question.path === '/query/01g-2' ? restPage(48, 48) : refusal(question),
			),
		);
		const source = await sourceOf(client, SOQL, { ...OPTIONS, method });
		if (source.via !== 'rest') throw new Error('by a job');
		let count = 0;
		for await (const page of source.pages) count += page.length;
		expect(count).toBe(50);
		expect(asked(questions).filter((one) => one === 'GET /query')).toHaveLength(1);
	}
});

test('a job that ran into a limit, or that somebody aborted, fails and says why', async () => {
	for (const [state, errorMessage, code] of [
		['Failed', 'ExceededQuota : Too many results', 'ExceededQuota'],
		['Aborted', undefined, 'Aborted'],
	] as const) {
		const { client } = await scriptedOrg(
			bulkOrg(({ method, path }) =>
				method === 'GET' && path.startsWith('/jobs/query/')
					? job(state, errorMessage && { errorMessage })
					: undefined,
			),
		);
		await expect(sourceOf(client, SOQL, { ...OPTIONS, method: 'bulk' })).rejects.toMatchObject({
			code,
			message: expect.stringContaining('750R0000000zlh9IAA') as string,
		});
	}
});

test('a page that breaks is asked for again, and nothing of it comes twice', async () => {
	let broken = 1;
	const { client, questions } = await scriptedOrg(
		bulkOrg(({ query }) =>
			query.get('locator') === 'MTAwMDA' && broken-- > 0 ? { cut: true } : undefined,
		),
	);
	const source = await sourceOf(client, SOQL, { ...OPTIONS, method: 'bulk' });
	expect(await csvOf(source)).toBe('"1","a,""b"""\n"2","c\nd"\n"3",""\n');
	expect(asked(questions).filter((one) => one.endsWith('/results'))).toHaveLength(3);
});

test('a result that cannot be had now can be had later, by the ID of the job', async () => {
	const failing = await scriptedOrg(
		bulkOrg(({ query }) =>
			query.get('locator') === 'MTAwMDA'
				? { status: 503, body: [{ errorCode: 'SERVER_UNAVAILABLE', message: 'later' }] }
				: undefined,
		),
		{ maxAttempts: 2 },
	);
	const source = await sourceOf(failing.client, SOQL, { ...OPTIONS, method: 'bulk' });
	await expect(csvOf(source)).rejects.toMatchObject({
		hint: expect.stringContaining('"750R0000000zlh9IAA" as job ID') as string,
	});
	// The job is still there.
	expect(asked(failing.questions).some((one) => one.startsWith('DELETE'))).toBe(false);
	const { client, questions } = await scriptedOrg(bulkOrg());
	const again = await sourceOf(client, SOQL, { ...OPTIONS, jobId: '750R0000000zlh9IAA' });
	expect(await csvOf(again)).toBe('"1","a,""b"""\n"2","c\nd"\n"3",""\n');
	expect(asked(questions)).not.toContain('POST /jobs/query');
});

test('a job that takes too long goes on, and is named', async () => {
	const { client, questions } = await scriptedOrg(
		bulkOrg(({ method, path }) =>
			method === 'GET' && path.startsWith('/jobs/query/') ? job('InProgress') : undefined,
		),
	);
	await expect(
		sourceOf(client, SOQL, { ...OPTIONS, method: 'bulk', patienceMs: 300 }),
	).rejects.toMatchObject({
		code: 'JOB_NOT_FINISHED',
		hint: expect.stringContaining('750R0000000zlh9IAA') as string,
	});
	expect(asked(questions).some((one) => /^(PATCH|DELETE)/.test(one))).toBe(false);
});

test.each(['while it runs', 'while its result is read'])(
	'when the execution is stopped, the job is aborted and deleted: %s',
	async (when) => {
		const { client, questions, stop } = await scriptedOrg(
			bulkOrg(({ method, path, query }) => {
				const isNow =
					when === 'while it runs'
						? method === 'GET' && path === '/jobs/query/750R0000000zlh9IAA'
						: query.get('locator') === 'MTAwMDA';
				if (!isNow) return undefined;
				stop();
				return job('InProgress');
			}),
		);
		const read = async () =>
			await csvOf(await sourceOf(client, SOQL, { ...OPTIONS, method: 'bulk' }));
		await expect(read()).rejects.toThrow();
		expect(asked(questions).slice(-2)).toEqual([
			'PATCH /jobs/query/750R0000000zlh9IAA',
			'DELETE /jobs/query/750R0000000zlh9IAA',
		]);
	},
);

test('rows of a job have the types that REST gives', async () => {
	const types: Record<string, string> = {
		Id: 'id',
		Active__c: 'boolean',
		Amount: 'currency',
		'Owner.Name': 'string',
		'Owner.Profile.Name': 'string',
		'Parent.Name': 'string',
		'Parent.Size__c': 'double',
	};
	const page = {
		columns: Object.keys(types),
		lines: Buffer.from('"1","true","1.50","Ann","Admin","",""\n"007","false","","","","","3"\n'),
		count: 2,
	};
	const rows = [];
	for await (const part of typedRows(page, (name) => ({ name, type: types[name] ?? '' })))
		rows.push(...part);
	expect(rows).toEqual([
		{
			Id: '1',
			Active__c: true,
			Amount: 1.5,
			Owner: { Name: 'Ann', Profile: { Name: 'Admin' } },
			Parent: null,
		},
		{
			Id: '007',
			Active__c: false,
			Amount: null,
			Owner: null,
			Parent: { Name: null, Size__c: 3 },
		},
	]);
});
