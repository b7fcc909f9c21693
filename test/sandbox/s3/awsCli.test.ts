import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { readFileSync } from 'node:fs';
import { needs } from '../../needs';
import { awsCli } from './aws.ts';
import { oddKeys } from './oddKeys.ts';
import { numbered, succeeded, Toolbench } from './toolbench.ts';

jest.setTimeout(120_000);

let bench: Toolbench;

beforeAll(async () => {
	bench = await Toolbench.open();
});

beforeEach(() => bench.forget());
afterEach(() => bench.expectClean());
afterAll(() => bench.close());

needs('aws')('aws-cli', () => {
	const aws = (args: string[], change: Record<string, string> = {}) => awsCli(bench)(args, change);

	test('copies a large file up in parts and down again', async () => {
		const { file, data } = bench.bigFile('aws.bin');
		succeeded(await aws(['s3', 'mb', 's3://aws-bucket']));
		succeeded(await aws(['s3', 'cp', file, 's3://aws-bucket/dir/big +ü.bin']));
		expect(bench.sandbox.read('aws-bucket', 'dir/big +ü.bin')?.equals(data)).toBe(true);
		expect(bench.operations()).toContain('CompleteMultipartUpload');
		succeeded(await aws(['s3', 'cp', 's3://aws-bucket/dir/big +ü.bin', `${file}.back`]));
		expect(readFileSync(`${file}.back`).equals(data)).toBe(true);
	});

	test('copies within the server in parts', async () => {
		const [from, to] = ['s3://aws-bucket/dir/big +ü.bin', 's3://aws-bucket/copied.bin'];
		succeeded(await aws(['s3', 'cp', from, to]));
		expect(bench.operations()).toContain('UploadPartCopy');
		const original = bench.sandbox.read('aws-bucket', 'dir/big +ü.bin');
		expect(
			bench.sandbox.read('aws-bucket', 'copied.bin')?.equals(original ?? Buffer.alloc(0)),
		).toBe(true);
	});

	test('lists 1,500 objects with version 1 and version 2', async () => {
		const keys = numbered(1500);
		await bench.fill('aws-bucket', keys);
		const query = ['--query', 'Contents[].Key', '--prefix', 'many/'];
		const listed = succeeded(
			await aws(['s3api', 'list-objects-v2', '--bucket', 'aws-bucket', ...query]),
		);
		expect(JSON.parse(listed)).toEqual(keys);
		const listedV1 = succeeded(
			await aws(['s3api', 'list-objects', '--bucket', 'aws-bucket', ...query]),
		);
		expect(JSON.parse(listedV1)).toEqual(keys);
	});

	test('lists odd keys exactly', async () => {
		await bench.sdk.send(new CreateBucketCommand({ Bucket: 'aws-odd' }));
		await bench.fill('aws-odd', oddKeys);
		const args = ['s3api', 'list-objects-v2', '--bucket', 'aws-odd', '--query', 'Contents[].Key'];
		const listed = JSON.parse(succeeded(await aws(args))) as string[];
		expect(new Set(listed)).toEqual(new Set(oddKeys));
	});

	test('deletes with DeleteObjects', async () => {
		const Objects = ['a', 'b'].map((Key) => ({ Key }));
		await bench.fill('aws-bucket', ['a', 'b']);
		const deleted = succeeded(
			await aws([
				's3api',
				'delete-objects',
				'--bucket',
				'aws-bucket',
				'--delete',
				JSON.stringify({ Objects }),
			]),
		);
		expect(JSON.parse(deleted)).toEqual({ Deleted: Objects });
		expect(bench.sandbox.read('aws-bucket', 'a')).toBeUndefined();
	});

	test('presigns what anybody can fetch', async () => {
		await bench.fill('aws-bucket', ['signed +']);
		const url = succeeded(await aws(['s3', 'presign', 's3://aws-bucket/signed +'])).trim();
		expect(await (await fetch(url)).text()).toBe('signed +');
	});

	test.each<[string, string[], Record<string, string>]>([
		['SignatureDoesNotMatch', ['s3', 'ls'], { AWS_SECRET_ACCESS_KEY: 'wrong' }],
		['InvalidAccessKeyId', ['s3', 'ls'], { AWS_ACCESS_KEY_ID: 'AKIAWRONG' }],
		['InvalidToken', ['s3', 'ls'], { AWS_SESSION_TOKEN: 'wrong' }],
		['NoSuchBucket', ['s3', 'ls', 's3://absent-bucket'], {}],
		['BucketNotEmpty', ['s3', 'rb', 's3://aws-odd'], {}],
		[
			'NotImplemented',
			['s3api', 'list-bucket-analytics-configurations', '--bucket', 'aws-odd'],
			{},
		],
	])('reports %s', async (code, args, environment) => {
		const { code: exit, output } = await aws(args, environment);
		expect(exit).not.toBe(0);
		expect(output).toContain(`An error occurred (${code})`);
		bench.forget();
	});

	test('finds the region out from AuthorizationHeaderMalformed', async () => {
		const { code, output } = await aws(['s3', 'ls', 's3://aws-odd'], {
			AWS_DEFAULT_REGION: 'eu-west-1',
		});
		expect({ code, output }).toMatchObject({ code: 0 });
		expect(bench.sandbox.requests.map((one) => one.code ?? one.status)).toContain(
			'AuthorizationHeaderMalformed',
		);
	});
});
