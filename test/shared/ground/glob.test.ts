import picomatch from 'picomatch';
import { glob, globFilter } from '../../../nodes/shared/ground/glob';
import { oddKeys } from '../../sandbox/s3/oddKeys.ts';

const matching = (pattern: string, names: string[]) => names.filter(glob(pattern).matches);

describe('agrees with picomatch on names that are also paths', () => {
	const parts = ['a', 'b1', 'logs', '2026-01.csv', 'x.gz', '.hidden', 'ab'];
	const names = [
		...parts,
		...parts.flatMap((one) => parts.map((other) => `${one}/${other}`)),
		...parts.flatMap((one) => parts.map((other) => `${one}/a/${other}`)),
		...parts.flatMap((one) => parts.map((other) => `logs/${one}/b1/${other}`)),
	];

	test.each([
		'*',
		'**',
		'*.csv',
		'**/*.csv',
		'**/a',
		'logs/**',
		'logs/**/*',
		'logs/**/2026-*.{csv,gz}',
		'logs/*/b1/*',
		'**/b1/**',
		'**/a/**/x.gz',
		'a/**/a/*',
		'?',
		'??',
		'[ab]*',
		'[!ab]*',
		'[^l]*/**',
		'[a-c]*/[0-9a-z]*',
		'{a,logs}/{x.gz,.hidden}',
		'{a,logs/{a,b1}}/b1',
		'b{1..3}',
		'logs/?1/**',
		'.*',
		'a*b',
		'**/{a,ab}',
		'*/*',
		'*/*/*',
		'no-such-name',
	])('%s', (pattern) => {
		// For picomatch "logs/**" is "logs" as well, which is not below it.
		const below = pattern.replace(/\/\*\*$/, '/**/*');
		const theirs = picomatch(below, { dot: true, strictSlashes: true, posix: true });
		expect(matching(pattern, names)).toEqual(names.filter((name) => theirs(name)));
	});
});

test.each(oddKeys)('%j is found as it is, by ** and by its beginning', (name) => {
	const literally = name.replace(/[\\*?[\]{}]/g, '\\$&');
	expect(glob(literally).matches(name)).toBe(true);
	expect(matching(literally, oddKeys)).toEqual([name]);
	expect(glob('**').matches(name)).toBe(true);
	expect(glob(`${literally}**`).matches(name)).toBe(true);
	expect(glob(name.includes('/') ? '**/*' : '*').matches(name)).toBe(!name.endsWith('/'));
	expect(glob(literally).places).toEqual([{ prefix: name, shallow: true }]);
});

test('names are not paths', () => {
	const names = ['a/../b', 'a/./b', 'a//b', '/a/b', 'a/b/', '../b', './b', 'b'];
	expect(matching('a/**/b', names)).toEqual(['a/../b', 'a/./b', 'a//b']);
	expect(matching('a/*/b', names)).toEqual(['a/../b', 'a/./b']);
	expect(matching('/**', names)).toEqual(['/a/b']);
	expect(matching('./*', names)).toEqual(['./b']);
	expect(matching('../*', names)).toEqual(['../b']);
	expect(matching('b', names)).toEqual(['b']);
	expect(matching('a/**', ['a', 'a/', 'a/x', 'ab'])).toEqual(['a/', 'a/x']);
	expect(matching('a/*', ['a', 'a/', 'a/x', 'a/x/'])).toEqual(['a/x']);
	expect(matching('*', ['line\nfeed', '!x', '#x', 'a|b', 'a+b', '(1)'])).toHaveLength(6);
	expect(matching('**/x', ['line\nfeed/x'])).toHaveLength(1);
	expect(matching('file (1)*.txt', ['file (1) b.txt', 'file 1.txt'])).toEqual(['file (1) b.txt']);
	expect(matching('!a', ['!a', 'b'])).toEqual(['!a']);
	expect(matching('"q"+*', ['"q"+1', 'qq1'])).toEqual(['"q"+1']);
	expect(matching('?', ['🦆', 'ü', '日', '/', ''])).toEqual(['🦆', 'ü', '日']);
	expect(matching('[🦆-🦉]', ['🦆', '🦇', '🦆x'])).toEqual(['🦆', '🦇']);
});

