import { csvLine } from '../../../nodes/shared/ground/csv';
import { readCsv } from '../../../nodes/shared/ground/csvReader';

async function* inPieces(content: Buffer, size: number) {
	for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

async function rowsOf(content: Buffer, size = content.length || 1, delimiter?: string) {
	const batches: string[][][] = [];
	for await (const rows of readCsv(inPieces(content, size), { delimiter })) batches.push(rows);
	return batches.flat();
}

test.each<[string, string, string[][]]>([
	['nothing', '', []],
	['a byte order mark alone', '\uFEFF', []],
	[
		'lines that end with LF',
		'a,b\n1,2\n',
		[
			['a', 'b'],
			['1', '2'],
		],
	],
	[
		'lines that end with CRLF',
		'a,b\r\n1,2\r\n',
		[
			['a', 'b'],
			['1', '2'],
		],
	],
	['a last line without an end', 'a\n1', [['a'], ['1']]],
	[
		'a last line that ends with a delimiter',
		'a,b\n1,',
		[
			['a', 'b'],
			['1', ''],
		],
	],
	[
		'a last field that is quoted and empty',
		'a,b\n1,""',
		[
			['a', 'b'],
			['1', ''],
		],
	],
	['a byte order mark', '\uFEFFa,b\n', [['a', 'b']]],
	['a byte order mark before a quote', '\uFEFF"a","b"\r\n', [['a', 'b']]],
	['quotes in quotes', '"say ""x""","""",""\n', [['say "x"', '"', '']]],
	['quotes in a bare field', 'a 5" pipe,b\n', [['a 5" pipe', 'b']]],
	[
		'line ends in quotes',
		'"a\nb","c\r\nd"\r\n"e\r","f"\n',
		[
			['a\nb', 'c\r\nd'],
			['e\r', 'f'],
		],
	],
	['delimiters in quotes', '"a,b",c\n', [['a,b', 'c']]],
	[
		'empty fields',
		',,\n"",\n',
		[
			['', '', ''],
			['', ''],
		],
	],
	['empty lines', 'a\n\n\r\n1\n', [['a'], ['1']]],
	['a quoted empty line', 'a\n""\n1\n', [['a'], [''], ['1']]],
	['spaces', ' a , b \n', [[' a ', ' b ']]],
	['a carriage return alone', 'a\rb,c\n', [['a\rb', 'c']]],
	[
		'other writing',
		'ä,€,日本,👩‍👩‍👧\n"ß","😀"\n',
		[
			['ä', '€', '日本', '👩‍👩‍👧'],
			['ß', '😀'],
		],
	],
])('%s: the same rows wherever the file is cut', async (_what, text, rows) => {
	const content = Buffer.from(text);
	for (let size = 1; size <= content.length + 1; size++)
		expect(await rowsOf(content, size)).toEqual(rows);
});

test('other delimiters', async () => {
	expect(await rowsOf(Buffer.from('a;"b;c"\n1,5;2\n'), 3, ';')).toEqual([
		['a', 'b;c'],
		['1,5', '2'],
	]);
	expect(await rowsOf(Buffer.from('a\tb\n'), 2, '\t')).toEqual([['a', 'b']]);
});

test('what csvLine writes is read back, in files larger than the pieces that are read', async () => {
	const rows = Array.from({ length: 4_000 }, (_, n) => [
		String(n),
		`"${n}", said\r\nshe`,
		'',
		` ${'ü€😀'.repeat(n % 17)} `,
	]);
	const content = Buffer.from(rows.map((row) => csvLine(row)).join(''));
	expect(content.length).toBeGreaterThan(200_000);
	expect(await rowsOf(content)).toEqual(rows);
	expect(await rowsOf(content, 4_099)).toEqual(rows);
});

test('rows come before the file has ended', async () => {
	async function* endless() {
		for (let n = 0; ; n++) yield Buffer.from(`${n},x\n`);
	}
	for await (const [row] of readCsv(endless())) if (row?.[0] === '1000') return;
});

test('others get a turn while a large file in memory is read', async () => {
	const content = Buffer.from('0123456789,"abc"\n'.repeat(200_000));
	let turns = 0;
	const timer = setInterval(() => turns++, 0);
	await rowsOf(content);
	clearInterval(timer);
	expect(turns).toBeGreaterThan(0);
});

test.each([
	['a,b\n"1,2\n', 'row 2 a quote is not closed'],
	['a\n"1" ,2\n', 'row 2 text follows a closing quote'],
	['"a"\rb\n', 'row 1 text follows a closing quote'],
])('%j is refused', async (text, message) => {
	await expect(rowsOf(Buffer.from(text), 1)).rejects.toThrow(message);
	await expect(rowsOf(Buffer.from(text))).rejects.toThrow(message);
});
