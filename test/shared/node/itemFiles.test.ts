import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { IExecuteFunctions } from 'n8n-workflow';
import { itemFiles } from '../../../nodes/shared/node/itemFiles';

const folder = mkdtempSync(path.join(tmpdir(), 'files-'));
const file = path.join(folder, 'kept');
writeFileSync(file, 'on disk');
afterAll(() => rmSync(folder, { recursive: true }));

/** Opens the file of an item that n8n keeps under this path, or what it has in place of one. */
async function opened(kept: string, bytes?: number) {
	const helpers = {
		getBinaryPath: () => kept,
		getBinaryMetadata: async () => {
			if (bytes !== undefined) throw new Error('read another file for what the item says');
			return { fileSize: 7 };
		},
		getBinaryStream: async () => Readable.from([Buffer.from('streamed')]),
	};
	const data = { data: '', id: 'mode:id', mimeType: 'a/b', fileName: 'name', bytes };
	const context = { helpers } as unknown as IExecuteFunctions;
	return await itemFiles(context, [{ json: {}, binary: { data } }], 0).open('data');
}

test.each([
	['the item says', 7],
	['n8n has to look up, as before version 2,', undefined],
])('a file whose size %s is read where n8n keeps it on this machine', async (_label, bytes) => {
	expect(await opened(file, bytes)).toEqual({
		content: { path: file },
		size: 7,
		mimeType: 'a/b',
		fileName: 'name',
	});
});

// What n8n answers in its modes "database" and "s3".
test.each(['database://8f14', 'workflows/1/executions/2/binary_data/3'])(
	'%s is no such file: it comes as a stream',
	async (kept) => {
		const { content } = await opened(kept);
		if (!(content instanceof Readable)) throw new Error('It should be a stream');
		expect((await buffer(content)).toString()).toBe('streamed');
	},
);

test('a file in the item itself comes as its bytes', async () => {
	const data = { data: Buffer.from('inside').toString('base64'), mimeType: 'a/b' };
	const context = { helpers: {} } as unknown as IExecuteFunctions;
	const { content, size } = await itemFiles(context, [{ json: {}, binary: { data } }], 0).open(
		'data',
	);
	expect([content.toString(), size]).toEqual(['inside', 6]);
});
