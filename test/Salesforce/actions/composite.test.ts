import type { SalesforceSandbox } from '../../../sandbox/salesforce/server';
import { startSalesforceSandbox } from '../../../sandbox/salesforce/server';
import { batch } from '../../../nodes/Salesforce/actions/composite/batch.operation';
import { execute } from '../../../nodes/Salesforce/actions/composite/execute.operation';
import { graph } from '../../../nodes/Salesforce/actions/composite/graph.operation';
import { tree } from '../../../nodes/Salesforce/actions/composite/tree.operation';
import type { SalesforceClient } from '../../../nodes/Salesforce/transport/client';
import { Failure } from '../../../nodes/shared/resilience/failure';
import { clientAt, startOrgStub } from '../orgStub';
import { act } from './acting';

let sandbox: SalesforceSandbox;
let client: SalesforceClient;

beforeAll(async () => {
	sandbox = await startSalesforceSandbox();
});
afterAll(async () => await sandbox.close());
beforeEach(() => {
	sandbox.faults.clear();
	client = signedIn();
	sandbox.requests.length = 0;
});

const signedIn = () =>
	clientAt(sandbox.url, {
		oauthTokenData: { access_token: sandbox.accessToken(), instance_url: sandbox.url },
	});

const failureOf = async (promise: Promise<unknown>): Promise<Failure> =>
	await promise.then(
		() => {
			throw new Error('It should have failed');
		},
		(error) => error as Failure,
	);

const sent = (path: string) => sandbox.requests.filter((one) => one.path.endsWith(path));

const json = (requests: unknown) => ({ specifyRequests: 'json', requestsJson: requests });

const newAccount = (referenceId = 'newAccount', Name = 'Acme') => ({
	method: 'POST',
	url: '/sobjects/Account',
	referenceId,
	body: { Name },
});
const newContact = (body: object = { LastName: 'Lovelace' }) => ({
	method: 'POST',
	url: '/sobjects/Contact',
	referenceId: 'newContact',
	body: { AccountId: '@{newAccount.id}', ...body },
});

const at = (list: unknown, n: number): unknown => (Array.isArray(list) ? list[n] : undefined);

