import { bucket } from '../../../nodes/S3/actions/bucket/bucket.resource';
import type { S3Client } from '../../../nodes/S3/transport/client';
import { putObject } from '../../../nodes/S3/transport/objects';
import { UNKNOWN_SERVER } from '../../../nodes/S3/transport/quirks';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { clientOf, failureOf, isA } from '../clientOf';
import { startScriptedServer, type ScriptedServer } from '../scriptedServer';

let sandbox: S3Sandbox;
let scripted: ScriptedServer;
let s3: S3Client;

beforeEach(async () => {
	sandbox = await startS3Sandbox();
	scripted = await startScriptedServer();
	s3 = clientOf(sandbox);
});
afterEach(async () => {
	await sandbox.close();
	await scripted.close();
});

async function act(operation: string, input: object, client = s3): Promise<unknown> {
	const { execute } = bucket.operations.find(({ value }) => value === operation) ?? {};
	const never = () => Promise.reject(new Error('It has no files'));
	const all = {
		bucket: 'b-1',
		ifExists: 'fail',
		prefix: '',
		returnAll: true,
		options: {},
		...input,
	};
	return await execute?.(client, all, { open: never, save: never });
}

describe('create', () => {
	test('servers that take the creation of a bucket that is there for a success', async () => {
		const client = clientOf(scripted);
		scripted.answer({ status: 200 });
		const failure = await failureOf(act('create', {}, client));
		expect(failure).toMatchObject({ code: 'BucketAlreadyExists', kind: 'conflict' });
		expect(scripted.requests.map(({ method }) => method)).toEqual(['HEAD']);
		expect(await act('create', { ifExists: 'keep' }, client)).toEqual({
			bucket: 'b-1',
			created: false,
		});
	});

	test('who may not look may create', async () => {
		scripted.answer({ status: 403 }, { status: 200 });
		expect(await act('create', {}, clientOf(scripted))).toEqual({ bucket: 'b-1', created: true });
	});

	test('region, lock, ownership and ACL are sent', async () => {
		const locked =
			'<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>';
		scripted.answer({ status: 404 }, { status: 200 }, { status: 200, body: locked });
		const options = {
			region: ' eu-central-1 ',
			acl: 'private',
			objectLock: true,
			ownership: 'BucketOwnerEnforced',
		};
		await act('create', { options }, clientOf(scripted));
		const [, put] = scripted.requests;
		expect(put?.headers).toMatchObject({
			'x-amz-acl': 'private',
			'x-amz-bucket-object-lock-enabled': 'true',
			'x-amz-object-ownership': 'BucketOwnerEnforced',
		});
		expect(put?.body).toContain('<LocationConstraint>eu-central-1</LocationConstraint>');
		expect(put?.headers.authorization).toContain('/eu-central-1/s3/');
	});
});

describe('getMany', () => {
	const page = (names: string[], next = '') => ({
		status: 200,
		body: `<ListAllMyBucketsResult><Buckets>${names
			.map((name) => `<Bucket><Name>${name}</Name><BucketRegion>eu-west-1</BucketRegion></Bucket>`)
			.join(
				'',
			)}</Buckets>${next && `<ContinuationToken>${next}</ContinuationToken>`}</ListAllMyBucketsResult>`,
	});
	const names = (rows: unknown) => (rows as Array<{ bucket: string }>).map((row) => row.bucket);
	const paged = () => ({
		...clientOf(scripted),
		quirks: { ...UNKNOWN_SERVER, bucketPages: true },
	});

	test('all pages, by prefix', async () => {
		scripted.answer(page(['a-1', 'a-2'], 'to/ken+'), page(['a-3']));
		const listed = await act('getMany', { prefix: 'a-' }, paged());
		expect(names(listed)).toEqual(['a-1', 'a-2', 'a-3']);
		expect(listed).toMatchObject([{ region: 'eu-west-1' }, {}, {}]);
		expect(scripted.requests.map(({ target }) => target)).toEqual([
			'/?max-buckets=10000&prefix=a-',
			'/?continuation-token=to%2Fken%2B&max-buckets=10000&prefix=a-',
		]);
	});

	test('a limit ends it, and a server without pages is asked plainly', async () => {
		scripted.answer(page(['a-1', 'b-1', 'a-2', 'a-3']));
		const input = { prefix: 'a-', returnAll: false, limit: 2 };
		expect(names(await act('getMany', input, clientOf(scripted)))).toEqual(['a-1', 'a-2']);
		expect(scripted.requests.map(({ target }) => target)).toEqual(['/']);
	});

	test('a server that sends the same page forever is found out', async () => {
		scripted.answer(page(['a'], 'same'));
		expect(await failureOf(act('getMany', {}, paged()))).toMatchObject({ code: 'NO_NEXT_PAGE' });
	});

	test('an account without buckets has no rows', async () => {
		expect(await act('getMany', {})).toEqual([]);
	});
});

describe('delete', () => {
	const fill = async () => {
		await act('create', {});
		for (const key of ['a', 'b/c', 'd\u0001'])
			await putObject(s3, 'b-1', key, Buffer.from('x'), {});
	};

	test('what is in it goes only if that is asked for', async () => {
		await fill();
		expect(await failureOf(act('delete', {}))).toMatchObject({ code: 'BucketNotEmpty' });
		expect(sandbox.buckets.size).toBe(1);
		expect(await act('delete', { options: { emptyFirst: true } })).toEqual({
			bucket: 'b-1',
			deleted: true,
			deletedObjects: 3,
		});
		expect(sandbox.buckets.size).toBe(0);
	});

	test('versions and delete markers go too', async () => {
		await act('create', {});
		await act('setConfiguration', { kind: 'versioning', status: 'Enabled', configuration: {} });
		await fillVersions();
		expect(await act('delete', { options: { emptyFirst: true } })).toMatchObject({
			deletedObjects: 3,
		});
		expect(sandbox.buckets.size).toBe(0);
	});
	/** Two versions and a delete marker. */
	const fillVersions = async () => {
		for (const text of ['1', '2']) await putObject(s3, 'b-1', 'a', Buffer.from(text), {});
		const gone = { operation: 'DeleteObject', method: 'DELETE' as const, bucket: 'b-1', key: 'a' };
		await s3.call(gone, () => {});
	};

	test('a server without versions is emptied all the same', async () => {
		await fill();
		const noVersions = { status: 501, code: 'NotImplemented', match: isA('ListObjectVersions') };
		sandbox.faults.add({ kind: 'status', ...noVersions });
		expect(await act('delete', { options: { emptyFirst: true } })).toMatchObject({
			deletedObjects: 3,
		});
	});

	test('a bucket of which something stays, stays', async () => {
		await fill();
		sandbox.faults.add({
			kind: 'status',
			status: 403,
			code: 'AccessDenied',
			match: isA('DeleteObjects'),
		});
		expect(await failureOf(act('delete', { options: { emptyFirst: true } }))).toMatchObject({
			code: 'AccessDenied',
		});
		expect(sandbox.buckets.size).toBe(1);
	});
});
