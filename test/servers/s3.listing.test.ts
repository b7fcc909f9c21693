import { deleteOperation } from '../../nodes/S3/actions/folder/delete.operation';
import { getMany as getFolder } from '../../nodes/S3/actions/folder/getMany.operation';
import { sync } from '../../nodes/S3/actions/folder/sync.operation';
import { cleanUp } from '../../nodes/S3/actions/multipartUpload/cleanUp.operation';
import { getMany as getUploads } from '../../nodes/S3/actions/multipartUpload/getMany.operation';
import { getMany } from '../../nodes/S3/actions/object/getMany.operation';
import { getManyVersions } from '../../nodes/S3/actions/object/getManyVersions.operation';
import { search } from '../../nodes/S3/actions/object/search.operation';
import { createBucket } from '../../nodes/S3/transport/buckets';
import type { S3Client } from '../../nodes/S3/transport/client';
import { putObject } from '../../nodes/S3/transport/objects';
import { clientOf } from '../S3/clientOf';
import { act } from '../S3/actions/acting';
import { needs } from '../needs';
import { oddKeys } from '../sandbox/s3/oddKeys.ts';
import { startRadosgw, type Radosgw } from './radosgw/start.ts';

const short = oddKeys.filter((key) => Buffer.byteLength(key) < 1_000);
const padded = (n: number) => String(n).padStart(4, '0');
const keysOf = ({ rows }: { rows: Array<Record<string, unknown>> }) => rows.map(({ key }) => key);

