import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { needs } from '../needs';
import { killedUploads } from '../S3/killedUploads';
import { startRadosgw } from './radosgw/start.ts';

needs(
	'radosgw',
	'ceph-mon',
	'ceph-osd',
	'ceph',
)('uploads to Ceph that are killed', () => {
	killedUploads(async () => {
		const { endpoint, region, accessKeyId, secretAccessKey, stop } = await startRadosgw();
		const credentials = { accessKeyId, secretAccessKey };
		// Read with Amazon's own client.
		const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
		return {
			credential: { endpoint, region, ...credentials },
			contentOf: async (Bucket, Key) => {
				const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
				return Buffer.from((await Body?.transformToByteArray()) ?? []);
			},
			stop,
		};
	});
});
