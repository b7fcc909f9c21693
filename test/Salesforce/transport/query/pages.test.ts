import { queryPages } from '../../../../nodes/Salesforce/transport/query/pages';
import type { Row } from '../../../../nodes/Salesforce/transport/query/records';
import type { Reply } from './scriptedOrg';
import { scriptedOrg } from './scriptedOrg';

const attributes = (type: string, id: string) => ({
	type,
	url: `/services/data/v68.0/sobjects/${type}/${id}`,
});
const account = (id: string, more: Row = {}): Row => ({
	attributes: attributes('Account', id),
	Id: id,
	...more,
});
const page = (records: Row[], next?: string): Reply => ({
	body: {
		totalSize: 99,
		done: next === undefined,
		...(next && { nextRecordsUrl: `/services/data/v68.0/query/${next}` }),
		records,
	},
});
const locator = (path: string) => path.split('/').pop() ?? '';

async function all(pages: AsyncIterable<Row[]>): Promise<Row[]> {
	const rows: Row[] = [];
	for await (const part of pages) rows.push(...part);
	return rows;
}

test('all pages, however many records each has', async () => {
	const { client, questions } = await scriptedOrg(({ path }) => {
		const pages: Record<string, Reply> = {
			'01g-2': page([], '01g-2b'),
			'01g-2b': page([account('3')], '01g-3'),
			'01g-3': page([account('4'), account('5')]),
		};
		return pages[locator(path)] ?? page([account('1'), account('2')], '01g-2');
	});
	const rows = await all(queryPages(client, "SELECT Id FROM Account WHERE Name = 'a&b+c'"));
	expect(rows).toEqual(['1', '2', '3', '4', '5'].map((Id) => ({ Id })));
	expect(questions[0]?.query.get('q')).toBe("SELECT Id FROM Account WHERE Name = 'a&b+c'");
	expect(questions.map(({ path }) => locator(path))).toEqual([
		...['query', '01g-2', '01g-2b', '01g-3'],
	]);
});

test('deleted records are asked for at another address', async () => {
	const { client, questions } = await scriptedOrg(() => page([]));
	await all(queryPages(client, 'SELECT Id FROM Account', { includeDeleted: true }));
	expect(questions[0]?.path).toBe('/queryAll');
});

test('children come whole: those of each record, and those of the children', async () => {
	const children = (ids: string[], next?: string) => ({
		...(page(
			ids.map((Id) => ({ attributes: attributes('Contact', Id), Id })),
			next,
		).body as object),
	});
	const { client } = await scriptedOrg(({ path }) => {
		const more: Record<string, Reply> = {
			'01g-a': {
				body: children(['c2'], '01g-a2'),
			},
			'01g-a2': page([
				{ attributes: attributes('Contact', 'c3'), Id: 'c3', Cases: children(['k1'], '01g-k') },
			]),
			'01g-k': page([{ attributes: attributes('Case', 'k2'), Id: 'k2' }]),
			'01g-b': page([{ attributes: attributes('Contact', 'c9'), Id: 'c9' }]),
		};
		return (
			more[locator(path)] ??
			page([
				account('1', { Contacts: children(['c1'], '01g-a'), Owner: null }),
				account('2', { Contacts: children(['c8'], '01g-b') }),
				account('3', { Contacts: null }),
			])
		);
	});
	const rows = await all(queryPages(client, 'SELECT Id, (SELECT Id FROM Contacts) FROM Account'));
	expect(rows).toEqual([
		{
			Id: '1',
			Contacts: [{ Id: 'c1' }, { Id: 'c2' }, { Id: 'c3', Cases: [{ Id: 'k1' }, { Id: 'k2' }] }],
			Owner: null,
		},
		{ Id: '2', Contacts: [{ Id: 'c8' }, { Id: 'c9' }] },
		{ Id: '3', Contacts: null },
	]);
});

test('parents and compound values are objects; attributes are there where they are asked for', async () => {
	const record = account('1', {
		Owner: { attributes: attributes('User', 'u'), Name: 'Ann' },
		BillingAddress: { city: 'Bonn', attributes: null },
	});
	const { client } = await scriptedOrg(() => page([record]));
	expect(await all(queryPages(client, ''))).toEqual([
		{ Id: '1', Owner: { Name: 'Ann' }, BillingAddress: { city: 'Bonn', attributes: null } },
	]);
	expect(await all(queryPages(client, '', { attributes: true }))).toEqual([record]);
});

