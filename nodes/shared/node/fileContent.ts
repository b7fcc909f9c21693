import { createReadStream } from 'node:fs';
import { invalidInput } from '../resilience/failure';
import type { InputFile } from './defineOperation';

/** The content of a file of the input item, piece by piece, wherever the host keeps it. */
export async function* chunksOf({ content }: InputFile): AsyncGenerator<Buffer> {
	if (Buffer.isBuffer(content)) yield content;
	else yield* 'path' in content ? createReadStream(content.path) : content;
}

/** All of it in memory. @throws Failure where it is larger than `maxBytes` */
export async function contentOf(file: InputFile, maxBytes: number): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of chunksOf(file)) {
		size += chunk.length;
		if (size > maxBytes)
			throw invalidInput(`The file ${file.fileName ?? ''} is larger than ${maxBytes} bytes`);
		chunks.push(chunk);
	}
	return Buffer.concat(chunks, size);
}
