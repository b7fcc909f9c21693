import type { Scenario } from './world';

// A buffer of Node holds 2 GiB, and 900 parts of 5 MiB are 4.39 GiB.
const BYTES = 4.5 * 1024 ** 3;

export const sizes: Scenario[] = [
	{
		title: 'a file of 4.5 GiB is stored',
		async play(node, { sandbox, faulty, faultySdk, bucket, largeFile }) {
			node.use(faulty);
			const name = await bucket(faultySdk);
			sandbox.forgetful.add(name);
			const items = [await largeFile(BYTES)];
			const { error } = await node.run('uploadFile', { bucket: name, key: 'large' }, items);
			const open = sandbox.openUploads().some((one) => one.bucket === name);
			const orphan = open ? ', an upload is left open' : '';
			if (error) return `${error.message}${orphan}`;
			const { size = 0 } = sandbox.buckets.get(name)?.objects.get('large') ?? {};
			return size === BYTES ? undefined : `success, with ${size} of ${BYTES} bytes stored${orphan}`;
		},
	},
];
