import { oddKeys } from '../../sandbox/s3/oddKeys';
import type { Result } from './subjects';
import type { Scenario, World } from './world';
import { contentOf, fill, keysOf } from './world';

// Of the many odd keys, those that some client is known to get wrong.
const KEYS = oddKeys.filter((key) => !['plain.txt', 'nonchar\ufffe'].includes(key));

/** Puts, lists, gets, copies and deletes one key; says at which step it went wrong. */
async function roundTrip(
	node: Parameters<Scenario['play']>[0],
	{ real, bucket }: World,
	key: string,
): Promise<string | undefined> {
	const name = await bucket(real);
	const items = [{ json: { key } }];
	const fields = { bucket: name, key: '={{ $json.key }}' };
	const failed = ({ error }: Result) => error !== undefined;
	if (failed(await node.run('upload', { ...fields, text: 'text' }, items))) return 'put';
	if ((await keysOf(real, name)).join() !== key) return 'put under another key';
	const { rows, ...listed } = await node.run('search', { bucket: name });
	if (failed({ rows, ...listed }) || String(rows[0]?.json.key ?? rows[0]?.json.Key) !== key)
		return 'list';
	const got = await node.run('download', fields, items);
	if (failed(got) || !got.rows[0]?.binary?.data) return 'get';
	const target = await bucket(real);
	const source = { bucket: name, key };
	const copied = await node.run('copy', { bucket: target, key, source });
	if (failed(copied) || (await keysOf(real, target)).join() !== key) return 'copy';
	if (failed(await node.run('delete', fields, items))) return 'delete';
	return (await keysOf(real, name)).length === 0 ? undefined : 'delete';
}

export const objects: Scenario[] = [
	{
		title: `${KEYS.length} odd keys: put, list, get, copy, delete`,
		async play(node, world) {
			node.use(world.ceph);
			const wrong: string[] = [];
			for (const key of KEYS) {
				const step = await roundTrip(node, world, key);
				if (step) wrong.push(`${JSON.stringify(key).slice(0, 24)} (${step})`);
			}
			if (wrong.length === 0) return undefined;
			return `${KEYS.length - wrong.length} of ${KEYS.length} keys; wrong: ${wrong.slice(0, 3).join(', ')} …`;
		},
	},
	{
		title: '".." in a key does not lead into another bucket',
		async play(node, { real, ceph, bucket }) {
			node.use(ceph);
			const [mine, secret] = [await bucket(real), await bucket(real)];
			await fill(real, secret, ['pw.txt'], 'secret');
			const key = `../${secret}/pw.txt`;
			await node.run('delete', { bucket: mine, key });
			const left = await contentOf(real, secret);
			if (left['pw.txt'] !== 'secret') return 'deleted an object of another bucket';
			const { rows, error } = await node.run('download', { bucket: mine, key });
			return !error && rows[0]?.binary ? 'read an object of another bucket' : undefined;
		},
	},
	{
		title: 'a tag "a&b" = "c=d" is stored as it is',
		async play(node, { real, ceph, bucket }) {
			node.use(ceph);
			const name = await bucket(real);
			const tag = { name: 'a&b', value: 'c=d' };
			const { error } = await node.run('upload', { bucket: name, key: 'k', text: 't', tag });
			if (error) return error.message;
			const { TagSet } = await real.getObjectTagging({ Bucket: name, Key: 'k' });
			const stored = (TagSet ?? []).map(({ Key, Value }) => `${Key}=${Value}`).join(', ');
			return stored === 'a&b=c=d' ? undefined : `stored: ${stored}`;
		},
	},
	{
		title: 'a text for "j.json" is stored as JSON',
		async play(node, { real, ceph, bucket }) {
			node.use(ceph);
			const name = await bucket(real);
			const { error } = await node.run('upload', { bucket: name, key: 'j.json', text: '{}' });
			if (error) return error.message;
			const { ContentType } = await real.headObject({ Bucket: name, Key: 'j.json' });
			return ContentType?.startsWith('application/json') ? undefined : `stored as ${ContentType}`;
		},
	},
	{
		title: 'a file of zero bytes is stored, and nothing is left behind',
		async play(node, { real, ceph, bucket, file }) {
			node.use(ceph);
			const name = await bucket(real);
			const { error } = await node.run('uploadFile', { bucket: name, key: 'empty' }, [
				await file(Buffer.alloc(0), 'empty'),
			]);
			const { Uploads = [] } = await real.listMultipartUploads({ Bucket: name });
			const orphan = Uploads.length > 0 ? ', an upload is left open' : '';
			if (error || orphan) return `${error?.message ?? ''}${orphan}`;
			const { ContentLength } = await real.headObject({ Bucket: name, Key: 'empty' });
			return ContentLength === 0 ? undefined : 'not empty';
		},
	},
	{
		title: 'each item says which of its files is meant',
		async play(node, { real, ceph, bucket, file }) {
			node.use(ceph);
			const name = await bucket(real);
			const items = await Promise.all(
				['first', 'second'].map(async (key) => {
					const { binary: { data } = {} } = await file(Buffer.from(key), key);
					return { json: { key }, ...(data && { binary: { [key]: data } }) };
				}),
			);
			const fields = { bucket: name, key: '={{ $json.key }}', file: '={{ $json.key }}' };
			const { error } = await node.run('uploadFile', fields, items);
			if (error) return error.message;
			const stored = JSON.stringify(await contentOf(real, name));
			return stored === '{"first":"first","second":"second"}' ? undefined : `stored: ${stored}`;
		},
	},
	{
		title: 'a small file takes one request, without asking for the location of the bucket',
		async play(node, { sandbox, faulty, faultySdk, bucket, file }) {
			node.use(faulty);
			const name = await bucket(faultySdk);
			sandbox.requests.length = 0;
			const { error } = await node.run('uploadFile', { bucket: name, key: 'small' }, [
				await file(Buffer.from('small'), 'small'),
			]);
			if (error) return error.message;
			const { length } = sandbox.requests;
			return length === 1 ? undefined : `${length} requests`;
		},
	},
];
