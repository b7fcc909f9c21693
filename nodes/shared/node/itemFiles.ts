import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { Failure } from '../resilience/failure';
import type { InputFile, Item } from './defineOperation';

// n8n's default of 64 KiB halves the speed of large files.
const CHUNK_BYTES = 1024 * 1024;

/** The files of one item, in every binary mode of the host: memory, file system, database, S3. */
export function itemFiles(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	index: number,
): Item {
	return {
		open: async (property) => await open(context, items[index], property),
		save: async (body, { fileName, mimeType }) => {
			const binary = await context.helpers.prepareBinaryData(body, fileName, mimeType);
			// n8n guesses from the name what the system did not say.
			if (fileName && binary.fileName !== fileName) binary.fileName = fileName;
			return binary;
		},
	};
}

async function open(
	{ helpers }: IExecuteFunctions,
	item: INodeExecutionData | undefined,
	property: string,
): Promise<InputFile> {
	const binary = item?.binary?.[property];
	if (!binary) {
		const names = Object.keys(item?.binary ?? {});
		throw new Failure({
			kind: 'invalid',
			phase: 'notSent',
			code: 'NO_BINARY_DATA',
			message: `The item has no binary property "${property}"`,
			hint: names.length > 0 ? `It has: ${names.join(', ')}.` : 'It has no files at all.',
		});
	}
	const { mimeType, fileName } = binary;
	if (!binary.id) {
		const content = Buffer.from(binary.data, 'base64');
		return { content, size: content.length, mimeType, fileName };
	}
	const { fileSize: size } = await helpers.getBinaryMetadata(binary.id);
	const path = await pathOf(helpers, binary.id);
	const content = path ? { path } : await helpers.getBinaryStream(binary.id, CHUNK_BYTES);
	return { content, size, mimeType, fileName };
}

/**
 * Where n8n keeps the file, if that is on this machine. Reading it there spares two copies of every
 * byte. For files in a database or an object store n8n gives a name that is no path.
 */
async function pathOf(helpers: IExecuteFunctions['helpers'], id: string) {
	const path = helpers.getBinaryPath(id);
	if (!isAbsolute(path)) return undefined;
	const found = await stat(path).catch(() => undefined);
	return found?.isFile() ? path : undefined;
}
