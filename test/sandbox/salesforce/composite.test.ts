import type { Connection } from 'jsforce';
import {
	startSalesforceSandbox,
	type SalesforceSandbox,
} from '../../../sandbox/salesforce/server.ts';
import { jsforceClient, send } from './clients.ts';

let sandbox: SalesforceSandbox;
let client: Connection;
const root = '/services/data/v68.0';

beforeAll(async () => {
	sandbox = await startSalesforceSandbox();
	client = jsforceClient(sandbox);
});

afterAll(async () => await sandbox.close());

const accountAndContact = (LastName: string | null) => [
	{
		method: 'POST',
		url: `${root}/sobjects/Account`,
		referenceId: 'account',
		body: { Name: 'Composite' },
	},
	{
		method: 'POST',
		url: `${root}/sobjects/Contact`,
		referenceId: 'contact',
		body: { LastName, AccountId: '@{account.id}' },
	},
	{
		method: 'GET',
		url: `${root}/sobjects/Contact/@{contact.id}?fields=Name,AccountId`,
		referenceId: 'read',
	},
];

test('composite: later requests use what earlier ones gave', async () => {
	const answer = await client.request<{ compositeResponse: Array<Record<string, unknown>> }>({
		method: 'POST',
		url: '/composite',
		body: JSON.stringify({ compositeRequest: accountAndContact('One') }),
		headers: { 'content-type': 'application/json' },
	});
	const [account, , read] = answer.compositeResponse;
	const { id } = account?.body as { id: string };
	expect(account).toEqual({
		body: { id, success: true, errors: [] },
		httpHeaders: { Location: `${root}/sobjects/Account/${id}` },
		httpStatusCode: 201,
		referenceId: 'account',
	});
	expect(read?.body).toMatchObject({ Name: 'One', AccountId: id });
});

test('composite: what depends on a failure is halted; all is taken back with allOrNone', async () => {
	const before = sandbox.store.count('Account');
	const compositeRequest = accountAndContact(null);
	const some = await send(sandbox, 'POST', '/composite', { compositeRequest });
	expect(some).toMatchObject({
		status: 200,
		body: {
			compositeResponse: [
				{ httpStatusCode: 201 },
				{ httpStatusCode: 400, body: [{ errorCode: 'REQUIRED_FIELD_MISSING' }] },
				{
					httpStatusCode: 400,
					body: [
						{
							errorCode: 'PROCESSING_HALTED',
							message: 'Invalid reference specified. No value for contact.id found in contact',
						},
					],
				},
			],
		},
	});
	expect(sandbox.store.count('Account')).toBe(before + 1);
	const none = await send(sandbox, 'POST', '/composite', { allOrNone: true, compositeRequest });
	expect(none.body).toMatchObject({
		compositeResponse: [
			{ body: [{ errorCode: 'PROCESSING_HALTED' }] },
			{ body: [{ errorCode: 'REQUIRED_FIELD_MISSING' }] },
			{ body: [{ errorCode: 'PROCESSING_HALTED' }] },
		],
	});
	expect(sandbox.store.count('Account')).toBe(before + 1);
});

test('composite: more than 25 requests are refused', async () => {
	const compositeRequest = Array.from({ length: 26 }, (_, n) => ({
		method: 'GET',
		url: `${root}/limits`,
		referenceId: `r${n}`,
	}));
	expect((await send(sandbox, 'POST', '/composite', { compositeRequest })).status).toBe(400);
});

test('batch: each by itself, or halted by the first error', async () => {
	const batchRequests = [
		{ method: 'GET', url: 'v68.0/sobjects/NoSuch__c' },
		{ method: 'POST', url: 'v68.0/sobjects/Account', richInput: { Name: 'Batch' } },
	];
	const all = await send(sandbox, 'POST', '/composite/batch', { batchRequests });
	expect(all.body).toMatchObject({
		hasErrors: true,
		results: [
			{ statusCode: 404, result: [{ errorCode: 'NOT_FOUND' }] },
			{ statusCode: 201, result: { success: true } },
		],
	});
	const body = { batchRequests, haltOnError: true };
	expect((await send(sandbox, 'POST', '/composite/batch', body)).body).toMatchObject({
		results: [
			{ statusCode: 404 },
			{ statusCode: 412, result: [{ errorCode: 'BATCH_PROCESSING_HALTED' }] },
		],
	});
});

