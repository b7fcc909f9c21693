import { PartBuffers } from '../../../nodes/S3/transport/partBuffers';

const MIB = 1024 * 1024;
const never = new AbortController().signal;

/** Whether the promise is still waiting after everything that can happen at once has happened. */
async function waits(promise: Promise<unknown>): Promise<boolean> {
	const waiting = Symbol('waiting');
	const later = new Promise((resolve) => setImmediate(resolve, waiting));
	return (await Promise.race([promise, later])) === waiting;
}

test('all uploads together hold at most 96 MiB, and the others wait their turn', async () => {
	const holders = Array.from({ length: 6 }, () => new PartBuffers(16 * MIB, 5));
	await Promise.all(holders.map((holder) => holder.take(never)));
	const [first, second] = [new PartBuffers(16 * MIB, 5), new PartBuffers(1 * MIB, 1)];
	const taken = [first.take(never), second.take(never)] as const;
	expect(await waits(Promise.race(taken))).toBe(true);
	holders[0]?.close();
	expect(await taken[0]).toHaveLength(16 * MIB);
	expect(await waits(taken[1])).toBe(true);
	holders[1]?.close();
	expect(await taken[1]).toHaveLength(1 * MIB);
	for (const holder of [...holders, first, second]) holder.close();
});

test('an upload that has one buffer never waits for other uploads, only for its own', async () => {
	const full = new PartBuffers(48 * MIB, 2);
	const one = await full.take(never);
	await full.take(never);
	const queued = new PartBuffers(5 * MIB, 5);
	const waiting = queued.take(never);
	const third = full.take(never);
	expect(await waits(third)).toBe(true);
	full.put(one);
	expect(await third).toBe(one);
	full.close();
	await waiting;
	// Alone again, it grows up to what it may hold.
	await queued.take(never);
	queued.close();
});

test('a part larger than the budget goes through alone', async () => {
	const small = new PartBuffers(5 * MIB, 2);
	await small.take(never);
	const large = new PartBuffers(200 * MIB, 5);
	const waiting = large.take(never);
	expect(await waits(waiting)).toBe(true);
	// Nothing new may overtake it for ever.
	const late = new PartBuffers(5 * MIB, 2);
	const behind = late.take(never);
	expect(await waits(behind)).toBe(true);
	small.close();
	expect(await waiting).toHaveLength(200 * MIB);
	expect(await waits(behind)).toBe(true);
	large.close();
	await behind;
	late.close();
});

test('who is cancelled while waiting leaves at once, and holds nobody up', async () => {
	const holder = new PartBuffers(90 * MIB, 1);
	await holder.take(never);
	const cancel = new AbortController();
	const tooLarge = new PartBuffers(16 * MIB, 1).take(cancel.signal);
	const fits = new PartBuffers(5 * MIB, 1);
	const behind = fits.take(never);
	expect(await waits(behind)).toBe(true);
	cancel.abort();
	await expect(tooLarge).rejects.toMatchObject({ code: 'CANCELLED', phase: 'notSent' });
	await behind;
	holder.close();
	fits.close();
});

test('memory that does not exist is not counted as taken', async () => {
	const impossible = new PartBuffers(2 ** 52, 1);
	await expect(impossible.take(never)).rejects.toThrow();
	impossible.close();
	const next = new PartBuffers(96 * MIB, 1);
	expect(await waits(next.take(never))).toBe(false);
	next.close();
});
