import type { Org } from '../org.ts';
import type { Field } from '../schema/field.ts';
import type { Row, Value } from '../store/row.ts';

/** Where the bytes of a field are. */
const blobUrl = (row: Row, name: string, base: string) =>
	`${base}/sobjects/${row.object}/${row.id}/${name}`;

/** A value as JSON shows it; bytes are a link. */
export function shown(org: Org, row: Row, { name, type }: Field, base: string): unknown {
	const value: Value = org.store.value(row, name);
	if (type === 'base64') return blobUrl(row, name, base);
	return value;
}

export const attributesOf = (row: Row, base: string) => ({
	type: row.object,
	url: `${base}/sobjects/${row.object}/${row.id}`,
});
