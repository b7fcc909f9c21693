import type { S3Client } from '../../../nodes/S3/transport/client';
import type { Listing } from '../../../nodes/S3/transport/listing';
import { eachObject, listObjects } from '../../../nodes/S3/transport/listing';
import { oddKeys } from '../../sandbox/s3/oddKeys.ts';
import { clientOf } from '../clientOf';
import type { OldHabits } from '../oldListServer';
import { startOldListServer } from '../oldListServer';

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const many = Array.from({ length: 2_500 }, (_, n) => `k${String(n).padStart(4, '0')}`);
const folders = Array.from({ length: 2_200 }, (_, n) => `f${String(n).padStart(4, '0')}/x`);
const habits: Array<[string, OldHabits]> = [
	['ignores list-type', {}],
	['answers 501 to list-type=2', { notImplemented: true }],
	['never says NextMarker', { nextMarker: 'never' }],
	['always says NextMarker', { nextMarker: 'always' }],
	['repeats folders', { repeatsFolders: true, nextMarker: 'never' }],
	['encodes keys', { encodes: true }],
];

const gather = async (s3: S3Client, listing: Partial<Listing>) => {
	const rows = [];
	for await (const page of listObjects(s3, 'b', { limit: Infinity, ...listing }))
		rows.push(...page);
	return rows;
};
const keysOf = (rows: Array<{ key: string }>) => rows.map(({ key }) => key);

describe.each(habits)('a server of ListObjects version 1 that %s', (_name, habit) => {
	const listed = async (keys: string[], listing: Partial<Listing>) => {
		const server = await startOldListServer(keys, habit);
		const s3 = clientOf(server);
		try {
			const rows = await gather(s3, listing);
			const first = server.queries.length;
			await gather(s3, { limit: 1 });
			return { rows, queries: server.queries.slice(0, first), later: server.queries[first] };
		} finally {
			await server.close();
		}
	};

	test('all pages, each object once; the second listing begins as the first one ended', async () => {
		const { rows, queries, later } = await listed(many, {});
		expect(keysOf(rows)).toEqual(many);
		expect(queries).toHaveLength(habit.notImplemented ? 4 : 3);
		expect(later?.has('list-type')).toBe(false);
	});

	test('all folders, each once, and their number is the limit', async () => {
		const names = folders.map((key) => key.slice(0, 6));
		expect(keysOf((await listed(folders, { delimiter: '/' })).rows)).toEqual(names);
		const { rows } = await listed(folders, { delimiter: '/', limit: 1_001 });
		expect(keysOf(rows)).toEqual(names.slice(0, 1_001));
	});

	test.each(['k0000', 'k0700', 'k1800', 'k2499', 'z'])('only what is after %s', async (after) => {
		const { rows } = await listed(many, { startAfter: after });
		expect(keysOf(rows)).toEqual(many.filter((key) => key > after));
	});

	test('odd keys, without those that XML cannot carry where the server does not encode', async () => {
		const keys = oddKeys.filter((key) => habit.encodes || !/[\ufffe\u007f]/.test(key));
		expect(keysOf((await listed(keys, {})).rows)).toEqual([...keys].sort(byBytes));
	});

	test('owners only where they are asked for', async () => {
		expect((await listed(['a'], { owner: true })).rows[0]).toMatchObject({
			ownerId: 'me',
			ownerName: 'My Name',
		});
		expect((await listed(['a'], {})).rows[0]).not.toHaveProperty('ownerId');
	});
});

test('one object after the other', async () => {
	const server = await startOldListServer(many);
	const keys = [];
	for await (const { key } of eachObject(clientOf(server), 'b', { prefix: 'k1' })) keys.push(key);
	await server.close();
	expect(keys).toEqual(many.filter((key) => key.startsWith('k1')));
});