describe('execute', () => {
	const run = async (given: Record<string, unknown>) => (await act(execute, client, given)).answer;

	test('a request uses what one before it answered; each response is an item', async () => {
		const rows = await run({
			requests: {
				request: [
					{ ...newAccount(), body: '{ "Name": "Acme" }' },
					{ ...newContact(), body: JSON.stringify(newContact().body) },
					{
						method: 'GET',
						url: "/query?q=SELECT Name FROM Contact WHERE AccountId = '@{newAccount.id}'",
						referenceId: '',
					},
				],
			},
		});
		expect(rows).toMatchObject([
			{ referenceId: 'newAccount', success: true, httpStatusCode: 201, body: { success: true } },
			{ referenceId: 'newContact', success: true },
			{ referenceId: 'request3', success: true, body: { totalSize: 1 } },
		]);
		expect(sent('/composite')).toHaveLength(1);
	});

	test('all responses in one item', async () => {
		expect(await run({ ...json([newAccount()]), output: 'together' })).toMatchObject({
			success: true,
			responses: [{ referenceId: 'newAccount' }],
		});
	});

	test('all or none: the one to blame is named, and nothing is done', async () => {
		const before = sandbox.store.count('Account');
		const failure = await failureOf(run(json([newAccount(), newContact({})])));
		expect(failure).toMatchObject({ code: 'REQUIRED_FIELD_MISSING', phase: 'rejected' });
		expect(failure.message).toContain('Request "newContact" (POST /sobjects/Contact)');
		expect(failure.message).toContain('LastName');
		expect(failure.message).toContain('Nothing was done');
		expect(sandbox.store.count('Account')).toBe(before);
	});

	test('not all or none: it is said what was done, and it is not taken for undone', async () => {
		const requests = [newAccount(), newContact({}), { ...newAccount('another'), method: 'PUTT' }];
		const failing = { ...json(requests.slice(0, 2)), allOrNone: false };
		const failure = await failureOf(run({ ...failing, ifSomeFail: 'fail' }));
		expect(failure).toMatchObject({ code: 'REQUIRED_FIELD_MISSING', phase: 'maybeDone' });
		expect(failure.message).toMatch(
			/^1 of 2 requests failed: "newContact".*Done: "newAccount" \(001/,
		);
		expect(await run({ ...failing, ifSomeFail: 'report' })).toMatchObject([
			{ referenceId: 'newAccount', success: true },
			{ referenceId: 'newContact', success: false, httpStatusCode: 400 },
		]);
	});

	test('who refers to a request that failed is its victim, and said to be one', async () => {
		const requests = [{ ...newAccount(), body: {} }, newContact()];
		const failure = await failureOf(
			run({ ...json(requests), allOrNone: false, ifSomeFail: 'fail' }),
		);
		expect(failure).toMatchObject({ code: 'PARTIAL_FAILURE', phase: 'rejected' });
		expect(failure.message).toContain('"newContact" (it depends on one that failed)');
		expect(failure.message).toContain('Nothing was done.');
	});

	test('a locked row is tried again, since everything was undone', async () => {
		const stub = await startOrgStub((_asked, nth) => ({
			body: {
				compositeResponse:
					nth === 1
						? [
								halted('newAccount'),
								{
									...halted('newContact'),
									body: [
										{
											errorCode: 'UNABLE_TO_LOCK_ROW',
											message: 'unable to obtain exclusive access',
										},
									],
								},
							]
						: ['newAccount', 'newContact'].map((referenceId) => ({
								body: { id: '1' },
								httpHeaders: {},
								httpStatusCode: 201,
								referenceId,
							})),
			},
		}));
		const { answer } = await act(execute, clientAt(stub.url), json([newAccount(), newContact()]));
		expect(at(answer, 0)).toMatchObject({ success: true });
		expect(stub.requests).toHaveLength(2);
		await stub.close();
	});

	test.each([
		['writes are not sent again, nobody knows of them', 1, 'maybeDone'],
		['reads are', 2, undefined],
	])('where the answer is lost, %s', async (_what, count, phase) => {
		const requests =
			count === 1 ? [newAccount()] : [{ method: 'GET', url: '/sobjects', referenceId: 'list' }];
		sandbox.faults.add({
			kind: 'resetAfter',
			times: 1,
			match: ({ path }) => path.includes('composite'),
		});
		const result = await run(json(requests)).catch((error: Failure) => error);
		expect(sent('/composite')).toHaveLength(count);
		expect(result instanceof Failure ? result.phase : undefined).toBe(phase);
	});

	test.each([{ portal: 'Sign in' }, { compositeResponse: [] }])(
		'an answer without a response for each request leaves it open: %j',
		async (body) => {
			const stub = await startOrgStub(() => ({ body }));
			const asking = clientAt(stub.url);
			const failure = await failureOf(act(execute, asking, json([newAccount()])));
			expect(failure).toMatchObject({ code: 'UNREADABLE_ANSWER', phase: 'maybeDone' });
			const [whole] = await graph.executeAll(asking, [
				{ specifyRequests: 'json', requestsJson: [newAccount()], output: 'each' },
			]);
			expect(whole).toMatchObject({ code: 'UNREADABLE_ANSWER', phase: 'maybeDone' });
			expect(stub.requests).toHaveLength(2);
			await stub.close();
		},
	);

	test('errors of a collection that are no list, or none, do not hide the failure', async () => {
		const refusedBy = async (errors: unknown) => {
			const response = {
				referenceId: 'rows',
				httpStatusCode: 200,
				httpHeaders: {},
				body: [{ success: false, errors }],
			};
			const stub = await startOrgStub(() => ({ body: { compositeResponse: [response] } }));
			const rows = { ...newAccount('rows'), url: '/composite/sobjects' };
			const failure = await failureOf(act(execute, clientAt(stub.url), json([rows])));
			await stub.close();
			return failure;
		};
		const one = { statusCode: 'STRING_TOO_LONG', message: 'too long', fields: ['Name'] };
		expect(await refusedBy(one)).toMatchObject({ code: 'STRING_TOO_LONG', phase: 'rejected' });
		expect((await refusedBy(null)).code).toBe('UNKNOWN_EXCEPTION');
	});

	test('rows of a collection that failed are failures', async () => {
		const collection = {
			method: 'POST',
			url: '/composite/sobjects',
			referenceId: 'many',
			body: { records: [{ attributes: { type: 'Account' } }] },
		};
		const failure = await failureOf(
			run({ ...json([collection]), allOrNone: false, ifSomeFail: 'fail' }),
		);
		expect(failure.code).toBe('REQUIRED_FIELD_MISSING');
	});

	test.each([
		['There is no request', []],
		['must be a list', { a: 1 }],
		[
			'26 requests, but one call takes 25',
			Array.from({ length: 26 }, (_, n) => newAccount(`a${n}`)),
		],
		['Request 1 ("x") has the method "PUTT"', [{ ...newAccount('x'), method: 'PUTT' }]],
		['Request 1 has the method undefined', [{}]],
		['Request 2 has no URL', [newAccount(), { method: 'GET', url: ' ' }]],
		['has the URL "https://evil.example/x"', [{ method: 'GET', url: 'https://evil.example/x' }]],
		['Request 1 ("a-b"): a reference ID has letters', [newAccount('a-b')]],
		['Two requests have the reference ID "newAccount"', [newAccount(), newAccount()]],
		[
			'refers to "newAcount", which is none',
			[newAccount('newAccount'), { ...newContact(), body: { AccountId: '@{newAcount.id}' } }],
		],
		['refers to "newAccount", which comes after it', [newContact(), newAccount()]],
		['the header "x" is no text', [{ ...newAccount(), httpHeaders: { x: 1 } }]],
	])('before anything is sent: %s', async (words, requests) => {
		const failure = await failureOf(run(json(requests)));
		expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent' });
		expect(failure.message).toContain(words);
		expect(sandbox.requests).toHaveLength(0);
	});
});

const halted = (referenceId: string) => ({
	body: [
		{
			errorCode: 'PROCESSING_HALTED',
			message:
				'The transaction was rolled back since another operation in the same transaction failed.',
		},
	],
	httpHeaders: {},
	httpStatusCode: 400,
	referenceId,
});

describe('graph', () => {
	const input = (requests: unknown, output: 'each' | 'together' = 'each') => ({
		specifyRequests: 'json' as const,
		requestsJson: requests,
		output,
	});

	test('a graph for each item, many in one call; one that fails is undone alone', async () => {
		const before = [sandbox.store.count('Account'), sandbox.store.count('Contact')];
		const settled: number[] = [];
		const results = await graph.executeAll(
			client,
			[
				input([newAccount(), newContact()]),
				input([newAccount(), newContact({})]),
				input([newAccount(), newContact()], 'together'),
				input([{ method: 'GET' }]),
			],
			async (n) => void settled.push(n),
		);
		expect(results[0]).toMatchObject([{ success: true }, { success: true }]);
		expect(results[1]).toMatchObject({ code: 'REQUIRED_FIELD_MISSING', phase: 'rejected' });
		expect(Reflect.get(results[1] ?? {}, 'message')).toContain('Request "newContact"');
		expect(results[2]).toMatchObject({ success: true });
		expect(results[3]).toMatchObject({ kind: 'invalid', phase: 'notSent' });
		expect(settled).toEqual([0, 1, 2]);
		expect(sent('/composite/graph')).toHaveLength(1);
		expect([sandbox.store.count('Account'), sandbox.store.count('Contact')]).toEqual([
			(before[0] ?? 0) + 2,
			(before[1] ?? 0) + 2,
		]);
	});

	test('who refers to what comes later is named', async () => {
		const [failure] = await graph.executeAll(client, [input([newContact(), newAccount()])]);
		expect(failure).toMatchObject({ code: 'PROCESSING_HALTED', phase: 'rejected' });
		expect(Reflect.get(failure ?? {}, 'message')).toContain('Request "newContact"');
		expect(sent('/composite/graph')).toHaveLength(1);
	});

	test('200 items: 75 graphs in a call', async () => {
		const inputs = Array.from({ length: 200 }, () => input([newAccount()]));
		const results = await graph.executeAll(client, inputs);
		expect(results.filter((result) => Array.isArray(result))).toHaveLength(200);
		expect(sent('/composite/graph')).toHaveLength(3);
	});

	test('what Salesforce did not look at after 14 failures is sent again', async () => {
		const bad = Array.from({ length: 20 }, () => input([newContact({ AccountId: undefined })]));
		const good = Array.from({ length: 10 }, () => input([newAccount()]));
		const results = await graph.executeAll(client, [...bad, ...good]);
		expect(results.slice(0, 20).map((result) => Reflect.get(result, 'code'))).toEqual(
			bad.map(() => 'REQUIRED_FIELD_MISSING'),
		);
		expect(results.slice(20).filter((result) => Array.isArray(result))).toHaveLength(10);
	});

	test('a graph whose row was locked is sent again, and only it', async () => {
		const stub = await startOrgStub(({ body }, nth) => {
			const { graphs } = JSON.parse(body) as { graphs: Array<{ graphId: string }> };
			return {
				body: {
					graphs: graphs.map(({ graphId }, n) => {
						const isLocked = nth === 1 && n === 1;
						const locked = {
							errorCode: 'UNABLE_TO_LOCK_ROW',
							message: 'unable to obtain exclusive access',
						};
						return {
							graphId,
							isSuccessful: !isLocked,
							graphResponse: {
								compositeResponse: [
									{
										referenceId: 'newAccount',
										httpStatusCode: isLocked ? 400 : 201,
										httpHeaders: {},
										body: isLocked ? [locked] : { id: `${nth}.${n}` },
									},
								],
							},
						};
					}),
				},
			};
		});
		const inputs = [1, 2, 3].map(() => input([newAccount()]));
		const results = await graph.executeAll(clientAt(stub.url), inputs);
		expect(results.map((result) => Reflect.get(Object(at(result, 0)), 'body') as unknown)).toEqual([
			{ id: '1.0' },
			{ id: '2.0' },
			{ id: '1.2' },
		]);
		expect(stub.requests).toHaveLength(2);
		await stub.close();
	});

	test('a lost answer: every graph of the call is in doubt', async () => {
		sandbox.faults.add({ kind: 'resetAfter', match: ({ path }) => path.includes('graph') });
		const before = sandbox.store.count('Account');
		const results = await graph.executeAll(client, [input([newAccount()]), input([newAccount()])]);
		expect(results).toMatchObject([{ phase: 'maybeDone' }, { phase: 'maybeDone' }]);
		expect(sandbox.store.count('Account')).toBe(before + 2);
	});

	test('too many kinds of requests are named before anything is sent', async () => {
		const requests = Array.from({ length: 16 }, (_, n) => ({
			...newAccount(`a${n}`),
			url: `/sobjects/Object${n}__c`,
		}));
		const [result] = await graph.executeAll(client, [input(requests)]);
		expect(result).toMatchObject({ kind: 'invalid', phase: 'notSent' });
		expect(sent('/composite/graph')).toHaveLength(0);
	});
});

describe('batch', () => {
	test('25 requests in one call, each with its own result', async () => {
		const [id] = await ids(1);
		const results = await batch.executeAll(client, [
			{ method: 'GET', url: `/sobjects/Account/${id}?fields=Name` },
			{ method: 'PATCH', url: `sobjects/Account/${id}`, body: { Name: 'Renamed' } },
			{ method: 'GET', url: '/services/data/v68.0/sobjects/Account/0015e00000AbCdEAAV' },
			{ method: 'GET', url: 'https://evil.example/' },
		]);
		expect(results[0]).toMatchObject({ statusCode: 200, result: { Name: 'Name 0' } });
		expect(results[1]).toMatchObject({ statusCode: 204 });
		expect(results[2]).toMatchObject({ code: 'NOT_FOUND', phase: 'rejected' });
		expect(results[3]).toMatchObject({ kind: 'invalid', phase: 'notSent' });
		expect(sent('/composite/batch')).toHaveLength(2);
	});

	test('only what was locked is sent again', async () => {
		const locked = [
			{ errorCode: 'UNABLE_TO_LOCK_ROW', message: 'unable to obtain exclusive access' },
		];
		const stub = await startOrgStub(({ body }, nth) => {
			const { batchRequests } = JSON.parse(body) as { batchRequests: unknown[] };
			const results = batchRequests.map((_one, n) =>
				nth === 1 && n === 1
					? { statusCode: 400, result: locked }
					: { statusCode: 204, result: null },
			);
			return { body: { hasErrors: nth === 1, results } };
		});
		const change = (n: number) => ({
			method: 'PATCH' as const,
			url: `sobjects/Account/001000000000${n}00AAA`,
			body: { Name: 'Renamed' },
		});
		const results = await batch.executeAll(clientAt(stub.url), [change(1), change(2), change(3)]);
		await stub.close();
		expect(results).toEqual(Array(3).fill({ statusCode: 204, result: null }));
		const urls = stub.requests.map(({ body }) => [...body.matchAll(/001\w+/g)].map(String));
		expect(urls).toEqual([
			['001000000000100AAA', '001000000000200AAA', '001000000000300AAA'],
			['001000000000200AAA'],
		]);
	});

	test('a lost answer: reads are sent again, writes are in doubt', async () => {
		sandbox.faults.add({
			kind: 'resetAfter',
			times: 2,
			match: ({ path }) => path.includes('batch'),
		});
		const results = await batch.executeAll(client, [
			{ method: 'POST', url: '/sobjects/Account', body: { Name: 'Once' } },
			{ method: 'GET', url: '/sobjects/Account/describe' },
		]);
		expect(results[0]).toMatchObject({ phase: 'maybeDone' });
		expect(results[1]).toMatchObject({ statusCode: 200 });
	});
});

/** IDs of new accounts. */
const ids = async (count: number) =>
	await Promise.resolve(
		Array.from({ length: count }, (_, n) => sandbox.store.insert('Account', { Name: `Name ${n}` })),
	);

describe('tree', () => {
	const input = (record: unknown, object = 'Account') => ({ object, record });

	test('records with those below them, as people write them or as the API does', async () => {
		const results = await tree.executeAll(client, [
			input({ Name: 'A', contacts: [{ LastName: 'One' }, { LastName: 'Two' }] }),
			input(
				{
					attributes: { type: 'Account', referenceId: 'mine' },
					Name: 'B',
					Contacts: {
						records: [{ attributes: { type: 'Contact', referenceId: 'x' }, LastName: 'Three' }],
					},
				},
				'account',
			),
		]);
		expect(results).toMatchObject([
			{ id: expect.stringMatching(/^001/), Contacts: [{ id: expect.stringMatching(/^003/) }, {}] },
			{ id: expect.stringMatching(/^001/), Contacts: [{ id: expect.stringMatching(/^003/) }] },
		]);
		const [first] = results;
		const contacts = sandbox.store.rows('Contact').filter((row) => {
			return sandbox.store.value(row, 'AccountId') === Reflect.get(first ?? {}, 'id');
		});
		expect(contacts).toHaveLength(2);
		expect(sent('/composite/tree/Account')).toHaveLength(1);
	});

	test('a bad record fails its own tree only', async () => {
		const before = sandbox.store.count('Account');
		const results = await tree.executeAll(client, [
			input({ Name: 'A' }),
			input({ Name: 'B', Contacts: [{ LastName: 'Fine' }, { FirstName: 'Nameless' }] }),
			input({ Name: 'C' }),
		]);
		expect(results).toMatchObject([
			{ id: expect.any(String) },
			{ code: 'REQUIRED_FIELD_MISSING', phase: 'rejected' },
			{ id: expect.any(String) },
		]);
		expect(Reflect.get(results[1] ?? {}, 'message')).toMatch(
			/^Contacts 2: .*No record of this tree/,
		);
		expect(sandbox.store.count('Account')).toBe(before + 2);
		expect(sent('/composite/tree/Account')).toHaveLength(2);
	});

	test('300 trees: 200 records in a call', async () => {
		const inputs = Array.from({ length: 300 }, (_, n) => input({ Name: `Tree ${n}` }));
		const results = await tree.executeAll(client, inputs);
		expect(results.filter((result) => !(result instanceof Failure))).toHaveLength(300);
		expect(sent('/composite/tree/Account')).toHaveLength(2);
	});

	test('trees whose rows were locked are sent again, and none is doubled', async () => {
		const before = sandbox.store.count('Account');
		sandbox.faults.add({ kind: 'lockRows', rows: 0.1, times: 2 });
		const inputs = Array.from({ length: 30 }, (_, n) => input({ Name: `Locked ${n}` }));
		const results = await tree.executeAll(client, inputs);
		expect(results.filter((result) => result instanceof Failure)).toEqual([]);
		expect(sandbox.store.count('Account')).toBe(before + 30);
	});

	test('a lost answer: every tree of the call is in doubt, and sent once', async () => {
		sandbox.faults.add({ kind: 'resetAfter', match: ({ path }) => path.includes('/tree/') });
		const results = await tree.executeAll(client, [input({ Name: 'A' }), input({ Name: 'B' })]);
		expect(results).toMatchObject([{ phase: 'maybeDone' }, { phase: 'maybeDone' }]);
		expect(sent('/composite/tree/Account')).toHaveLength(1);
	});

	test.each([
		[
			'"Contcts" is a list, but Account has no related list',
			{ Contcts: [{}] },
			'Did you mean Contacts',
		],
		['"Contacts" 1 is no record: "x"', { Contacts: ['x'] }, ''],
		['more than 200 records', { Contacts: Array.from({ length: 200 }, () => ({})) }, ''],
		['must be an object', [{ Name: 'A' }], 'make an item of each'],
	])('before anything is sent: %s', async (words, record, hint) => {
		const [failure] = await tree.executeAll(client, [input(record)]);
		expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent' });
		expect(Reflect.get(failure ?? {}, 'message')).toContain(words);
		expect(String(Reflect.get(failure ?? {}, 'hint'))).toContain(hint);
		expect(sent('/composite/tree/Account')).toHaveLength(0);
	});

	test('an object that is not there is named, with one that may be meant', async () => {
		const [failure] = await tree.executeAll(client, [input({ Name: 'A' }, 'Acount')]);
		expect(Reflect.get(failure ?? {}, 'hint')).toContain('Did you mean Account');
	});
});

test('once the requests of the day are used up, nothing more is sent', async () => {
	sandbox.faults.add({ kind: 'dailyLimit', match: ({ path }) => path.includes('graph') });
	const inputs = Array.from({ length: 150 }, () => ({
		specifyRequests: 'json' as const,
		requestsJson: [newAccount()],
		output: 'each' as const,
	}));
	const results = await graph.executeAll(client, inputs);
	expect(results.at(-1)).toMatchObject({ code: 'REQUEST_LIMIT_EXCEEDED' });
	expect(sent('/composite/graph')).toHaveLength(1);
});
