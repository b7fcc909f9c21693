import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { needs } from '../../needs';
import { run } from './program.ts';
import { keysOf } from './sdk.ts';
import { succeeded, Toolbench } from './toolbench.ts';

jest.setTimeout(120_000);

let bench: Toolbench;

beforeAll(async () => {
	bench = await Toolbench.open();
});

beforeEach(() => bench.forget());
afterEach(() => bench.expectClean());
afterAll(() => bench.close());

needs('s3cmd')('s3cmd', () => {
	let config: string;

	beforeAll(() => {
		config = path.join(bench.folder, 's3cfg');
		const { accessKeyId, secretAccessKey } = keysOf(bench.sandbox);
		const host = `127.0.0.1:${bench.sandbox.port}`;
		writeFileSync(
			config,
			`[default]\naccess_key = ${accessKeyId}\nsecret_key = ${secretAccessKey}\n` +
				`host_base = ${host}\nhost_bucket = ${host}\nuse_https = False\n`,
		);
	});

	const s3cmd = (...args: string[]) =>
		run('s3cmd', ['-c', config, '--no-progress', ...args], { HOME: bench.folder, LANG: 'C.UTF-8' });

	test('makes a bucket, puts in parts, gets, copies, lists and deletes', async () => {
		const { file, data } = bench.bigFile('s3cmd.bin');
		const target = 's3://s3cmd-bucket/dir/big +ü.bin';
		succeeded(await s3cmd('mb', 's3://s3cmd-bucket'));
		succeeded(await s3cmd('put', '--multipart-chunk-size-mb=5', file, target));
		expect(bench.operations()).toContain('CompleteMultipartUpload');
		expect(bench.sandbox.read('s3cmd-bucket', 'dir/big +ü.bin')?.equals(data)).toBe(true);
		succeeded(await s3cmd('get', target, `${file}.back`));
		expect(readFileSync(`${file}.back`).equals(data)).toBe(true);
		const small = path.join(bench.folder, 'small');
		writeFileSync(small, 'small');
		succeeded(await s3cmd('put', '--add-header=x-amz-meta-a:b', small, 's3://s3cmd-bucket/small'));
		succeeded(await s3cmd('cp', 's3://s3cmd-bucket/small', 's3://s3cmd-bucket/moved/small'));
		expect(bench.sandbox.read('s3cmd-bucket', 'moved/small')?.toString()).toBe('small');
		const listed = succeeded(await s3cmd('ls', '-r', 's3://s3cmd-bucket'));
		expect(listed.match(/s3:\/\/.*/g)).toEqual([
			target,
			's3://s3cmd-bucket/moved/small',
			's3://s3cmd-bucket/small',
		]);
		succeeded(await s3cmd('del', '-r', '--force', 's3://s3cmd-bucket'));
		expect(bench.operations()).toContain('DeleteObjects');
		succeeded(await s3cmd('rb', 's3://s3cmd-bucket'));
		expect(bench.sandbox.buckets.has('s3cmd-bucket')).toBe(false);
	});

	test('reports the code of an error', async () => {
		const absent = await s3cmd('ls', 's3://absent-bucket');
		expect(absent.output).toContain('NoSuchBucket');
		const wrong = await s3cmd('--secret_key=wrong', 'ls');
		expect(wrong.output).toContain('SignatureDoesNotMatch');
	});
});
