import { text } from 'node:stream/consumers';
import type { S3Client } from '../../../nodes/S3/transport/client';
import type { AnyOperation, Item } from '../../../nodes/shared/node/defineOperation';
import { WithFiles } from '../../../nodes/shared/node/defineOperation';

/** What an operation puts out for one item. */
export interface Acted {
	rows: Array<Record<string, unknown>>;
	/** texts of the files of the rows, by the name of the file */
	files: Map<string, string>;
}

/** Runs an operation of single items as the node does, with the options left as they are. */
export async function act(
	{ execute }: AnyOperation<S3Client>,
	s3: S3Client,
	input: Record<string, unknown>,
): Promise<Acted> {
	const files = new Map<string, string>();
	const item: Item = {
		open: async () => await Promise.reject(new Error('The item has no files')),
		save: async (body, { fileName = '', mimeType = '' }) => {
			files.set(fileName, await text(body));
			return { data: '', fileName, mimeType };
		},
	};
	const given = { returnAll: true, output: 'items', options: {}, ...input };
	const rows = [await execute?.(s3, given, item)].flat();
	return { rows: rows.map((row) => (row instanceof WithFiles ? row.row : row) as never), files };
}
