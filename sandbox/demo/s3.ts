import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { DemoSystem } from '../host/demo.ts';
import { defaultAccount, startS3Sandbox } from '../s3/server.ts';

/**
 * An S3 server with five orders in `orders/inbox/` and a bucket for the invoices of all regions
 * but one. To the first upload and the third it says that it has too much to do.
 */
export async function startS3Demo(root: string): Promise<DemoSystem> {
	const sandbox = await startS3Sandbox();
	const { endpoint, region } = sandbox;
	const { accessKeyId, secretAccessKey } = defaultAccount;
	const aws = new S3Client({
		endpoint,
		region,
		forcePathStyle: true,
		credentials: { accessKeyId, secretAccessKey },
	});
	for (const Bucket of ['orders', 'invoices-eu', 'invoices-us']) {
		await aws.send(new CreateBucketCommand({ Bucket }));
	}
	const inbox = path.join(root, 'sandbox', 'demo', 's3', 'inbox');
	for (const file of readdirSync(inbox)) {
		const Body = readFileSync(path.join(inbox, file));
		await aws.send(new PutObjectCommand({ Bucket: 'orders', Key: `inbox/${file}`, Body }));
	}
	aws.destroy();
	sandbox.requests.length = 0;
	for (const order of ['1001', '1003']) {
		sandbox.faults.add({
			kind: 'status',
			status: 503,
			code: 'SlowDown',
			times: 1,
			match: ({ method, key }) => method === 'PUT' && key === `done/invoice-${order}.csv`,
		});
	}
	return {
		values: { endpoint, region, accessKeyId, secretAccessKey },
		stored: () =>
			Object.fromEntries(
				[...sandbox.buckets]
					.filter(([bucket]) => bucket !== 'orders')
					.flatMap(([bucket, { objects }]) =>
						[...objects.keys()].map((key) => [
							`${bucket}/${key}`,
							sandbox.read(bucket, key)?.toString() ?? '',
						]),
					),
			),
		story() {
			const busy = sandbox.requests.filter(({ status }) => status === 503).length;
			return `The S3 server at ${endpoint} got ${sandbox.requests.length} requests and answered ${busy} of them with 503 SlowDown.`;
		},
		close: async () => await sandbox.close(),
	};
}
