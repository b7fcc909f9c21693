import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { DemoSystem } from '../host/demo.ts';
import { defaultAccount, startS3Sandbox } from '../s3/server.ts';

const DAY = '2026-11-24';

/**
 * An S3 server with the six scans of one day and an empty archive. Of one scan the server has lost a
 * bit since it was stored, as disks do.
 */
export async function startArchiveDemo(): Promise<DemoSystem> {
	const sandbox = await startS3Sandbox();
	const { endpoint, region } = sandbox;
	const { accessKeyId, secretAccessKey } = defaultAccount;
	const aws = new S3Client({
		endpoint,
		region,
		forcePathStyle: true,
		credentials: { accessKeyId, secretAccessKey },
	});
	for (const Bucket of ['scans', 'archive']) await aws.send(new CreateBucketCommand({ Bucket }));
	for (const number of [1, 2, 3, 4, 5, 6]) {
		await aws.send(
			new PutObjectCommand({
				Bucket: 'scans',
				Key: `${DAY}/scan-${number}.txt`,
				Body: `Delivery note ${number} of ${DAY}`,
			}),
		);
	}
	await aws.send(new PutObjectCommand({ Bucket: 'scans', Key: `${DAY}/.lock`, Body: '' }));
	aws.destroy();
	const damaged = sandbox.buckets.get('scans')?.objects.get(`${DAY}/scan-4.txt`)?.chunks[0];
	damaged?.writeUInt8(damaged.readUInt8(0) ^ 1, 0);
	sandbox.requests.length = 0;
	return {
		values: { endpoint, region, accessKeyId, secretAccessKey },
		stored: () =>
			Object.fromEntries(
				[...sandbox.buckets].flatMap(([bucket, { objects }]) =>
					[...objects.keys()].map((key) => [
						`${bucket}/${key}`,
						sandbox.read(bucket, key)?.toString() ?? '',
					]),
				),
			),
		story: () =>
			`The S3 server at ${endpoint} has five scans in the archive; the sixth, damaged, is where it was, with a tag that says so.`,
		close: async () => await sandbox.close(),
	};
}