test('graph: each graph by itself, all of it or nothing', async () => {
	const before = sandbox.store.count('Account');
	const graphs = [
		{ graphId: 'good', compositeRequest: accountAndContact('Good') },
		{ graphId: 'bad', compositeRequest: accountAndContact(null) },
	];
	const { body } = await send(sandbox, 'POST', '/composite/graph', { graphs });
	expect(body).toMatchObject({
		graphs: [
			{
				graphId: 'good',
				isSuccessful: true,
				graphResponse: {
					compositeResponse: [
						{ httpStatusCode: 201, referenceId: 'account' },
						{ httpStatusCode: 201 },
						{ httpStatusCode: 200 },
					],
				},
			},
			{
				graphId: 'bad',
				isSuccessful: false,
				graphResponse: {
					compositeResponse: [
						{ body: [{ errorCode: 'PROCESSING_HALTED' }] },
						{ body: [{ errorCode: 'REQUIRED_FIELD_MISSING' }] },
						{ body: [{ errorCode: 'PROCESSING_HALTED' }] },
					],
				},
			},
		],
	});
	expect(sandbox.store.count('Account')).toBe(before + 1);
});

test('graph: too many nodes are refused inside of a success', async () => {
	const compositeRequest = Array.from({ length: 501 }, (_, n) => ({
		method: 'POST',
		url: `${root}/sobjects/Account`,
		referenceId: `r${n}`,
		body: { Name: 'Node' },
	}));
	const before = sandbox.store.count('Account');
	const graphs = [{ graphId: 'g', compositeRequest }];
	expect(await send(sandbox, 'POST', '/composite/graph', { graphs })).toMatchObject({
		status: 200,
		body: {
			graphs: [
				{
					graphId: 'g',
					isSuccessful: false,
					graphResponse: {
						compositeResponse: [
							{
								body: [
									{
										errorCode: 'LIMIT_EXCEEDED',
										message: 'Limit of 500 reached for number of Nodes in the Graph',
									},
								],
								httpStatusCode: 400,
								referenceId: null,
							},
						],
					},
				},
			],
		},
	});
	expect(sandbox.store.count('Account')).toBe(before);
});

test('tree: parents and children at once, or nothing', async () => {
	const tree = (email: string) => ({
		records: [
			{
				attributes: { type: 'Account', referenceId: 'a' },
				Name: 'Tree',
				Contacts: {
					records: [
						{ attributes: { type: 'Contact', referenceId: 'c' }, LastName: 'Leaf', Email: email },
					],
				},
			},
		],
	});
	const good = await send(sandbox, 'POST', '/composite/tree/Account', tree('a@example.org'));
	expect(good.status).toBe(201);
	const { results } = good.body as { results: Array<{ referenceId: string; id: string }> };
	expect(results.map(({ referenceId }) => referenceId)).toEqual(['a', 'c']);
	expect(sandbox.store.read(results[1]?.id ?? '')).toMatchObject({ AccountId: results[0]?.id });
	const before = sandbox.store.count('Account');
	const bad = await send(sandbox, 'POST', '/composite/tree/Account', tree('123'));
	expect(bad).toMatchObject({
		status: 400,
		body: {
			hasErrors: true,
			results: [
				{
					referenceId: 'c',
					errors: [
						{
							statusCode: 'INVALID_EMAIL_ADDRESS',
							message: 'Email: invalid email address: 123',
							fields: ['Email'],
						},
					],
				},
			],
		},
	});
	expect(sandbox.store.count('Account')).toBe(before);
});
