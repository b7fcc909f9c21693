import { coveredUntil } from '../../../../nodes/Salesforce/transport/changes/updated';
import { deletedSince } from '../../../../nodes/Salesforce/transport/changes/deleted';
import { Failure } from '../../../../nodes/shared/resilience/failure';
import { scriptedClient } from '../../scriptedClient';

const at = (text: string) => Date.parse(`2026-11-${text}Z`);
const MINUTE = 60_000;

const refused = (code: string) =>
	new Failure({ kind: 'invalid', phase: 'rejected', code, message: code, status: 400 });

/** What the two resources were asked: "26T10:00 - 26T10:05". */
const windowsOf = (paths: string[]) =>
	paths.map((path) => {
		const query = new URL(path, 'http://org').searchParams;
		const short = (name: string) => /\d\dT\d\d:\d\d/.exec(query.get(name) ?? '')?.[0];
		return `${short('start')} - ${short('end')}`;
	});

describe('until when changes are covered', () => {
	const covering = (latest: (start: number, end: number) => number | Failure) =>
		scriptedClient(({ path }) => {
			const query = new URL(path, 'http://org').searchParams;
			const [start, end] = ['start', 'end'].map((name) => Date.parse(query.get(name) ?? ''));
			const answer = latest(start ?? 0, end ?? 0);
			if (answer instanceof Failure) throw answer;
			const latestDateCovered = new Date(answer).toISOString().replace('Z', '+0000');
			return { json: { ids: [], latestDateCovered } };
		});

	test('the resource is asked in whole minutes, with the offset written out', async () => {
		const client = covering((_start, end) => end);
		await coveredUntil(client, 'Invoice__c', at('26T10:00:30'), at('26T10:05:20'));
		expect(client.requests.map(({ path }) => decodeURIComponent(path))).toEqual([
			'/sobjects/Invoice__c/updated/?start=2026-11-26T10:00:00+00:00&end=2026-11-26T10:07:00+00:00',
		]);
		expect(client.requests[0]?.path).toContain('%2B00%3A00');
	});

	test('what the org says counts; never what is still to come, nor what is before the beginning', async () => {
		const [from, now] = [at('26T10:00:00'), at('26T10:05:20')];
		const latest = at('26T10:03:00');
		expect(
			await coveredUntil(
				covering(() => latest),
				'A',
				from,
				now,
			),
		).toBe(latest);
		expect(
			await coveredUntil(
				covering((_s, end) => end),
				'A',
				from,
				now,
			),
		).toBe(now);
		expect(
			await coveredUntil(
				covering(() => from - MINUTE),
				'A',
				from,
				now,
			),
		).toBe(from);
	});

	test('a window is never shorter than two minutes, however short the time since the last poll', async () => {
		const client = covering((_start, end) => end);
		await coveredUntil(client, 'A', at('26T10:05:10'), at('26T10:05:20'));
		expect(windowsOf(client.requests.map(({ path }) => path))).toEqual(['26T10:05 - 26T10:07']);
	});

	test('where there are more than 600,000 ids, shorter windows are asked for one after the other', async () => {
		const now = at('26T10:00:00');
		const client = covering((start, end) =>
			end - start > 20 * MINUTE ? refused('EXCEEDED_ID_LIMIT') : end,
		);
		expect(await coveredUntil(client, 'A', now - 60 * MINUTE, now)).toBe(now);
		const asked = windowsOf(client.requests.map(({ path }) => path));
		expect(asked.slice(0, 3)).toEqual([
			...['26T09:00 - 26T10:02', '26T09:00 - 26T09:31', '26T09:00 - 26T09:15'],
		]);
		// Without a gap, up to the end.
		const answered = asked.slice(2).map((one) => one.split(' - '));
		expect(answered[0]?.[0]).toBe('26T09:00');
		expect(answered.at(-1)?.[1]).toBe('26T10:02');
		for (let n = 1; n < answered.length; n++) expect(answered[n]?.[0]).toBe(answered[n - 1]?.[1]);
	});

	test('a window that is not covered to its end is the last one', async () => {
		const now = at('26T10:00:00');
		const held = at('26T09:10:00');
		const client = covering((start, end) =>
			end - start > 20 * MINUTE ? refused('EXCEEDED_ID_LIMIT') : Math.min(end, held),
		);
		expect(await coveredUntil(client, 'A', now - 60 * MINUTE, now)).toBe(held);
		expect(client.requests).toHaveLength(3);
	});

	test('more than 600,000 in two minutes: nothing is covered that is younger than half an hour', async () => {
		const now = at('26T10:00:00');
		const crowded = at('26T09:59:00');
		const client = covering((start, end) =>
			start <= crowded && crowded < end ? refused('EXCEEDED_ID_LIMIT') : end,
		);
		const covered = await coveredUntil(client, 'A', now - 5 * MINUTE, now);
		expect(covered).toBe(now - 5 * MINUTE);
		expect(await coveredUntil(client, 'A', now - 60 * MINUTE, now)).toBeGreaterThanOrEqual(
			now - 60 * MINUTE,
		);
		const later = crowded + 60 * MINUTE;
		expect(await coveredUntil(client, 'A', crowded - MINUTE, later)).toBe(later);
	});

	test('an org that is younger than the time asked for, or remembers less, is asked for less', async () => {
		const now = at('26T10:00:00');
		const client = covering((start, end) =>
			start < at('26T09:30:00') ? refused('INVALID_REPLICATION_DATE') : end,
		);
		expect(await coveredUntil(client, 'A', at('01T00:00:00'), now)).toBe(now);
		expect(windowsOf(client.requests.map(({ path }) => path))).toEqual([
			...['01T00:00 - 26T10:02', '25T10:00 - 26T10:02', '26T10:00 - 26T10:02'],
		]);
	});

	test('more than 30 days are never asked for', async () => {
		const client = covering((_start, end) => end);
		await coveredUntil(client, 'A', Date.parse('2026-01-01T00:00:00Z'), at('30T10:00:00'));
		expect(windowsOf(client.requests.map(({ path }) => path))).toEqual(['01T10:00 - 30T10:02']);
	});
});

