import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { PollHost, PollSettings } from '../../../nodes/S3/triggers/poller';
import { Poller } from '../../../nodes/S3/triggers/poller';
import { createBucket } from '../../../nodes/S3/transport/buckets';
import { putObject } from '../../../nodes/S3/transport/objects';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { virtualClock } from '../../shared/virtualClock';
import { clientOf } from '../clientOf';
import { stock } from '../stock';

let sandbox: S3Sandbox;
beforeEach(async () => {
	sandbox = await startS3Sandbox();
});
afterEach(async () => await sandbox.close());

const MINUTE = 60_000;
const settings: PollSettings = {
	watched: {
		...{ bucket: 'incoming', prefix: '', include: '', exclude: '', events: ['created'] },
		...{ doneFile: '', stableForMs: 0, changeIs: 'content' },
	},
	after: {
		...{ action: 'nothing', bucket: 'incoming', prefix: '', destinationBucket: '' },
		...{ destinationPrefix: '', tag: { name: '', value: '' }, deleteDoneFile: false },
	},
	...{ intervalMs: MINUTE, batchSize: 10, runs: 2, existing: 'emit' },
};

/** An n8n that starts runs as long as `isDown` is false. */
function hostOf() {
	const clock = virtualClock();
	const kept: Record<string, unknown> = {};
	const seen = {
		isDown: false,
		keys: [] as string[],
		tried: [] as string[],
		reports: [] as string[],
		notes: [] as string[],
	};
	const s3 = clientOf(sandbox);
	const host: PollHost = {
		...{ clock, name: `poller of a test ${Math.random()}`, knowsIds: true },
		connect: async () => await Promise.resolve({ client: s3, secrets: [] }),
		load: () => kept,
		keep: (parts) => void Object.assign(kept, parts),
		run: async (_s3, events, id) => {
			seen.tried.push(id);
			if (seen.isDown) throw new Error('the database of n8n is away');
			seen.keys.push(...events.map(({ key }) => key));
			return await Promise.resolve('succeeded');
		},
		report: ({ message }) => void seen.reports.push(message),
		note: (text) => void seen.notes.push(text),
	};
	/** Lets a poll begin, and waits for its end. */
	const poll = async (afterMs: number) => {
		await clock.advance(afterMs);
		while (clock.pending() === 0) await wait(5);
	};
	return { host, clock, seen, poll };
}

const upTo = (count: number) =>
	Array.from({ length: count }, (_, n) => `object-${String(n).padStart(3, '0')}`);

test('while n8n starts no runs, objects stay to be found and n8n is not pressed', async () => {
	const s3 = clientOf(sandbox);
	await createBucket(s3, 'incoming', { ifExists: 'fail' });
	for (const key of upTo(100)) await putObject(s3, 'incoming', key, Buffer.from(key), {});
	const { host, seen, poll } = hostOf();
	seen.isDown = true;
	const poller = new Poller(host, settings);
	await poller.start();
	const rounds = 20;
	for (let n = 0; n < rounds; n++) await poll(30 * MINUTE);
	// Of ten batches no more were made than runs may go on.
	expect(new Set(seen.tried).size).toBeLessThanOrEqual(2);
	expect(seen.tried.length).toBeLessThanOrEqual(2 * (rounds + 1));
	expect(seen.reports).toEqual(['the database of n8n is away']);
	seen.isDown = false;
	await poll(30 * MINUTE);
	await poll(30 * MINUTE);
	expect([...seen.keys].sort()).toEqual(upTo(100));
	poller.stop();
});

test('what could not be cleaned up after a run keeps no other run from being started', async () => {
	const s3 = clientOf(sandbox);
	await createBucket(s3, 'incoming', { ifExists: 'fail' });
	await putObject(s3, 'incoming', 'object-000', Buffer.from('first'), {});
	sandbox.faults.add({
		...{ kind: 'status', status: 403, code: 'AccessDenied' },
		match: ({ method }) => method === 'DELETE',
	});
	const { host, seen, poll } = hostOf();
	const after = { ...settings.after, action: 'delete' } as const;
	const poller = new Poller(host, { ...settings, after });
	await poller.start();
	await poll(30 * MINUTE);
	await putObject(s3, 'incoming', 'object-001', Buffer.from('second'), {});
	await poll(60 * MINUTE);
	expect(seen.keys).toEqual(upTo(2));
	expect(seen.reports).toEqual([expect.stringContaining('Access Denied')]);
	sandbox.faults.clear();
	await poll(60 * MINUTE);
	await poll(60 * MINUTE);
	expect(seen.keys).toEqual(upTo(2));
	expect(sandbox.buckets.get('incoming')?.objects.size).toBe(0);
	poller.stop();
});

test.each([
	[5_000, [expect.stringMatching(/5,000 objects takes 4\.\d MB.*"Prefix".*"After Reading"/)]],
	[100, []],
])('what is remembered of %i long keys: told of once where it is much', async (count, notes) => {
	const s3 = clientOf(sandbox);
	await createBucket(s3, 'incoming', { ifExists: 'fail' });
	// Nothing in these can be packed away: few of them are as much as a hundred thousand usual ones.
	const keys = Array.from({ length: count }, () => randomBytes(690).toString('base64url'));
	await stock(sandbox, s3, 'incoming', keys);
	const { host, seen, poll } = hostOf();
	const poller = new Poller(host, { ...settings, existing: 'ignore' });
	await poller.start();
	for (const key of ['a', 'b']) {
		await putObject(s3, 'incoming', key, Buffer.from('x'), {});
		await poll(MINUTE);
	}
	poller.stop();
	expect(seen.keys).toEqual(['a', 'b']);
	expect(seen.notes).toEqual(notes);
});
