import { ApiError } from '../errors.ts';
import { convert } from '../records/convert.ts';
import type { Field } from '../schema/field.ts';
import type { ObjectType } from '../schema/objectType.ts';
import type { Schema } from '../schema/schema.ts';
import type { Value } from '../store/row.ts';
import { InvalidBatch } from './refusals.ts';

/** A column of an upload: puts a cell into the fields of its record. */
export interface Column {
	/** @throws RowError */
	put(cell: string, fields: Record<string, unknown>): void;
}

/** A cell that cannot be read. */
export class RowError extends Error {
	override readonly name = 'RowError';
}

/**
 * What the header of an upload means: fields, and parents by their external id ("Account.Number__c",
 * "Contact:Who.Email").
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/datafiles_csv_rel_field_header_row.htm
 * @throws InvalidBatch in Salesforce's words
 */
export const columnsOf = (
	header: readonly string[],
	object: ObjectType,
	schema: Schema,
): Column[] => header.map((name) => plain(name, object, schema) ?? parent(name, object, schema));

function plain(name: string, object: ObjectType, schema: Schema): Column | undefined {
	const field = schema.field(object.name, name);
	if (!field) return undefined;
	return {
		put(cell, fields) {
			// Empty cells say nothing; only #N/A empties a field.
			if (cell !== '') fields[field.name] = cell === '#N/A' ? null : valueOf(field, cell, schema);
		},
	};
}

function parent(name: string, object: ObjectType, schema: Schema): Column {
	const missing = new InvalidBatch(`InvalidBatch : Field name not found : ${name}`);
	const [, type, relationship = '', key = ''] =
		/^(?:([^:.]+):)?([^:.]+)\.([^:.]+)$/.exec(name) ?? [];
	const lookup = schema.relationship(object.name, relationship);
	if (!lookup?.relationshipName) throw missing;
	const polymorphic = lookup.referenceTo.length > 1;
	if (type !== undefined && !polymorphic) {
		throw new InvalidBatch(
			`InvalidBatch : type is not needed for non polymorphic foreign key reference : ${name}`,
		);
	}
	const target = type ?? lookup.referenceTo[0] ?? '';
	const field = schema.field(target, key);
	if (!field || !lookup.referenceTo.includes(schema.get(target)?.name ?? '')) throw missing;
	if (!field.externalId && !field.idLookup) {
		throw new InvalidBatch(
			`InvalidBatch : Field name provided, ${key} is not an External ID or indexed field for ${target}`,
		);
	}
	const { name: lookupName, relationshipName } = lookup;
	return {
		put(cell, fields) {
			if (cell === '') return;
			if (cell === '#N/A') fields[lookupName] = null;
			else {
				const attributes = polymorphic ? { attributes: { type: target } } : {};
				fields[relationshipName] = { ...attributes, [field.name]: cell };
			}
		},
	};
}

const yes = ['true', 'yes', 'y', 'on', '1'];
const no = ['false', 'no', 'n', 'off', '0'];
const typed = ['int', 'double', 'currency', 'percent', 'date', 'datetime', 'time'];

/**
 * The value that a cell stands for.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/datafiles_csv_valid_record_rows.htm
 * @throws RowError
 */
function valueOf(field: Field, cell: string, schema: Schema): Value {
	const wrong = `INVALID_TYPE_ON_FIELD_IN_RECORD:${field.name}: value not of required type: ${cell}:${field.name} --`;
	if (field.type === 'boolean') {
		const text = cell.toLowerCase();
		if (!yes.includes(text) && !no.includes(text)) throw new RowError(wrong);
		return yes.includes(text);
	}
	if (!typed.includes(field.type)) return cell;
	try {
		return convert(schema, field, cell);
	} catch (error) {
		if (error instanceof ApiError && error.details[0]?.code === 'JSON_PARSER_ERROR') {
			throw new RowError(wrong);
		}
		// Too long, too large ...: said when the row is written.
		return cell;
	}
}
