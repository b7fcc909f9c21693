import { setTimeout as delay } from 'node:timers/promises';
import { pump } from '../../../nodes/shared/ground/pump';
import type { Touched } from '../../../nodes/shared/node/lanes';
import { Lanes } from '../../../nodes/shared/node/lanes';

const copy = (from: string, to: string): Touched => ({ reads: [from], changes: [to] });
const move = (from: string, to: string): Touched => ({ reads: [], changes: [from, to] });

/** Does all of it at once as far as the lanes let it; tells who was at work together with whom. */
async function log(all: Array<string | Touched>, ms: (n: number) => number = () => 5) {
	const lanes = new Lanes();
	const begun: number[] = [];
	const together = new Set<string>();
	const atWork = new Set<number>();
	await pump(
		all.length,
		all.length,
		async (n) =>
			await lanes.run(all[n] ?? '', async () => {
				begun.push(n);
				for (const other of atWork) together.add(`${other}+${n}`);
				atWork.add(n);
				await delay(ms(n));
				atWork.delete(n);
			}),
		() => false,
	);
	return { begun, together: [...together] };
}

test('work on the same thing keeps the order of the calls', async () => {
	expect(await log(['a', 'a', 'a'], (n) => 10 - n)).toEqual({ begun: [0, 1, 2], together: [] });
});

test('work on different things does not wait', async () => {
	expect((await log(['a', 'b', 'c'])).together).toEqual(['0+1', '0+2', '1+2']);
});

test('a chain of moves is done link by link', async () => {
	const { together } = await log([move('a', 'b'), move('b', 'c'), move('c', 'd'), move('x', 'y')]);
	expect(together).toContain('0+3');
	expect(together.filter((pair) => !pair.includes('3'))).toEqual([]);
});

test('many copies of one source are made at the same time', async () => {
	const { together } = await log([copy('a', 'b'), copy('a', 'c'), copy('a', 'd')]);
	expect(together).toHaveLength(3);
});

test('what is read is not changed before, and what is changed is not read before', async () => {
	const { begun, together } = await log([copy('a', 'b'), copy('x', 'a'), copy('a', 'c')]);
	expect(begun).toEqual([0, 1, 2]);
	expect(together).toEqual([]);
});

test('moves in a ring and of a thing onto itself end', async () => {
	const ring = [move('a', 'b'), move('b', 'c'), move('c', 'a'), move('a', 'a'), copy('b', 'b')];
	expect((await log(ring)).begun).toHaveLength(ring.length);
});

test('work that fails lets the next one pass, and only its own call fails', async () => {
	const lanes = new Lanes();
	const fails = lanes.run(move('a', 'b'), async () => await Promise.reject(new Error('no')));
	const next = lanes.run(copy('b', 'c'), async () => 'done');
	await expect(fails).rejects.toThrow('no');
	expect(await next).toBe('done');
});

test('any mix of them: nobody changes what somebody else is at, and all of it ends', async () => {
	let seed = 7;
	const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
	const name = () => 'abcde'[random(5)] ?? 'a';
	const all = Array.from({ length: 300 }, () =>
		random(2) ? copy(name(), name()) : move(name(), name()),
	);
	const { begun, together } = await log(all, () => random(3));
	expect(begun).toHaveLength(all.length);
	for (const pair of together) {
		const [one, other] = pair.split('+').map((n) => all[Number(n)] ?? copy('', ''));
		const used = [...(other?.reads ?? []), ...(other?.changes ?? [])];
		expect(one?.changes.filter((changed) => used.includes(changed))).toEqual([]);
		expect(other?.changes.filter((changed) => one?.reads.includes(changed))).toEqual([]);
	}
});