needs(
	'radosgw',
	'ceph-mon',
	'ceph-osd',
	'ceph',
)('listing, searching, folders and uploads against Ceph', () => {
	let gateway: Radosgw;
	let s3: S3Client;
	let version1: S3Client;

	beforeAll(async () => {
		gateway = await startRadosgw();
		s3 = clientOf(gateway, gateway, { deadlineMs: 120_000 });
		version1 = { ...s3, quirks: { ...s3.quirks, listVersion: 1 } };
		for (const bucket of ['many', 'more', 'odd', 'versions', 'onto']) {
			await createBucket(s3, bucket, { ifExists: 'fail' });
		}
		await put(
			'many',
			Array.from({ length: 1_250 }, (_, n) => `a/${padded(n)}`).concat('ab', 'z/1'),
		);
		await put(
			'more',
			Array.from({ length: 1_250 }, (_, n) => `f${padded(n)}/x`),
		);
		await put('odd', oddKeys);
		await put(
			'odd',
			short.map((key) => `in/${key}`),
		);
	}, 240_000);
	afterAll(async () => await gateway?.stop());

	const put = async (bucket: string, keys: string[]) => {
		await Promise.all(keys.map((key) => putObject(s3, bucket, key, Buffer.from(key), {})));
	};
	const list = async (input: object, client = s3) =>
		await act(getMany, client, { prefix: '', delimiter: '', ...input });

	test('two items at once: each has all of its own bucket', async () => {
		const [one, two] = await Promise.all([list({ bucket: 'many' }), list({ bucket: 'more' })]);
		expect([one.rows.length, two.rows.length]).toEqual([1_252, 1_250]);
	});

	test('version 1 finds the same as version 2: pages, folders, start after, odd keys, owners', async () => {
		for (const input of [
			{ bucket: 'many' },
			{ bucket: 'more', delimiter: '/' },
			{ bucket: 'many', options: { startAfter: 'a/1100', includeOwner: true } },
			{ bucket: 'odd' },
			{ bucket: 'more', delimiter: '/', returnAll: false, limit: 1_100 },
		]) {
			const [second, first] = await Promise.all([list(input), list(input, version1)]);
			expect(second.rows.length).toBeGreaterThan(30);
			expect(first.rows).toEqual(second.rows);
		}
	});

	test('folders: one level, in order', async () => {
		const { rows } = await act(getFolder, s3, { bucket: 'many', folder: '' });
		expect(rows.map(({ type, name }) => `${String(type)} ${String(name)}`)).toEqual([
			'folder a',
			'file ab',
			'folder z',
		]);
		expect((await act(getFolder, s3, { bucket: 'more', folder: '' })).rows).toHaveLength(1_250);
	});

	test('every odd key is found by its pattern, and all of them by **', async () => {
		for (const key of short) {
			const pattern = key.replace(/[\\*?[\]{}]/g, '\\$&');
			expect(keysOf(await act(search, s3, { bucket: 'odd', pattern }))).toEqual([key]);
		}
		const inside = await act(search, s3, { bucket: 'odd', pattern: 'in/**' });
		expect(new Set(keysOf(inside))).toEqual(new Set(short.map((key) => `in/${key}`)));
		expect(keysOf(await act(search, s3, { bucket: 'more', pattern: 'f12[34]?/*' }))).toHaveLength(
			20,
		);
	});

	test('sync of odd keys to another bucket: once, with nothing to do, and with something to delete', async () => {
		const input = {
			sourceBucket: 'odd',
			sourceFolder: 'in',
			bucket: 'onto',
			folder: 'copy',
			output: 'summary',
		};
		const first = await act(sync, s3, input);
		expect(first.rows[0]).toMatchObject({ copied: short.length, failed: 0 });
		expect((await act(sync, s3, input)).rows[0]).toMatchObject({
			copied: 0,
			unchanged: short.length,
		});
		await put('onto', ['copy/extra', 'copy2/stays']);
		const deleting = await act(sync, s3, { ...input, options: { deleteExtra: true } });
		expect(deleting.rows[0]).toMatchObject({ copied: 0, toDelete: 1, deleted: 1 });
		const left = keysOf(await list({ bucket: 'onto' }));
		expect(new Set(left)).toEqual(new Set(['copy2/stays', ...short.map((key) => `copy/${key}`)]));
	});

	test('a folder is deleted with all odd keys in it, and nothing beside it', async () => {
		const remove = { bucket: 'odd', what: 'folder', folder: 'in' };
		const { rows } = await act(deleteOperation, s3, remove);
		expect(rows[0]).toMatchObject({ found: short.length, deleted: short.length, failed: 0 });
		expect(new Set(keysOf(await list({ bucket: 'odd' })))).toEqual(new Set(oddKeys));
		const whole = { bucket: 'many', what: 'folder', folder: 'a' };
		expect((await act(deleteOperation, s3, whole)).rows[0]).toMatchObject({ deleted: 1_250 });
		expect(keysOf(await list({ bucket: 'many' }))).toEqual(['ab', 'z/1']);
	}, 60_000);

	test('versions and delete markers: in order over pages, and gone for good where that was said', async () => {
		await s3.call(
			{
				operation: 'PutBucketVersioning',
				method: 'PUT',
				bucket: 'versions',
				query: [['versioning', '']],
				body: Buffer.from(
					'<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>',
				),
			},
			() => {},
		);
		const keys = Array.from({ length: 400 }, (_, n) => `v/${padded(n)}`);
		for (let n = 0; n < 2; n++) await put('versions', [...keys, ...short.map((key) => `w/${key}`)]);
		const plain = { bucket: 'versions', what: 'folder', folder: 'v' };
		expect((await act(deleteOperation, s3, plain)).rows[0]).toMatchObject({ deleted: 400 });

		const { rows } = await act(getManyVersions, s3, { bucket: 'versions', prefix: 'v/' });
		expect(keysOf({ rows })).toEqual(keys.flatMap((key) => [key, key, key]));
		expect(rows.slice(0, 3).map(({ type, isLatest }) => [type, isLatest])).toEqual([
			['deleteMarker', true],
			['version', false],
			['version', false],
		]);
		expect(new Set(rows.map(({ versionId }) => versionId)).size).toBe(1_200);
		const markers = { bucket: 'versions', prefix: 'v/', options: { which: 'deleteMarkers' } };
		expect((await act(getManyVersions, s3, markers)).rows).toHaveLength(400);

		const all = { ...plain, options: { includeVersions: true } };
		expect((await act(deleteOperation, s3, all)).rows[0]).toMatchObject({
			found: 1_200,
			deleted: 1_200,
			failed: 0,
		});
		const odd = await act(deleteOperation, s3, { ...all, folder: 'w' });
		expect(odd.rows[0]).toMatchObject({ deleted: 2 * short.length, failed: 0 });
		expect((await act(getManyVersions, s3, { bucket: 'versions', prefix: '' })).rows).toEqual([]);
	}, 120_000);

	test('uploads are listed over pages and cleaned up', async () => {
		const keys = Array.from({ length: 1_050 }, (_, n) => `u/${padded(n % 700)}`);
		await Promise.all(
			keys.map(async (key) => {
				const query: Array<[string, string]> = [['uploads', '']];
				const begin = { operation: 'CreateMultipartUpload', method: 'POST' as const, query };
				await s3.call({ ...begin, bucket: 'onto', key }, () => {});
			}),
		);
		const listed = { bucket: 'onto', prefix: 'u/' };
		const { rows } = await act(getUploads, s3, listed);
		expect(keysOf({ rows }).sort()).toEqual([...keys].sort());
		expect(new Set(rows.map(({ uploadId }) => uploadId)).size).toBe(1_050);
		const young = await act(cleanUp, s3, { ...listed, olderThanHours: 1 });
		expect(young.rows[0]).toMatchObject({ open: 1_050, old: 0, aborted: 0 });
		const now = await act(cleanUp, s3, { ...listed, olderThanHours: 0 });
		expect(now.rows[0]).toMatchObject({ open: 1_050, aborted: 1_050, failed: 0 });
		expect((await act(getUploads, s3, listed)).rows).toEqual([]);
	}, 120_000);
});
