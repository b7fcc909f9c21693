import type { OpenFile } from '../../../../nodes/Salesforce/transport/records/bulk/csvFile';
import { FilePart, headOf } from '../../../../nodes/Salesforce/transport/records/bulk/csvFile';

const opened = (content: Buffer, size: number): OpenFile =>
	async function* () {
		for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
	};

async function textOf(part: FilePart): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of part.body()) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString();
}

async function partsOf(open: OpenFile, mostBytes: number): Promise<string[]> {
	const head = await headOf(open);
	const parts: string[] = [];
	for (let from: number | undefined = head.bytes; from !== undefined;) {
		const part: FilePart = new FilePart(open, head, from, mostBytes);
		parts.push(await textOf(part));
		// A part that is sent again is the same.
		expect(await textOf(part)).toBe(parts.at(-1));
		from = part.next;
	}
	return parts;
}

test.each<[string, object]>([
	['Id,Name\n1,2\n', { columnDelimiter: 'COMMA', lineEnding: 'LF' }],
	['Id;Name\r\n1;2,3\r\n', { columnDelimiter: 'SEMICOLON', lineEnding: 'CRLF' }],
	['"Id,x,y"\tName\n1\t2\n', { columnDelimiter: 'TAB', lineEnding: 'LF' }],
	['"a\nb"|c\r\n1|2', { columnDelimiter: 'PIPE', lineEnding: 'CRLF' }],
	['Id\n1', { columnDelimiter: 'COMMA', lineEnding: 'LF' }],
])('%j', async (text, form) => {
	for (const size of [1, 3, 100])
		expect(await headOf(opened(Buffer.from(text), size))).toMatchObject(form);
});

test('a byte order mark is no part of the first name', async () => {
	const open = opened(Buffer.from('\uFEFFId,Name\n1,2\n'), 2);
	expect(await partsOf(open, 1_000)).toEqual(['Id,Name\n1,2\n']);
});

test.each(['', 'Id,Name', 'Id,Name\n'])('%j has no records', async (text) => {
	await expect(headOf(opened(Buffer.from(text), 5))).rejects.toMatchObject({ kind: 'invalid' });
});

const rows = ['1,"a\nb"\n', '22,"say ""x"", y"\n', '333,ü€😀\n', '4,\n', '5,"\n\n\n"\n', '6,last'];
const file = Buffer.from(`Id,Name\n${rows.join('')}`);

test.each([1, 2, 7, 13, 64, 1_000])('in pieces of %i bytes: rows are never cut', async (size) => {
	const open = opened(file, size);
	expect(await partsOf(open, 1_000)).toEqual([file.toString()]);
	for (let most = 10; most < 60; most++) {
		const parts = await partsOf(open, most);
		const cut = parts.map((part) => part.slice('Id,Name\n'.length));
		expect(cut.join('')).toBe(rows.join(''));
		for (const [n, part] of parts.entries()) {
			expect(part.startsWith('Id,Name\n')).toBe(true);
			expect(rows.some((row) => cut[n]?.startsWith(row))).toBe(true);
			const single = rows.includes(cut[n] ?? '');
			expect(single || Buffer.byteLength(part) <= most).toBe(true);
		}
	}
});

test('a quote that is not closed is refused before the job is', async () => {
	const open = opened(Buffer.from('Id,Name\n1,"2\n3,4\n'), 4);
	const part = new FilePart(open, await headOf(open), 8);
	await expect(textOf(part)).rejects.toThrow('a quote in it is not closed');
});
