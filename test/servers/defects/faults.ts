import type { Scenario } from './world';
import { fill } from './world';

export const faults: Scenario[] = [
	{
		title: 'an error inside the 200 of a copy is a failure',
		async play(node, { sandbox, faulty, faultySdk, bucket }) {
			node.use(faulty);
			const name = await bucket(faultySdk);
			await fill(faultySdk, name, ['source']);
			sandbox.faults.add({ kind: 'errorInside200', code: 'AccessDenied' });
			const source = { bucket: name, key: 'source' };
			const { error } = await node.run('copy', { bucket: name, key: 'target', source });
			sandbox.faults.clear();
			return error ? undefined : 'success, and nothing was copied';
		},
	},
	{
		title: 'one SlowDown is waited out',
		async play(node, { sandbox, faulty, faultySdk, bucket }) {
			node.use(faulty);
			const name = await bucket(faultySdk);
			sandbox.faults.add({
				kind: 'status',
				status: 503,
				code: 'SlowDown',
				times: 1,
				match: ({ operation }) => operation === 'PutObject',
			});
			const { error } = await node.run('upload', { bucket: name, key: 'k', text: 't' });
			sandbox.faults.clear();
			return error?.message;
		},
	},
	{
		title: "an error tells the server's code",
		async play(node, { sandbox, faulty, faultySdk, bucket }) {
			node.use(faulty);
			const name = await bucket(faultySdk);
			sandbox.faults.add({ kind: 'emptyMessage', status: 400, code: 'InvalidStorageClass' });
			const { error } = await node.run('upload', { bucket: name, key: 'k', text: 't' });
			sandbox.faults.clear();
			if (!error) return 'success';
			return error.message.includes('InvalidStorageClass') ? undefined : `"${error.message}"`;
		},
	},
	{
		title: 'a permission goes to whom it is for',
		async play(node, { sandbox, faulty, faultySdk, bucket }) {
			node.use(faulty);
			const name = await bucket(faultySdk);
			const upload = { bucket: name, key: 'k', text: 't', readable: true };
			const { error } = await node.run('upload', upload);
			const put = sandbox.requests.findLast(({ operation }) => operation === 'PutObject');
			if (put?.headers['x-amz-grant-read'] === '') return 'the permission is sent for nobody';
			return error?.message;
		},
	},
];
