import type { Scenario } from './world';
import { fill, keysOf } from './world';

const numbered = (count: number) =>
	Array.from({ length: count }, (_, n) => `n-${String(n).padStart(5, '0')}`);

const keyOf = (json: Record<string, unknown>) => String(json.key ?? json.Key ?? '');

const expectRows = (what: string, actual: number, wanted: number) =>
	actual === wanted ? undefined : `${what}: ${actual} of ${wanted} rows`;

export const listing: Scenario[] = [
	{
		title: 'two buckets of 1,250 objects, listed in one run',
		async play(node, { real, ceph, bucket }) {
			node.use(ceph);
			const buckets = [await bucket(real), await bucket(real)];
			for (const name of buckets) await fill(real, name, numbered(1_250));
			const { rows, error } = await node.run(
				'search',
				{ bucket: '={{ $json.bucket }}' },
				buckets.map((name) => ({ json: { bucket: name } })),
			);
			if (error) return error.message;
			const of = (item: number) =>
				rows.filter(({ pairedItem }) => (pairedItem as { item: number }).item === item).length;
			return expectRows('first bucket', of(0), 1_250) ?? expectRows('second bucket', of(1), 1_250);
		},
	},
	{
		title: 'a limit of 1,200 of 1,250 objects',
		async play(node, { real, ceph, bucket }) {
			node.use(ceph);
			const name = await bucket(real);
			await fill(real, name, numbered(1_250));
			const { rows, error } = await node.run('search', { bucket: name, limit: 1_200 });
			return error?.message ?? expectRows('limit', rows.length, 1_200);
		},
	},
	{
		title: 'keys are folded where a delimiter says so',
		async play(node, { real, ceph, bucket }) {
			node.use(ceph);
			const name = await bucket(real);
			await fill(real, name, ['a/1.txt', 'a/2.txt', 'b.txt']);
			const { rows, error } = await node.run('search', { bucket: name, delimiter: '/' });
			if (error) return error.message;
			const keys = rows.map(({ json }) => keyOf(json)).filter((key) => key !== '');
			return keys.every((key) => key === 'a/' || key === 'b.txt')
				? undefined
				: `listed: ${keys.join(', ')}`;
		},
	},
	{
		title: 'an empty bucket gives no rows',
		async play(node, { real, ceph, bucket }) {
			node.use(ceph);
			const { rows, error } = await node.run('search', { bucket: await bucket(real) });
			if (error) return error.message;
			const broken = rows.filter(({ json }) => json === undefined || keyOf(json) === '');
			return broken.length === 0 ? undefined : 'a row without content';
		},
	},
	{
		title: 'objects of zero bytes are listed',
		async play(node, { real, ceph, bucket }) {
			node.use(ceph);
			const name = await bucket(real);
			await fill(real, name, ['zero.txt'], '');
			const { rows, error } = await node.run('list', { bucket: name });
			return error?.message ?? expectRows('zero.txt', rows.length, 1);
		},
	},
	{
		title: 'folders without marker objects are listed',
		async play(node, { real, ceph, bucket }) {
			node.use(ceph);
			const name = await bucket(real);
			await fill(real, name, ['a/1.txt', 'b/2.txt']);
			const { rows, error } = await node.run('folders', { bucket: name, prefix: '' });
			if (error) return error.message;
			const found = JSON.stringify(rows.map(({ json }) => json));
			return found.includes('a/') && found.includes('b/') ? undefined : 'no folders found';
		},
	},
	{
		title: 'deleting the folder "logs" leaves "logs2/" and "logs-old.txt" alone',
		async play(node, { real, ceph, bucket }) {
			node.use(ceph);
			const name = await bucket(real);
			await fill(real, name, ['logs/a', 'logs/sub/b', 'logs2/b', 'logs-old.txt']);
			const { error } = await node.run('deleteFolder', { bucket: name, key: 'logs' });
			if (error) return error.message;
			const left = await keysOf(real, name);
			return left.join() === 'logs-old.txt,logs2/b'
				? undefined
				: `left: ${left.join() || 'nothing'}`;
		},
	},
	{
		title: 'a folder of 1,250 objects is deleted',
		async play(node, { real, ceph, bucket }) {
			node.use(ceph);
			const name = await bucket(real);
			await fill(
				real,
				name,
				numbered(1_250).map((key) => `big/${key}`),
			);
			const { error } = await node.run('deleteFolder', { bucket: name, key: 'big/' });
			if (error) return error.message;
			return expectRows('left', (await keysOf(real, name)).length, 0);
		},
	},
	{
		title: 'a key that the server refuses to delete is reported',
		async play(node, { sandbox, faulty, faultySdk, bucket }) {
			node.use(faulty);
			const name = await bucket(faultySdk);
			await fill(faultySdk, name, ['kept/a', 'kept/b']);
			sandbox.denyDelete.add(`${name}/kept/a`);
			const { error } = await node.run('deleteFolder', { bucket: name, key: 'kept/' });
			const left = await keysOf(faultySdk, name);
			if (left.join() !== 'kept/a') return `left: ${left.join() || 'nothing'}`;
			return error ? undefined : 'success, with an object left';
		},
	},
];