describe('what was deleted', () => {
	const deleting = (
		json: (start: number, end: number) => object | Failure,
	): ReturnType<typeof scriptedClient> =>
		scriptedClient(({ path }) => {
			const query = new URL(path, 'http://org').searchParams;
			const [start, end] = ['start', 'end'].map((name) => Date.parse(query.get(name) ?? ''));
			const answer = json(start ?? 0, end ?? 0);
			if (answer instanceof Failure) throw answer;
			return { json: answer };
		});
	const stamp = (text: string) => `2026-11-${text}.000+0000`;

	test('deletions come in the order in which they happened, with the time until when none is missing', async () => {
		const client = deleting(() => ({
			deletedRecords: [
				{ id: '001000000000002AAA', deletedDate: stamp('26T10:04:00') },
				{ id: '001000000000001AAA', deletedDate: stamp('26T10:01:00') },
				{ id: '001000000000009AAA', deletedDate: stamp('26T09:59:59') },
			],
			earliestDateAvailable: stamp('01T00:00:00'),
			latestDateCovered: stamp('26T10:03:00'),
		}));
		const found = await deletedSince(client, 'A', at('26T10:00:00'), at('26T10:05:20'));
		expect(found).toEqual({
			deletions: [
				{ id: '001000000000001AAA', time: at('26T10:01:00') },
				{ id: '001000000000002AAA', time: at('26T10:04:00') },
			],
			until: at('26T10:03:00'),
		});
		expect(client.requests[0]?.path).toMatch(/^\/sobjects\/A\/deleted\/\?start=/);
	});

	test('what the org has forgotten is told of: by its word, or by its refusal', async () => {
		const now = at('26T10:00:00');
		const purged = deleting(() => ({
			deletedRecords: [],
			earliestDateAvailable: stamp('26T05:00:00'),
			latestDateCovered: stamp('26T10:00:00'),
		}));
		const wanted = { deletions: [], until: now, knownSince: at('26T05:00:00') };
		expect(await deletedSince(purged, 'A', at('26T04:00:00'), now)).toEqual(wanted);
		const refusing = deleting((start) =>
			start < at('26T05:00:00')
				? refused('INVALID_REPLICATION_DATE')
				: {
						deletedRecords: [],
						earliestDateAvailable: stamp('26T05:00:00'),
						latestDateCovered: stamp('26T10:00:00'),
					},
		);
		const found = await deletedSince(refusing, 'A', at('26T04:00:00'), now);
		expect(found).toEqual({ ...wanted, knownSince: at('26T05:01:00') });
	});

	test('deletions of more than 15 days ago cannot be had', async () => {
		const client = deleting(() => ({
			deletedRecords: [],
			latestDateCovered: stamp('26T10:00:00'),
		}));
		const found = await deletedSince(client, 'A', at('01T00:00:00'), at('26T10:00:00'));
		expect(found.knownSince).toBe(at('11T10:00:00'));
		expect(windowsOf(client.requests.map(({ path }) => path))).toEqual(['11T10:00 - 26T10:02']);
	});

	test('that the log was cut minutes ago is nothing: what is younger than two hours is kept', async () => {
		const client = deleting(() => ({
			deletedRecords: [],
			earliestDateAvailable: stamp('26T09:59:00'),
			latestDateCovered: stamp('26T10:00:00'),
		}));
		const found = await deletedSince(client, 'A', at('26T09:58:00'), at('26T10:00:00'));
		expect(found.knownSince).toBeUndefined();
	});
});
