import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { needs } from '../../needs';
import { run } from './program.ts';
import { keysOf } from './sdk.ts';
import { numbered, succeeded, Toolbench } from './toolbench.ts';

jest.setTimeout(120_000);

let bench: Toolbench;

beforeAll(async () => {
	bench = await Toolbench.open();
});

beforeEach(() => bench.forget());
afterEach(() => bench.expectClean());
afterAll(() => bench.close());

needs('rclone')('rclone', () => {
	const rclone = (...args: string[]) =>
		run(
			'rclone',
			['--config', '/dev/null', '--retries', '1', '--low-level-retries', '1', ...args],
			{
				HOME: bench.folder,
				RCLONE_CONFIG_R_TYPE: 's3',
				RCLONE_CONFIG_R_PROVIDER: 'Other',
				RCLONE_CONFIG_R_ACCESS_KEY_ID: keysOf(bench.sandbox).accessKeyId,
				RCLONE_CONFIG_R_SECRET_ACCESS_KEY: keysOf(bench.sandbox).secretAccessKey,
				RCLONE_CONFIG_R_ENDPOINT: bench.sandbox.endpoint,
				RCLONE_S3_UPLOAD_CUTOFF: '6M',
				RCLONE_S3_CHUNK_SIZE: '5M',
			},
		);

	test('copies a tree up, finds it equal, moves within the server and purges it', async () => {
		const tree = path.join(bench.folder, 'tree');
		mkdirSync(path.join(tree, 'sub dir'), { recursive: true });
		const names = ['plus+', 'percent%41', 'hash#', 'ümläut', 'question?', 'a&b', "quote'"];
		for (const name of names) writeFileSync(path.join(tree, 'sub dir', name), name);
		writeFileSync(path.join(tree, 'empty'), '');
		writeFileSync(path.join(tree, 'big'), randomBytes(12 * 1024 ** 2));
		succeeded(await rclone('copy', tree, 'r:rclone-bucket/top'));
		for (const name of names) {
			expect(bench.sandbox.read('rclone-bucket', `top/sub dir/${name}`)?.toString()).toBe(name);
		}
		expect(bench.operations()).toContain('CompleteMultipartUpload');
		const checked = await rclone('check', '--download', tree, 'r:rclone-bucket/top');
		expect(checked.output).toContain(`${names.length + 2} matching files`);
		succeeded(await rclone('copy', 'r:rclone-bucket/top', 'r:rclone-bucket/copy'));
		expect(bench.operations()).toContain('CopyObject');
		const listed = succeeded(await rclone('lsf', '-R', '--files-only', 'r:rclone-bucket/copy'));
		expect(listed.trim().split('\n')).toHaveLength(names.length + 2);
		succeeded(await rclone('purge', 'r:rclone-bucket'));
		expect(bench.sandbox.buckets.has('rclone-bucket')).toBe(false);
	});

	test('pages with ListObjects version 1', async () => {
		await bench.sdk.send(new CreateBucketCommand({ Bucket: 'rclone-list' }));
		await bench.fill('rclone-list', numbered(1500));
		bench.forget();
		const args = ['lsf', '-R', '--files-only', '--s3-list-version', '1', 'r:rclone-list'];
		expect(
			succeeded(await rclone(...args))
				.trim()
				.split('\n'),
		).toEqual(numbered(1500));
		expect(bench.operations()).toEqual(['ListObjects']);
	});
});
