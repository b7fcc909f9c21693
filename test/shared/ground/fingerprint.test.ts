import { fingerprint } from '../../../nodes/shared/ground/fingerprint';
import { seeded } from '../virtualClock';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const TEXTS = [
	'',
	'a',
	'ä',
	'a\u0308',
	'日本',
	'🦆',
	'\ud800',
	'"',
	'\\',
	'\u2028',
	'__proto__',
	'1',
];

/** A JSON value of the given depth at most. */
function anything(random: () => number, depth: number): Json {
	const pick = <T>(from: readonly T[]): T => {
		const found = from[Math.floor(random() * from.length)];
		if (found === undefined) throw new Error('nothing to pick');
		return found;
	};
	const kind = Math.floor(random() * (depth > 0 ? 6 : 4));
	if (kind === 0) return null;
	if (kind === 1) return random() < 0.5;
	if (kind === 2) return Math.round((random() - 0.5) * 1e6) / 100;
	if (kind === 3) return pick(TEXTS) + pick(TEXTS);
	const members = Array.from({ length: Math.floor(random() * 5) }, () =>
		anything(random, depth - 1),
	);
	if (kind === 4) return members;
	return Object.fromEntries(members.map((member) => [pick(TEXTS) + pick(TEXTS), member]));
}

function shuffled(value: Json, random: () => number): Json {
	if (value === null || typeof value !== 'object') return value;
	if (Array.isArray(value)) return value.map((member) => shuffled(member, random));
	const members = Object.entries(value).map(([name, member]): [string, Json] => [
		name,
		shuffled(member, random),
	]);
	return Object.fromEntries(
		members
			.map((member) => ({ member, rank: random() }))
			.sort((a, b) => a.rank - b.rank)
			.map(({ member }) => member),
	);
}

/** JSON with sorted names, made the slow way: equal exactly for values that are equal. */
const sorted = (value: Json): string =>
	JSON.stringify(value, (_name, member: Json) =>
		member !== null && typeof member === 'object' && !Array.isArray(member)
			? Object.entries(member).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
			: member,
	);

test('1,000 values: the order of names does not matter, anything else does', () => {
	const random = seeded(1);
	const known = new Map<string, string>();
	for (let n = 0; n < 1_000; n++) {
		const value = anything(random, 4);
		const print = fingerprint(value);
		expect(print).toMatch(/^[0-9a-f]{64}$/);
		expect(fingerprint(shuffled(value, random))).toBe(print);
		expect(fingerprint(JSON.parse(JSON.stringify(value)))).toBe(print);
		const text = sorted(value);
		expect(known.get(print) ?? text).toBe(text);
		known.set(print, text);
	}
	expect(known.size).toBeGreaterThan(400);
});

test.each<[unknown, unknown]>([
	[
		['a', 'b'],
		['b', 'a'],
	],
	['1', 1],
	[['ab'], ['a', 'b']],
	[{ a: null }, {}],
	[[[]], [{}]],
	['ä', 'a\u0308'],
	[{ a: { b: 1 } }, { 'a.b': 1 }],
	[true, 'true'],
	[10n, 10],
	[
		{ a: 1, b: 2 },
		{ a: 2, b: 1 },
	],
	['a', 'A'],
	[
		[1, [2]],
		[[1], 2],
	],
])('%p and %p differ', (one, other) => {
	expect(fingerprint(one)).not.toBe(fingerprint(other));
});

test('members that are undefined count as absent, and a Date as its JSON', () => {
	expect(fingerprint({ a: 1, b: undefined })).toBe(fingerprint({ a: 1 }));
	const date = new Date('2026-02-03T04:05:06.789Z');
	expect(fingerprint({ date })).toBe(fingerprint({ date: '2026-02-03T04:05:06.789Z' }));
	expect(fingerprint({ date })).not.toBe(fingerprint({ date: new Date(0) }));
	expect(fingerprint(Buffer.from('ab'))).not.toBe(fingerprint(Buffer.from('ba')));
});

test('the same thing may occur twice, but not inside itself', () => {
	const part = { x: 1 };
	expect(fingerprint([part, part])).toBe(fingerprint([{ x: 1 }, { x: 1 }]));
	const loop: Record<string, unknown> = {};
	loop.self = [loop];
	expect(() => fingerprint(loop)).toThrow(/contains itself/);
});