test('no page is asked for beyond the limit, and no more records than needed', async () => {
	const { client, questions } = await scriptedOrg(() =>
		page(
			Array.from({ length: 200 }, (_, n) => account(String(n))),
			'01g-200',
		),
	);
	expect(await all(queryPages(client, 'SELECT Id FROM Account', { limit: 150 }))).toHaveLength(150);
	expect(questions).toHaveLength(1);
	expect(questions[0]?.headers).toMatchObject({ 'sforce-query-options': 'batchSize=200' });
});

test('children beyond the limit are not asked for', async () => {
	const child = { totalSize: 9, done: false, nextRecordsUrl: '/services/data/x', records: [] };
	const { client, questions } = await scriptedOrg(() =>
		page([account('1'), account('2', { Contacts: child })]),
	);
	expect(await all(queryPages(client, '', { limit: 1 }))).toEqual([{ Id: '1' }]);
	expect(questions).toHaveLength(1);
});

test.each([
	[undefined, undefined],
	[50, 'batchSize=200'],
	[800.5, 'batchSize=800'],
	[9_000, 'batchSize=2000'],
])('a page size of %p is asked for as %p', async (batchSize, header) => {
	const { client, questions } = await scriptedOrg(() => page([]));
	await all(queryPages(client, '', { batchSize }));
	expect(questions[0]?.headers?.['sforce-query-options']).toBe(header);
});

test('a cursor that has expired says what can be done', async () => {
	const { client } = await scriptedOrg(({ path }) =>
		locator(path) === '01g-1'
			? {
					status: 400,
					body: [{ errorCode: 'INVALID_QUERY_LOCATOR', message: 'invalid query locator' }],
				}
			: page([account('1')], '01g-1'),
	);
	await expect(all(queryPages(client, ''))).rejects.toMatchObject({
		code: 'INVALID_QUERY_LOCATOR',
		hint: expect.stringContaining('two days') as string,
	});
});

test.each<[string, Reply, string]>([
	['no way on', { body: { done: false, totalSize: 2, records: [] } }, 'UNEXPECTED_ANSWER'],
	['a page that leads to itself', page([], 'self'), 'UNEXPECTED_ANSWER'],
	['a page of a portal', { body: { ok: true } }, 'UNEXPECTED_ANSWER'],
])('an answer that cannot be true ends the query: %s', async (_name, reply, code) => {
	const { client, questions } = await scriptedOrg(() => reply);
	await expect(all(queryPages(client, ''))).rejects.toMatchObject({ code });
	expect(questions.length).toBeLessThan(3);
});

describe('a query that is too long for an address', () => {
	const long = `SELECT Id FROM Account WHERE Id IN (${Array.from({ length: 2_000 }, (_, n) => `'${n}'`).join(', ')})`;

	test('is sent in a body; its further pages are asked for as always', async () => {
		const { client, questions } = await scriptedOrg(({ path }) =>
			path === '/composite/batch'
				? {
						body: {
							hasErrors: false,
							results: [{ statusCode: 200, result: page([account('1')], '01g-1').body }],
						},
					}
				: page([account('2')]),
		);
		expect(await all(queryPages(client, long))).toEqual([{ Id: '1' }, { Id: '2' }]);
		expect(questions.map(({ method, path }) => `${method} ${path}`)).toEqual([
			'POST /composite/batch',
			'GET /query/01g-1',
		]);
		expect(questions[0]?.json).toEqual({
			batchRequests: [{ method: 'GET', url: `v68.0/query?q=${encodeURIComponent(long)}` }],
		});
	});

	test('is retried and refused like any other', async () => {
		let failing = 1;
		const { client, questions } = await scriptedOrg(() => ({
			body: {
				hasErrors: true,
				results: [
					failing-- > 0
						? {
								statusCode: 503,
								result: [{ errorCode: 'SERVER_UNAVAILABLE', message: 'try again' }],
							}
						: {
								statusCode: 400,
								result: [{ errorCode: 'MALFORMED_QUERY', message: 'unexpected token: x' }],
							},
				],
			},
		}));
		await expect(all(queryPages(client, long))).rejects.toMatchObject({
			code: 'MALFORMED_QUERY',
			kind: 'invalid',
		});
		expect(questions).toHaveLength(2);
	});
});