test.each([
	['a[b', ['a[b']],
	['a{b', ['a{b']],
	['a{b}', ['a{b}']],
	['a{,b}', ['a', 'ab']],
	['a\\', ['a\\']],
	['\\{a,b}', ['{a,b}']],
	['{a\\,b,c}', ['a,b', 'c']],
	['[]a]', [']', 'a']],
	['[a\\]]', ['a', ']']],
	['[a-]', ['a', '-']],
	['[!/d711ab]', ['x']],
	['{08..10}', ['08', '09', '10']],
	['{10..8}', ['8', '9', '10']],
	['{a..c}', ['a', 'b', 'c']],
	['', ['']],
])('%j means %j', (pattern, names) => {
	expect(names.filter((name) => !glob(pattern).matches(name))).toEqual([]);
	expect(matching(pattern, ['d', '/', '7', '11', 'aa', 'b]'])).toEqual([]);
});

test('too many alternatives are refused, not tried', () => {
	expect(() => glob('{a,b}'.repeat(11))).toThrow(/1000 alternatives/);
	expect(() => glob('{1..1000000}')).toThrow(/1000 alternatives/);
	expect(glob('{a,b}'.repeat(9)).matches('ababababa')).toBe(true);
});

test.each([
	['logs/**/2026-*.{csv,gz}', [{ prefix: 'logs/', shallow: false }]],
	['logs/2026-*.csv', [{ prefix: 'logs/2026-', shallow: true }]],
	[
		'{b,a}/*',
		[
			{ prefix: 'a/', shallow: true },
			{ prefix: 'b/', shallow: true },
		],
	],
	['{a,a/b}/*', [{ prefix: 'a/', shallow: false }]],
	['*', [{ prefix: '', shallow: true }]],
	['**', [{ prefix: '', shallow: false }]],
	['a/*/c', [{ prefix: 'a/', shallow: false }]],
	['a\\*b/c', [{ prefix: 'a*b/c', shallow: true }]],
])('%s: matches are to be looked for in %j', (pattern, places) => {
	expect(glob(pattern).places).toEqual(places);
});

test('a dead end is the shortest beginning that no match has', () => {
	const { deadEnd } = glob('logs/*/2026/{a,b}.csv');
	expect(deadEnd('logs/x/2019/a.csv')).toBe('logs/x/201');
	expect(deadEnd('logs/x/2026/c.csv')).toBe('logs/x/2026/c');
	expect(deadEnd('logs/x/2026/a.csv')).toBeUndefined();
	expect(deadEnd('logs/x/20')).toBeUndefined();
	expect(glob('{a,bc}*').deadEnd('bd')).toBe('bd');
	expect(glob('🦆').deadEnd('🦇')).toBe('🦇');
	expect(glob('**').deadEnd('any/thing')).toBeUndefined();
});

test('what is wanted, without what is not', () => {
	const names = ['a.csv', 'b.csv', 'tmp/a.csv', 'a.txt'];
	expect(names.filter(globFilter([], []))).toEqual(names);
	expect(names.filter(globFilter(['**/*.csv'], ['tmp/**', 'b*']))).toEqual(['a.csv']);
});

test('a name that somebody made for it does not take long', () => {
	const { matches } = glob(`${'*a'.repeat(20)}**/${'*a'.repeat(20)}b`);
	const startedAt = performance.now();
	expect(matches('a'.repeat(1_024))).toBe(false);
	expect(matches(`${'a/'.repeat(512)}`)).toBe(false);
	expect(performance.now() - startedAt).toBeLessThan(500);
});
