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

/**
 * What is said of a record that was made. Events are not there yet: they wait to be published.
 * https://developer.salesforce.com/docs/atlas.en-us.platform_events.meta/platform_events/platform_events_publish_api.htm
 */
export function made({ id, object, values }: Row) {
	const message = values.EventUuid;
	const enqueued = { statusCode: 'OPERATION_ENQUEUED', message, fields: [] };
	return { id, success: true, errors: object.endsWith('__e') ? [enqueued] : [] };
}

export const attributesOf = (row: Row, base: string) => ({
	type: row.object,
	url: `${base}/sobjects/${row.object}/${row.id}`,
});
