import { create } from '../../../nodes/S3/actions/bucket/create.operation';
import { create as createUpload } from '../../../nodes/S3/actions/multipartUpload/create.operation';
import { copy } from '../../../nodes/S3/actions/object/copy.operation';
import { move } from '../../../nodes/S3/actions/object/move.operation';
import { upload } from '../../../nodes/S3/actions/object/upload.operation';
import { clientOf, failureOf } from '../clientOf';
import { errorXml, startScriptedServer, type ScriptedServer } from '../scriptedServer';
import { act } from './acting';

let server: ScriptedServer;

beforeAll(async () => {
	server = await startScriptedServer();
});
afterAll(async () => await server.close());
beforeEach(() => (server.requests.length = 0));

const done = { status: 200, headers: { etag: '"e"' } };
// What Swift (measured with 2.30) answers to GetObjectLockConfiguration.
const list = { status: 200, body: '<ListBucketResult><Name>b</Name></ListBucketResult>' };
const lock = { settings: { mode: 'GOVERNANCE', retainUntil: '2040-01-01T00:00:00Z' } };
const from = { sourceBucket: 'b', sourceKey: 'a' };
const sent = () => server.requests.map(({ method, target }) => `${method} ${target}`);
const LOOK = 'GET /b?object-lock=';

test.each([
	['uploaded', upload, { source: 'text', text: 'x' }],
	['copied', copy, from],
	['moved', move, from],
	['uploaded in parts', createUpload, {}],
])(
	'where the server does not know locks, nothing is %s under one',
	async (_how, operation, input) => {
		server.answer(list);
		const given = { bucket: 'b', key: 'k', ...input, options: { lock } };
		expect(await failureOf(act(operation, clientOf(server), given))).toMatchObject({
			code: 'NotImplemented',
			kind: 'invalid',
		});
		expect(sent()).toEqual([LOOK]);
	},
);

test.each([
	['knows locks', { status: 404, body: errorXml('ObjectLockConfigurationNotFoundError') }],
	['does not show it to this key', { status: 403, body: errorXml('AccessDenied') }],
])('where the server %s, it decides', async (_what, answer) => {
	server.answer(answer, done);
	const given = { bucket: 'b', key: 'k', source: 'text', text: 'x', options: { lock } };
	await act(upload, clientOf(server), given);
	expect(sent()).toEqual([LOOK, 'PUT /b/k']);
	expect(server.requests[1]?.headers['x-amz-object-lock-mode']).toBe('GOVERNANCE');
});

test('a key that may not see it is asked for once per bucket and run', async () => {
	const s3 = clientOf(server);
	const store = async (bucket: string) =>
		await act(upload, s3, { bucket, key: 'k', source: 'text', text: 'x', options: { lock } });
	const denied = { status: 403, body: errorXml('AccessDenied') };
	server.answer(denied, done, done, list);
	for (const bucket of ['b', 'b']) await store(bucket);
	// Of the server it says nothing.
	expect(await failureOf(store('other'))).toMatchObject({ code: 'NotImplemented' });
	expect(sent()).toEqual([LOOK, 'PUT /b/k', 'PUT /b/k', 'GET /other?object-lock=']);
});

describe('a bucket that is made for locks', () => {
	const make = async () =>
		await act(create, clientOf(server), {
			...{ bucket: 'locked', ifExists: 'fail' },
			options: { objectLock: true },
		});
	const absent = { status: 404 };

	test.each([
		['took no notice', list],
		['has none', { status: 404, body: errorXml('ObjectLockConfigurationNotFoundError') }],
		['does not have the function', { status: 501, body: errorXml('NotImplemented') }],
	])('fails, with what is there, where the server %s', async (_what, answer) => {
		server.answer(absent, done, answer);
		const failure = await failureOf(make());
		expect(failure).toMatchObject({ code: 'OBJECT_LOCK_IGNORED', phase: 'maybeDone' });
		expect(failure.message).toMatch(/bucket "locked" was made, but without Object Lock/);
	});

	test('is one where the server says so, or says nothing to this key', async () => {
		const enabled =
			'<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>';
		for (const answer of [
			{ status: 200, body: enabled },
			{ status: 403, body: errorXml('AccessDenied') },
		]) {
			server.answer(absent, done, answer);
			expect((await make()).rows).toEqual([{ bucket: 'locked', created: true }]);
		}
	});
});
