import { ApiError, refusal } from '../errors.ts';
import type { Org } from '../org.ts';
import type { WriteContext } from '../records/context.ts';
import {
	createRecord,
	deleteRecord,
	recordById,
	recordsByExternalId,
	updateRecord,
} from '../records/write.ts';
import type { ObjectType } from '../schema/objectType.ts';
import { isDeleted, type Row } from '../store/row.ts';
import type { Job } from './job.ts';
import type { RowOutcome } from './results.ts';

export type Fields = Record<string, unknown>;

type Verb = (
	context: WriteContext,
	type: ObjectType,
	fields: Fields,
	key: string,
) => { row: Row; created: boolean };

/** Id of the record a row is about. @throws ApiError */
function existing(context: WriteContext, type: ObjectType, { Id: id }: Fields, verb: string): Row {
	if (typeof id !== 'string') {
		throw refusal('MISSING_ARGUMENT', `Id not specified in ${verb} call`, []);
	}
	try {
		const row = recordById(context, type, id);
		if (!isDeleted(row)) return row;
	} catch (error) {
		// Rows know these errors by other names than paths.
		if (!(error instanceof ApiError) || error.details[0]?.code !== 'NOT_FOUND') throw error;
		if (!/^[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?$/.test(id)) {
			throw refusal('MALFORMED_ID', `${type.label} ID: id value of incorrect type: ${id}`, ['Id']);
		}
		throw refusal('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', []);
	}
	throw refusal('ENTITY_IS_DELETED', 'entity is deleted', []);
}

const insert: Verb = (context, type, fields) => {
	if (fields.Id !== undefined) {
		const message = 'cannot specify Id in an insert call';
		throw refusal('INVALID_FIELD_FOR_INSERT_UPDATE', message, ['Id']);
	}
	return { row: createRecord(context, type, fields), created: true };
};

const update: Verb = (context, type, { Id, ...fields }) => {
	const row = existing(context, type, { Id }, 'an update');
	updateRecord(context, type, row, fields);
	return { row, created: false };
};

const upsert: Verb = (context, type, fields, key) => {
	if (key === 'Id')
		return fields.Id === undefined
			? insert(context, type, fields, key)
			: update(context, type, fields, key);
	const value = fields[key] ?? null;
	if (typeof value === 'object') {
		throw refusal('MISSING_ARGUMENT', `${key} not specified`, []);
	}
	const [row, ...more] = recordsByExternalId(context, type, key, String(value));
	if (more.length > 0) {
		const ids = [row, ...more].map((one) => one?.id).join(', ');
		throw refusal(
			'DUPLICATE_EXTERNAL_ID',
			`${key}: more than one record found for external id field: [${ids}]`,
			[],
		);
	}
	if (!row) return insert(context, type, fields, key);
	const { [key]: _key, ...others } = fields;
	updateRecord(context, type, row, others);
	return { row, created: false };
};

const remove: Verb = (context, type, fields) => {
	const row = existing(context, type, fields, 'a delete');
	deleteRecord(context, type, row);
	return { row, created: false };
};

const hardDelete: Verb = (context, type, fields, key) => {
	const removed = remove(context, type, fields, key);
	context.org.store.table(type.name).take(removed.row);
	return removed;
};

const verbs: Record<string, Verb> = { insert, update, upsert, delete: remove, hardDelete };

/**
 * Writes rows of a job, each for itself, in one transaction.
 * @param rows with what is known to be wrong instead of fields
 */
export function writeRows(
	org: Org,
	{ externalIdFieldName, object, operation }: Job,
	context: WriteContext,
	rows: ReadonlyArray<Fields | RowOutcome>,
): RowOutcome[] {
	const type = org.schema.get(object);
	const verb = verbs[operation];
	const key = org.schema.field(object, externalIdFieldName ?? '')?.name ?? '';
	if (!type || !verb) return [];
	return org.store.transaction(() =>
		rows.map((row) => {
			if (isOutcome(row)) return row;
			try {
				const { row: written, created } = verb(context, type, row, key);
				return { id: written.id, created };
			} catch (error) {
				const id = typeof row.Id === 'string' ? row.Id : '';
				return { id, created: false, error: textOf(error) };
			}
		}),
	);
}

const isOutcome = (row: Fields | RowOutcome): row is RowOutcome =>
	'created' in row && typeof row.error === 'string';

/** "CODE:message:Field1 Field2 --" */
function textOf(error: unknown): string {
	if (!(error instanceof ApiError)) throw error;
	return error.details
		.map(({ code, fields = [], message }) => {
			const names = fields.length > 0 ? `${fields.join(' ')} ` : '';
			return `${code}:${message}:${names}--`;
		})
		.join(';');
}
