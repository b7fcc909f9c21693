import { blocksOf } from './ldifBlocks';
import type { LdifRecord } from './ldifRecord';
import { readRecord } from './ldifRecord';

export type { LdifRecord } from './ldifRecord';
export { ldifWriter } from './ldifText';

/**
 * The records of an LDIF file, in their order, while it is read; a record that is wrong is one of type
 * "invalid", and the others follow. Values in other files ("name:< file:///...") are never read.
 * @throws Failure of kind invalid where the file is UTF-16
 */
export async function* parseLdif(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<LdifRecord> {
	for await (const block of blocksOf(chunks)) {
		const record = readRecord(block);
		if (record) yield record;
	}
}
