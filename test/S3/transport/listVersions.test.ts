import { listVersions } from '../../../nodes/S3/transport/listVersions';
import { clientOf, failureOf } from '../clientOf';
import { startScriptedServer } from '../scriptedServer';

const entry = (type: string, key: string, version: string, day: number, latest = false) =>
	`<${type}><Key>${key}</Key><VersionId>${version}</VersionId><IsLatest>${latest}</IsLatest><LastModified>2026-01-0${day}T00:00:00.000Z</LastModified>${type === 'Version' ? '<ETag>"e"</ETag><Size>3</Size>' : ''}<Owner><ID>me</ID></Owner></${type}>`;
const page = (entries: string[], next?: { key: string; version?: string }) =>
	`<?xml version="1.0"?><ListVersionsResult><EncodingType>url</EncodingType><IsTruncated>${next !== undefined}</IsTruncated>${next ? `<NextKeyMarker>${next.key}</NextKeyMarker>` : ''}${next?.version ? `<NextVersionIdMarker>${next.version}</NextVersionIdMarker>` : ''}${entries.join('')}</ListVersionsResult>`;

async function answered(bodies: string[], options = {}) {
	const scripted = await startScriptedServer();
	scripted.answer(...bodies.map((body) => ({ status: 200, body })));
	try {
		const rows = [];
		const listing = { limit: Infinity, ...options };
		for await (const one of listVersions(clientOf(scripted), 'b', listing)) rows.push(...one);
		return { rows, queries: scripted.requests.map(({ target }) => target.replace(/^.*\?/, '')) };
	} finally {
		await scripted.close();
	}
}

test('versions and delete markers stay in the order of the server, whatever their times', async () => {
	const { rows } = await answered([
		page([
			entry('DeleteMarker', 'a%2B', 'v3', 1, true),
			entry('Version', 'a%2B', 'v2', 3),
			entry('Version', 'b', 'null', 1, true),
		]),
	]);
	expect(rows).toEqual([
		{
			type: 'deleteMarker',
			bucket: 'b',
			key: 'a+',
			versionId: 'v3',
			isLatest: true,
			lastModified: '2026-01-01T00:00:00.000Z',
		},
		{
			type: 'version',
			bucket: 'b',
			key: 'a+',
			versionId: 'v2',
			isLatest: false,
			lastModified: '2026-01-03T00:00:00.000Z',
			size: 3,
			etag: 'e',
		},
		expect.objectContaining({ key: 'b', versionId: 'null' }),
	]);
});

test('where first all versions and then all markers come, they are put in order', async () => {
	const { rows } = await answered([
		page([
			entry('Version', 'a', 'v1', 1),
			entry('Version', 'a', 'v2', 2),
			entry('Version', 'b', 'v1', 1, true),
			entry('DeleteMarker', 'a', 'v3', 3, true),
		]),
	]);
	expect(rows.map((row) => ('versionId' in row ? row.key + row.versionId : ''))).toEqual([
		'av3',
		'av2',
		'av1',
		'bv1',
	]);
});

test('goes on from both markers, decoded, and without the second one where there is none', async () => {
	const { rows, queries } = await answered([
		page([entry('Version', 'a%20b', 'v1', 1)], { key: 'a%20b', version: 'v1' }),
		page([entry('Version', 'c', 'v1', 1)], { key: 'c' }),
		page([entry('Version', 'd', 'v1', 1)]),
	]);
	expect(rows).toHaveLength(3);
	expect(queries[1]).toContain('key-marker=a%20b&');
	expect(queries[1]).toContain('version-id-marker=v1');
	expect(queries[2]).toContain('key-marker=c&');
	expect(queries[2]).not.toContain('version-id-marker');
});

test.each([
	['no place to go on', { key: '' }],
	['the same place again', { key: 'a', version: 'v' }],
])('%s is no end of the list, and no endless one', async (_what, next) => {
	const same = page([entry('Version', 'a', 'v', 1)], next);
	expect(await failureOf(answered([same]))).toMatchObject({ code: 'NO_NEXT_PAGE' });
	expect((await answered([same], { limit: 1 })).rows).toHaveLength(1);
});

test('owners only where they are asked for', async () => {
	const body = page([entry('Version', 'a', 'v', 1)]);
	expect((await answered([body], { owner: true })).rows[0]).toMatchObject({ ownerId: 'me' });
	expect((await answered([body])).rows[0]).not.toHaveProperty('ownerId');
});
