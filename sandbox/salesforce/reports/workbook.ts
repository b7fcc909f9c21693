import { crc32 } from 'node:zlib';
import type { Value } from '../store/row.ts';
import type { Table } from './run.ts';

const escape = (text: string) =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const textCell = (text: string) => `<c t="inlineStr"><is><t>${escape(text)}</t></is></c>`;

const cell = (value: Value) =>
	typeof value === 'number'
		? `<c><v>${value}</v></c>`
		: textCell(value === null ? '' : String(value));

/** All rows of a report as a workbook (Office Open XML). */
export function workbook(table: Table): Buffer {
	const columns = table.grouping ? [table.grouping, ...table.columns] : table.columns;
	const head = columns.map(({ field }) => textCell(field.label)).join('');
	const rows = table.rows.map((row) => columns.map((column) => cell(column.get(row))).join(''));
	const sheet = [head, ...rows].map((cells) => `<row>${cells}</row>`).join('');
	const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
	const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
	const packages = 'http://schemas.openxmlformats.org/package/2006';
	const types = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
	const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
	return zip({
		'[Content_Types].xml': `${xml}<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${types}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${types}.worksheet+xml"/></Types>`,
		'_rels/.rels': `${xml}<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		'xl/workbook.xml': `${xml}<workbook xmlns="${main}" xmlns:r="${relations}"><sheets><sheet name="Report" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		'xl/_rels/workbook.xml.rels': `${xml}<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		'xl/worksheets/sheet1.xml': `${xml}<worksheet xmlns="${main}"><sheetData>${sheet}</sheetData></worksheet>`,
	});
}

/** An archive of files that are not compressed. */
function zip(files: Record<string, string>): Buffer {
	const parts: Buffer[] = [];
	const directory: Buffer[] = [];
	let offset = 0;
	for (const [name, text] of Object.entries(files)) {
		const [path, data] = [Buffer.from(name), Buffer.from(text)];
		const common = Buffer.alloc(26);
		common.writeUInt16LE(20, 0);
		common.writeUInt32LE(crc32(data), 10);
		common.writeUInt32LE(data.length, 14);
		common.writeUInt32LE(data.length, 18);
		common.writeUInt16LE(path.length, 22);
		parts.push(Buffer.from('PK\u0003\u0004'), common, path, data);
		const entry = Buffer.alloc(16);
		entry.writeUInt32LE(offset, 12);
		directory.push(
			Buffer.from('PK\u0001\u0002'),
			Buffer.from([20, 0]),
			common,
			entry.subarray(2),
			path,
		);
		offset += 30 + path.length + data.length;
	}
	const size = directory.reduce((total, { length }) => total + length, 0);
	const end = Buffer.alloc(18);
	const count = Object.keys(files).length;
	end.writeUInt16LE(count, 4);
	end.writeUInt16LE(count, 6);
	end.writeUInt32LE(size, 8);
	end.writeUInt32LE(offset, 12);
	return Buffer.concat([...parts, ...directory, Buffer.from('PK\u0005\u0006'), end]);
}
