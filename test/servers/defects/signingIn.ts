import { startS3Sandbox } from '../../../sandbox/s3/server.ts';
import type { Scenario } from './world';

export const signingIn: Scenario[] = [
	{
		title: 'five objects uploaded with the keys of a role take one request for these keys',
		async play(node, { sandbox, faulty, faultySdk, bucket }) {
			node.use({ ...faulty, role: 'arn:aws:iam::123456789012:role/storage' });
			const name = await bucket(faultySdk);
			sandbox.requests.length = 0;
			const items = Array.from({ length: 5 }, (_, n) => ({ json: { key: `key-${n}` } }));
			const fields = { bucket: name, key: '={{ $json.key }}', text: 't' };
			const { error } = await node.run('upload', fields, items);
			if (error) return error.message;
			const asked = sandbox.requests.filter(
				({ method, bucket: of }) => method === 'POST' && of === undefined,
			);
			if (asked.length === 0) return 'there are no roles';
			return asked.length === 1 ? undefined : `${asked.length} requests`;
		},
	},
	{
		title: 'a server whose region is none of Amazon',
		async play(node, { faulty, sdk }) {
			const { accessKeyId, secretAccessKey } = faulty;
			const region = 'fsn1';
			const server = await startS3Sandbox({ region, accounts: [{ accessKeyId, secretAccessKey }] });
			const there = { ...faulty, endpoint: server.endpoint, region };
			const client = sdk(there);
			try {
				await client.createBucket({ Bucket: 'defects.region' });
				node.use(there);
				const fields = { bucket: 'defects.region', key: 'k', text: 't' };
				const { error } = await node.run('upload', fields);
				return error?.message;
			} finally {
				client.destroy();
				await server.close();
			}
		},
	},
];
