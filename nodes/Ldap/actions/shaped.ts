import type { IBinaryData } from 'n8n-workflow';
import { Readable } from 'node:stream';
import type { Item } from '../../shared/node/defineOperation';
import { WithFiles } from '../../shared/node/defineOperation';
import type { Entry } from '../transport/entry';
import type { Schema } from '../transport/schema';
import type { Row } from '../transport/values/shapeEntry';
import { isSecretAttribute } from '../transport/values/secretAttributes';
import { entryShaper } from '../transport/values/shapeEntry';

export interface ShapeOptions {
	binaryValues?: 'base64' | 'files';
	operational?: boolean;
	raw?: boolean;
}

/** The attributes to ask for; `undefined`: all user attributes. */
export function askedFor(
	attributes: string[],
	{ operational }: ShapeOptions = {},
): string[] | undefined {
	if (!operational) return attributes.length > 0 ? attributes : undefined;
	return attributes.length > 0 ? [...attributes, '+'] : ['*', '+'];
}

/**
 * How rows are shaped that have no files. Passwords and keys are shown to whoever asked for them by name:
 * with "all attributes" nobody means to store them in the data of an execution.
 * @param attributes that were asked for
 */
export function shownAs(attributes: string[], { raw = false }: ShapeOptions) {
	const asked = new Set(attributes.map((name) => name.toLowerCase()));
	return {
		values: raw ? ('raw' as const) : ('typed' as const),
		binary: 'base64' as const,
		shows: (name: string) => !isSecretAttribute(name) || asked.has(name.toLowerCase()),
	};
}

/** How entries become rows, with their binary values as files where that is wanted. */
export function shaping(
	schema: Schema,
	attributes: string[],
	options: ShapeOptions,
	item: Item,
): (entry: Entry) => Promise<Row | WithFiles<Row>> {
	const shape = entryShaper(schema, {
		...shownAs(attributes, options),
		binary: options.binaryValues ?? 'base64',
	});
	return async (entry) => {
		const { row, files } = shape(entry);
		if (files.length === 0) return row;
		const saved: Record<string, IBinaryData> = {};
		for (const { property, fileName, mimeType, content } of files)
			saved[property] = await item.save(Readable.from([content]), { fileName, mimeType });
		return new WithFiles(row, saved);
	};
}
