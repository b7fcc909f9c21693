import type { IDataObject, INode } from 'n8n-workflow';
import { EventEmitter } from 'node:events';
import { createBucket } from '../../nodes/S3/transport/buckets';
import { putObject } from '../../nodes/S3/transport/objects';
import type { S3Sandbox } from '../../sandbox/s3/server.ts';
import { startS3Sandbox } from '../../sandbox/s3/server.ts';
import { clientOf } from '../S3/clientOf';
import { Engine } from './engine';

const secret = 'events/secret+with=signs 1';

interface Options {
	headers?: object;
	query?: object;
	/** n8n could start the run */
	started?: boolean;
}

/** An answer of n8n as far as a node can write one. */
class Answer extends EventEmitter {
	statusCode = 200;
	body: unknown;
	headers: Record<string, string> = {};
	setHeader(name: string, value: string) {
		this.headers[name] = value;
	}
	status(code: number) {
		this.statusCode = code;
		return this;
	}
	json(body: unknown) {
		this.body = body;
	}
}

/** @param from folder with the n8n-core to run on; the newest one where it is left out */
export function s3EventTriggerSuite(from?: string): void {
	let sandbox: S3Sandbox;
	let engine: Engine;
	let workflows = 0;

	beforeAll(async () => {
		sandbox = await startS3Sandbox();
		engine = await Engine.open({ from });
		const { endpoint, region, accounts } = sandbox;
		engine.credentials.resilientS3Api = { endpoint, region, ...accounts[0] };
		engine.credentials.resilientS3EventsApi = { secret };
		await createBucket(clientOf(sandbox), 'events', { ifExists: 'fail' });
	});
	afterAll(async () => await sandbox.close());

	const trigger = (parameters: object = {}): Partial<INode> => ({
		id: `event-trigger-${workflows++}`,
		type: 'n8n-nodes-resilient.s3EventTrigger',
		webhookId: 'hook',
		credentials: {
			resilientS3Api: { id: 's3', name: 'S3' },
			resilientS3EventsApi: { id: 'events', name: 'Events' },
		},
		parameters: parameters as INode['parameters'],
	});
	const record = (key: string, more: object = {}) => ({
		eventSource: 'aws:s3',
		eventName: 'ObjectCreated:Put',
		eventTime: '2026-11-25T20:00:00.000Z',
		s3: { bucket: { name: 'events' }, object: { key, size: 4, eTag: 'e', sequencer: '01' } },
		...more,
	});
	const records = (...keys: string[]) => ({ Records: keys.map((key) => record(key)) });

	/** A webhook of one workflow; its memory is kept as n8n keeps it. */
	const webhook = (parameters: object = {}) => {
		const node = trigger(parameters);
		let memory = '{}';
		return {
			forget: () => (memory = '{}'),
			async post(body: unknown, options: Options = {}) {
				const { headers = { authorization: `Bearer ${secret}` }, query = {} } = options;
				const { started = true } = options;
				const workflow = engine.activeWorkflow(node, JSON.parse(memory) as IDataObject);
				const answer = new Answer();
				const text = typeof body === 'string' ? body : JSON.stringify(body);
				const request = { body: {}, rawBody: Buffer.from(text), headers, params: {}, query };
				const context = engine.webhookContext(workflow, 'webhook', request, answer);
				const result = await engine.typeOf(workflow).webhook?.call(context);
				// n8n answers and saves once the run has been started.
				if (started) {
					answer.emit('finish');
					memory = JSON.stringify(workflow.staticData);
				}
				const items = result?.workflowData?.[0] ?? [];
				return {
					status: answer.statusCode,
					answer,
					items,
					keys: items.map(({ json }) => json.key),
				};
			},
		};
	};

	test('an event starts the workflow with one item per record', async () => {
		const { status, items } = await webhook().post(records('a+b.txt', 'c%2Bd.txt'));
		expect(status).toBe(200);
		expect(items.map(({ json }) => json)).toEqual([
			{
				event: 'created',
				eventName: 'ObjectCreated:Put',
				bucket: 'events',
				key: 'a b.txt',
				size: 4,
				etag: 'e',
				sequencer: '01',
				time: '2026-11-25T20:00:00.000Z',
				source: 'aws:s3',
				raw: record('a+b.txt'),
			},
			expect.objectContaining({ key: 'c+d.txt' }),
		]);
	});

	const basic = (user: string, password: string) =>
		`Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
	test.each([
		['a bearer token', {}, { authorization: `Bearer ${secret}` }, {}, 200],
		['the bare header', {}, { authorization: secret }, {}, 200],
		['the password of the address', {}, { authorization: basic('n8n', secret) }, {}, 200],
		['?token=', {}, {}, { token: secret }, 200],
		['a header of its own', { options: { header: 'X-Api-Key' } }, { 'x-api-key': secret }, {}, 200],
		['nothing', {}, {}, {}, 401],
		['an empty token', {}, {}, { token: '' }, 403],
		['another secret', {}, { authorization: 'Bearer other' }, {}, 403],
		['a part of it', {}, { authorization: `Bearer ${secret.slice(0, -1)}` }, {}, 403],
		['another password', {}, { authorization: basic(secret, 'x') }, {}, 403],
		['nothing, where none is asked for', { authentication: 'none' }, {}, {}, 200],
	])('%s', async (_name, parameters, headers, query, expected) => {
		const { status, items, answer } = await webhook(parameters).post(records('k'), {
			headers,
			query,
		});
		expect(status).toBe(expected);
		expect(items).toHaveLength(expected === 200 ? 1 : 0);
		expect(JSON.stringify(answer.body ?? '')).not.toContain(secret);
	});

	test('what is no event is refused for good; a test event is fine and starts nothing', async () => {
		const { post } = webhook();
		for (const body of ['no JSON', '{"hello":1}', '[]{'])
			expect(await post(body)).toMatchObject({ status: 400, items: [] });
		const testEvent = { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'events' };
		expect(await post(testEvent)).toMatchObject({ status: 200, items: [] });
	});

	test('kinds, prefix, suffix and patterns choose', async () => {
		const options = { prefix: 'in/', suffix: '.csv', exclude: '**/tmp/**' };
		const { post } = webhook({ events: ['created'], options });
		const deleted = record('in/gone.csv', { eventName: 'ObjectRemoved:Delete' });
		const body = records('in/a.csv', 'in/a.txt', 'out/a.csv', 'in/tmp/a.csv');
		expect((await post({ Records: [...body.Records, deleted] })).keys).toEqual(['in/a.csv']);
	});

	test('what is delivered twice starts one run, also after a restart; another version another', async () => {
		const { post } = webhook();
		expect((await post(records('a', 'a'))).keys).toEqual(['a']);
		expect((await post(records('a'))).keys).toEqual([]);
		expect((await post(records('a', 'b'))).keys).toEqual(['b']);
		(globalThis as never as Record<symbol, Map<string, unknown>>)[
			Symbol.for('n8n-nodes-resilient.s3EventTrigger.seen.v1')
		]?.clear();
		expect((await post(records('a', 'b'))).keys).toEqual([]);
		const s3 = { bucket: { name: 'events' }, object: { key: 'a', eTag: 'e', sequencer: '02' } };
		expect((await post({ Records: [record('a', { s3 })] })).keys).toEqual(['a']);
		const all = webhook({ options: { suppressDuplicates: false } });
		expect((await all.post(records('a', 'a'))).keys).toEqual(['a', 'a']);
	});

	test('an event whose run was not started is no duplicate when it comes again', async () => {
		const { post } = webhook();
		expect((await post(records('a'), { started: false })).keys).toEqual(['a']);
		expect((await post(records('a'))).keys).toEqual(['a']);
		expect((await post(records('a'))).keys).toEqual([]);
	});

	test('where n8n overwrites what it keeps, the process remembers', async () => {
		const hook = webhook();
		await hook.post(records('a'));
		hook.forget();
		expect((await hook.post(records('a'))).keys).toEqual([]);
	});

	test('messages of SNS that are not signed by SNS are refused', async () => {
		const message = {
			Type: 'Notification',
			MessageId: 'm',
			TopicArn: 'arn:aws:sns:us-east-1:1:topic',
			Message: JSON.stringify(records('a')),
			Timestamp: '2026-11-25T20:00:00.000Z',
			SignatureVersion: '1',
			Signature: 'AAAA',
			SigningCertURL: 'https://evil.example/cert.pem',
		};
		const { TopicArn: topicArn } = message;
		const sns = webhook({ authentication: 'sns', topicArn });
		expect(await sns.post(message, { headers: {} })).toMatchObject({ status: 403, items: [] });
		expect(await sns.post(records('a'), { headers: {} })).toMatchObject({ status: 403, items: [] });
		const other = { ...message, TopicArn: 'arn:aws:sns:us-east-1:2:theirs' };
		expect(await sns.post(other, { headers: {} })).toMatchObject({ status: 403, items: [] });
		expect(await webhook({ authentication: 'sns' }).post(message)).toMatchObject({ status: 403 });
		expect(await webhook().post(message)).toMatchObject({ status: 403, items: [] });
	});

	test('the content comes along', async () => {
		await putObject(clientOf(sandbox), 'events', 'with text.txt', Buffer.from('text'), {});
		const { items } = await webhook({ download: true }).post(records('with+text.txt', 'gone'));
		expect(Buffer.from(items[0]?.binary?.data?.data ?? '', 'base64').toString()).toBe('text');
		expect(items[1]?.json.contentError).toMatch(/gone/);
	});

	test('an event whose content could not be read is no duplicate when it comes again', async () => {
		await putObject(clientOf(sandbox), 'events', 'later', Buffer.from('text'), {});
		const { post } = webhook({ download: true });
		sandbox.faults.add({
			kind: 'status',
			status: 403,
			code: 'InvalidAccessKeyId',
			times: 1,
			match: ({ operation }) => operation === 'GetObject',
		});
		expect(await post(records('later'))).toMatchObject({ status: 503, items: [] });
		expect(await post(records('later'))).toMatchObject({ status: 200, keys: ['later'] });
		expect(await post(records('later'))).toMatchObject({ status: 200, keys: [] });
	});

	test('switched off, nothing is registered anywhere', async () => {
		const workflow = engine.activeWorkflow(trigger());
		const methods = engine.typeOf(workflow).webhookMethods?.default;
		const before = sandbox.requests.length;
		for (const name of ['checkExists', 'create', 'delete'] as const)
			expect(await methods?.[name]?.call(engine.hookContext(workflow))).toBe(true);
		expect(sandbox.requests.length).toBe(before);
	});
}
