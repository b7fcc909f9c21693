import type { IBinaryData, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
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
	const size = await sizeOf(helpers, binary);
	const path = helpers.getBinaryPath(binary.id);
	// Reading a file where n8n keeps it spares two copies of every byte. In a database or an object
	// store it has a name that is no path.
	const content = isAbsolute(path)
		? { path }
		: await helpers.getBinaryStream(binary.id, CHUNK_BYTES);
	return { content, size, mimeType, fileName };
}

/** The item of an older n8n does not say it: there n8n reads it from a file beside the file. */
const sizeOf = async (
	{ getBinaryMetadata }: IExecuteFunctions['helpers'],
	{ id = '', bytes }: IBinaryData,
) => bytes ?? (await getBinaryMetadata(id)).fileSize;
