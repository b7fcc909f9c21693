import { isObject } from '../body.ts';
import { ApiError, noSuchColumn, refusal } from '../errors.ts';
import type { ObjectType } from '../schema/objectType.ts';
import type { Field } from '../schema/field.ts';
import { isDeleted, type Value } from '../store/row.ts';
import type { WriteContext } from './context.ts';
import { convert } from './convert.ts';

export type Mode = 'create' | 'update';

/**
 * The fields of a record as a client sent them, converted. Lookups may be given by the external id
 * of the parent: `{ "Account": { "External_Id__c": "A-1" } }`.
 * @throws ApiError INVALID_FIELD, INVALID_FIELD_FOR_INSERT_UPDATE ...
 */
export function readFields(
	context: WriteContext,
	type: ObjectType,
	input: Record<string, unknown>,
	mode: Mode,
): Record<string, Value> {
	const { schema } = context.org;
	const values: Record<string, Value> = {};
	const readOnly: string[] = [];
	for (const [name, given] of Object.entries(input)) {
		if (name.toLowerCase() === 'attributes') continue;
		const field = schema.field(type.name, name);
		const parent = field ? undefined : schema.relationship(type.name, name);
		if (!field && !parent) throw noSuchColumn(name, type.name);
		const target = field ?? parent;
		if (!target) continue;
		if (mode === 'create' ? !target.createable : !target.updateable) readOnly.push(target.name);
		else if (parent) values[parent.name] = byExternalId(context, parent, given);
		else values[target.name] = convert(schema, target, given);
	}
	if (readOnly.length > 0) {
		throw refusal(
			'INVALID_FIELD_FOR_INSERT_UPDATE',
			`Unable to create/update fields: ${readOnly.join(', ')}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`,
			readOnly,
		);
	}
	return values;
}

function byExternalId(context: WriteContext, field: Field, given: unknown): Value {
	const { schema, store } = context.org;
	if (given === null) return null;
	const [object = ''] = field.referenceTo;
	const keys = isObject(given) ? Object.entries(given).filter(([key]) => key !== 'attributes') : [];
	const attributes = isObject(given) && isObject(given.attributes) ? given.attributes : {};
	const target = typeof attributes.type === 'string' ? attributes.type : object;
	const [key] = keys;
	if (!key || keys.length > 1) {
		throw refusal(
			'INVALID_FIELD',
			`Cannot deserialize instance of ${object} from ${JSON.stringify(given)}`,
		);
	}
	const external = schema.field(target, key[0]);
	if (!external) throw noSuchColumn(key[0], target);
	if (!external.externalId && !external.idLookup) {
		const message = `${external.name} is not an external id of ${target}`;
		throw refusal('INVALID_FIELD', message, [external.name]);
	}
	const value = convert(schema, external, key[1]);
	const found = store
		.table(target)
		.having(external.name, value)
		.filter((row) => !isDeleted(row));
	if (found.length === 1 && found[0]) return found[0].id;
	if (found.length > 1) {
		const message = `Foreign key external ID: ${String(value)} matches more than one record for field ${external.name} in entity ${target}`;
		throw new ApiError([{ code: 'INVALID_FIELD', message, fields: [] }]);
	}
	throw refusal(
		'INVALID_FIELD',
		`Foreign key external ID: ${String(value)} not found for field ${external.name} in entity ${target}`,
		[],
	);
}
