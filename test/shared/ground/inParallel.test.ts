import { setTimeout as pause } from 'node:timers/promises';
import { inParallel } from '../../../nodes/shared/ground/inParallel';
import { oneBehind } from '../../../nodes/shared/ground/oneBehind';

async function* upTo(count: number, fail = false) {
	for (let n = 0; n < count; n++) yield n;
	await pause(1);
	if (fail) throw new Error('The source is broken');
}

test('works on so many at a time, no more and no fewer, and gives every result once', async () => {
	let running = 0;
	let most = 0;
	const results = [];
	const work = async (n: number) => {
		most = Math.max(most, ++running);
		await pause(n % 3);
		running--;
		return n * 2;
	};
	for await (const result of inParallel(upTo(20), 4, work)) results.push(result);
	expect(results.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n * 2));
	expect(most).toBe(4);
});

test('whoever is ready comes first, and holds up nobody', async () => {
	const results = [];
	const work = async (n: number) => await pause(n === 0 ? 100 : 1, n);
	for await (const result of inParallel(upTo(10), 2, work)) results.push(result);
	expect(results.at(-1)).toBe(0);
});

test('the results of what has begun come before the error of the source', async () => {
	const results: number[] = [];
	const all = async () => {
		for await (const result of inParallel(upTo(3, true), 10, async (n) => await pause(5, n))) {
			results.push(result);
		}
	};
	await expect(all()).rejects.toThrow('The source is broken');
	expect(results).toEqual([0, 1, 2]);
});

test('who stops early waits for what has begun, and nothing more begins', async () => {
	const ended: number[] = [];
	const work = async (n: number) => {
		await pause(10);
		ended.push(n);
	};
	for await (const _first of inParallel(upTo(10), 3, work)) break;
	expect(ended.sort()).toEqual([0, 1, 2]);
});

test('a page comes only when the next one is there', async () => {
	const seen: string[] = [];
	async function* pages() {
		for (const page of ['a', 'b', 'c']) {
			seen.push(`made ${page}`);
			yield await pause(0, page);
		}
	}
	for await (const page of oneBehind(pages())) seen.push(`used ${page}`);
	expect(seen).toEqual(['made a', 'made b', 'used a', 'made c', 'used b', 'used c']);
});
