import { slowLine } from './slowLine';
import type { Scenario } from './world';
import { fill } from './world';

const MIB = 1024 ** 2;

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
		title: 'an error inside the 200 that completes a file of parts is a failure',
		async play(node, { sandbox, faulty, faultySdk, bucket, file }) {
			node.use(faulty);
			const name = await bucket(faultySdk);
			sandbox.faults.add({ kind: 'errorInside200', code: 'AccessDenied' });
			const items = [await file(Buffer.alloc(12 * MIB), 'parts')];
			const { error } = await node.run('uploadFile', { bucket: name, key: 'parts' }, items);
			sandbox.faults.clear();
			if (sandbox.read(name, 'parts')) return undefined;
			return error ? undefined : 'success, and nothing was stored';
		},
	},
	{
		title: 'a part that the server refuses with 308 is what the error tells of',
		async play(node, { sandbox, faulty, faultySdk, bucket, file }) {
			node.use(faulty);
			const name = await bucket(faultySdk);
			sandbox.faults.add({
				kind: 'status',
				status: 308,
				code: 'PermanentRedirect',
				times: 1,
				match: ({ query }) => query.partNumber === '2',
			});
			const items = [await file(Buffer.alloc(12 * MIB), 'parts')];
			const { error } = await node.run('uploadFile', { bucket: name, key: 'parts' }, items);
			sandbox.faults.clear();
			if (sandbox.openUploads().some((one) => one.bucket === name)) return 'an upload is left open';
			if (sandbox.read(name, 'parts')?.length === 12 * MIB) return undefined;
			if (!error) return 'success, and the file is not stored';
			return error.message.includes('PermanentRedirect') ? undefined : `"${error.message}"`;
		},
	},
	{
		title: 'an upload takes as long as it takes while bytes move',
		async play(node, { faulty, faultySdk, bucket, file, hurry }) {
			const name = await bucket(faultySdk);
			// A time-out of n8n that is 300 s everywhere, cut to two.
			const restore = hurry(2_000);
			const line = await slowLine(faulty.endpoint, 1.2 * MIB);
			try {
				node.use({ ...faulty, endpoint: line.endpoint });
				const items = [await file(Buffer.alloc(6 * MIB), 'slow')];
				const { error } = await node.run('uploadFile', { bucket: name, key: 'slow' }, items);
				return error?.message;
			} finally {
				line.close();
				restore();
			}
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
