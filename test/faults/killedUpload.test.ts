import { defaultAccount, startS3Sandbox } from '../../sandbox/s3/server.ts';
import { killedUploads } from '../S3/killedUploads';

killedUploads(async () => {
	const sandbox = await startS3Sandbox();
	return {
		credential: { endpoint: sandbox.endpoint, region: 'us-east-1', ...defaultAccount },
		contentOf: async (bucket, key) => sandbox.read(bucket, key) ?? Buffer.alloc(0),
		stop: async () => await sandbox.close(),
	};
});
