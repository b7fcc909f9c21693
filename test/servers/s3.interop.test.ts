import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createBucket } from '../../nodes/S3/transport/buckets';
import type { S3Client } from '../../nodes/S3/transport/client';
import { download } from '../../nodes/S3/transport/download';
import { listObjects } from '../../nodes/S3/transport/listing';
import { headObject } from '../../nodes/S3/transport/objects';
import { upload } from '../../nodes/S3/transport/upload';
import { clientOf } from '../S3/clientOf';
import { needs } from '../needs';
import { run } from '../sandbox/s3/program.ts';
import { succeeded } from '../sandbox/s3/toolbench.ts';
import { startRadosgw, type Radosgw } from './radosgw/start.ts';

jest.setTimeout(60_000);

const MIB = 1024 ** 2;
const FILES: Record<string, Buffer> = {
	empty: Buffer.alloc(0),
	'small +ü & more.txt': Buffer.from('small'),
	'big.bin': randomBytes(17 * MIB),
};

needs(
	'radosgw',
	'ceph-mon',
	'ceph-osd',
	'ceph',
)('files on Ceph, written and read by turns', () => {
	let gateway: Radosgw;
	let s3: S3Client;
	const folder = mkdtempSync(path.join(tmpdir(), 's3-interop-'));
	const inFolder = (name: string) => path.join(folder, name);

	beforeAll(async () => {
		gateway = await startRadosgw();
		s3 = clientOf(gateway, gateway);
		await createBucket(s3, 'ours', { ifExists: 'fail' });
		for (const [name, bytes] of Object.entries(FILES)) {
			await upload(s3, {
				bucket: 'ours',
				key: `dir/${name}`,
				source: Readable.from([bytes]),
				size: bytes.length,
				headers: { 'content-type': 'x/y' },
				partBytes: 5 * MIB,
				parallel: 3,
			});
			writeFileSync(inFolder(name), bytes);
		}
	}, 120_000);
	afterAll(async () => {
		await gateway?.stop();
		rmSync(folder, { recursive: true, force: true });
	});

	/** All that a bucket holds, read by us. */
	async function readAll(bucket: string): Promise<Record<string, Buffer>> {
		const found: Record<string, Buffer> = {};
		for await (const page of listObjects(s3, bucket, { limit: Infinity })) {
			for (const { key } of page) {
				const { info, body } = await download(s3, { bucket, key });
				found[key] = await buffer(body);
				expect(info.size).toBe(found[key].length);
			}
		}
		return found;
	}
	/** The names that differ; comparing megabytes with toEqual takes minutes. */
	const differing = (found: Record<string, Buffer>, prefix = '') =>
		Object.entries(FILES)
			.filter(([name, bytes]) => !found[prefix + name]?.equals(bytes))
			.map(([name]) => name)
			.concat(Object.keys(found).filter((key) => !(key.slice(prefix.length) in FILES)));
	const onDisk = (where: string) =>
		Object.fromEntries(
			Object.keys(FILES).map((name) => [name, readFileSync(path.join(where, name))]),
		);
	const empty = (name: string) => {
		mkdirSync(inFolder(name));
		return inFolder(name);
	};
	/** Parts of a multipart object, as its ETag tells them. */
	const partsOf = async (bucket: string, key: string) =>
		Number(/-(\d+)$/.exec((await headObject(s3, bucket, key)).etag)?.[1] ?? 1);

	needs('aws')('aws-cli', () => {
		const aws = async (...args: string[]) =>
			succeeded(
				await run('aws', ['--endpoint-url', gateway.endpoint, 's3', ...args], {
					HOME: folder,
					AWS_ACCESS_KEY_ID: gateway.accessKeyId,
					AWS_SECRET_ACCESS_KEY: gateway.secretAccessKey,
					AWS_DEFAULT_REGION: gateway.region,
					AWS_EC2_METADATA_DISABLED: 'true',
				}),
			);

		test('reads what we wrote', async () => {
			const target = empty('by-aws');
			await aws('cp', '--recursive', '--only-show-errors', 's3://ours/dir/', target);
			expect(differing(onDisk(target))).toEqual([]);
		});

		test('writes what we read, in parts and in one piece', async () => {
			await aws('mb', 's3://aws');
			for (const name of Object.keys(FILES)) {
				await aws('cp', '--only-show-errors', inFolder(name), `s3://aws/dir/${name}`);
			}
			expect(differing(await readAll('aws'), 'dir/')).toEqual([]);
			expect(await partsOf('aws', 'dir/big.bin')).toBeGreaterThan(1);
		});
	});

	needs('s3cmd')('s3cmd', () => {
		beforeAll(() => {
			const host = new URL(gateway.endpoint).host;
			writeFileSync(
				inFolder('s3cfg'),
				`[default]\naccess_key = ${gateway.accessKeyId}\nsecret_key = ${gateway.secretAccessKey}\n` +
					`host_base = ${host}\nhost_bucket = ${host}\nuse_https = False\n`,
			);
		});
		const s3cmd = async (...args: string[]) =>
			succeeded(
				await run('s3cmd', ['-c', inFolder('s3cfg'), '--no-progress', ...args], {
					HOME: folder,
					LANG: 'C.UTF-8',
				}),
			);

		test('reads what we wrote', async () => {
			const target = empty('by-s3cmd');
			await s3cmd('get', '--recursive', 's3://ours/dir/', `${target}/`);
			expect(differing(onDisk(target))).toEqual([]);
		});

		test('writes what we read, in parts and in one piece', async () => {
			await s3cmd('mb', 's3://s3cmd');
			for (const name of Object.keys(FILES)) {
				const target = `s3://s3cmd/dir/${name}`;
				await s3cmd('put', '--multipart-chunk-size-mb=5', inFolder(name), target);
			}
			expect(differing(await readAll('s3cmd'), 'dir/')).toEqual([]);
			expect(await partsOf('s3cmd', 'dir/big.bin')).toBe(4);
		});
	});

	needs('rclone')('rclone', () => {
		const rclone = async (...args: string[]) =>
			await run('rclone', ['--config', inFolder('rclone.conf'), '--retries', '1', ...args], {
				HOME: folder,
				RCLONE_CONFIG_R_TYPE: 's3',
				RCLONE_CONFIG_R_PROVIDER: 'Ceph',
				RCLONE_CONFIG_R_ACCESS_KEY_ID: gateway.accessKeyId,
				RCLONE_CONFIG_R_SECRET_ACCESS_KEY: gateway.secretAccessKey,
				RCLONE_CONFIG_R_ENDPOINT: gateway.endpoint,
				RCLONE_S3_UPLOAD_CUTOFF: '6M',
				RCLONE_S3_CHUNK_SIZE: '5M',
			});

		test('reads what we wrote, and finds it equal', async () => {
			const target = empty('by-rclone');
			succeeded(await rclone('copy', 'r:ours/dir', target));
			expect(differing(onDisk(target))).toEqual([]);
			const checked = await rclone('check', '--download', target, 'r:ours/dir');
			expect(checked.output).toContain(`${Object.keys(FILES).length} matching files`);
		});

		test('writes what we read, in parts and in one piece', async () => {
			const tree = empty('for-rclone');
			for (const [name, bytes] of Object.entries(FILES)) {
				writeFileSync(path.join(tree, name), bytes);
			}
			succeeded(await rclone('copy', tree, 'r:rclone/dir'));
			expect(differing(await readAll('rclone'), 'dir/')).toEqual([]);
			expect(await partsOf('rclone', 'dir/big.bin')).toBe(4);
		});
	});
});
