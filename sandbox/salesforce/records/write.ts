import { randomUUID } from 'node:crypto';
import { ApiError, notFound, refusal, type ErrorDetail } from '../errors.ts';
import { lockedRowMessage } from '../faults.ts';
import { normalId } from '../ids.ts';
import type { ObjectType } from '../schema/objectType.ts';
import { isDeleted, type Row, type Value } from '../store/row.ts';
import type { WriteContext } from './context.ts';
import { afterCreate, beforeWrite } from './behaviour.ts';
import { readFields } from './input.ts';
import {
	checkDuplicates,
	checkReferences,
	checkRequired,
	checkUnique,
	checkValidationRules,
} from './rules.ts';

export type Input = Record<string, unknown>;

/** A row that somebody else holds. @throws ApiError UNABLE_TO_LOCK_ROW */
function lock(context: WriteContext): void {
	const { lockedRows } = context;
	const tried = ++context.locksTried;
	if (Math.floor(tried * lockedRows) === Math.floor((tried - 1) * lockedRows)) return;
	throw refusal('UNABLE_TO_LOCK_ROW', lockedRowMessage, []);
}

/** @throws ApiError with all that is wrong; nothing is changed then */
export function createRecord(context: WriteContext, type: ObjectType, input: Input): Row {
	const { org, userId } = context;
	if (!type.createable) {
		throw refusal(
			'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
			`entity type ${type.name} does not support create`,
			[],
		);
	}
	return org.store.transaction(() => {
		const values = readFields(context, type, input, 'create');
		beforeWrite(context, type, values, undefined);
		checkRequired(type, values, true);
		checkReferences(context, type, values);
		lock(context);
		checkUnique(context, type, values, undefined);
		if (org.schema.field(type.name, 'EventUuid')) values.EventUuid = randomUUID();
		const { assignmentRule } = type;
		if (context.assign && assignmentRule && values.OwnerId === undefined) {
			values.OwnerId = assignmentRule.ownerId;
		}
		const row = org.store.add(type.name, values, userId);
		checkValidationRules(type, row, undefined);
		checkDuplicates(context, type, row);
		afterCreate(context, type, row);
		return row;
	});
}

/** @throws ApiError with all that is wrong; nothing is changed then */
export function updateRecord(
	context: WriteContext,
	type: ObjectType,
	row: Row,
	input: Input,
): void {
	const { org, userId } = context;
	if (!type.updateable) {
		throw refusal(
			'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
			`entity type ${type.name} does not support update`,
			[],
		);
	}
	org.store.transaction(() => {
		const values = readFields(context, type, input, 'update');
		if (isDeleted(row)) throw refusal('ENTITY_IS_DELETED', 'entity is deleted', []);
		beforeWrite(context, type, values, row);
		checkRequired(type, values, false);
		checkReferences(context, type, values);
		lock(context);
		checkUnique(context, type, values, row);
		const before: Row = { ...row };
		org.store.change(row, values, userId);
		checkValidationRules(type, row, before);
		checkDuplicates(context, type, row);
	});
}

/** @throws ApiError ENTITY_IS_DELETED ... */
export function deleteRecord(context: WriteContext, type: ObjectType, row: Row): void {
	const { org, userId } = context;
	if (isDeleted(row)) throw refusal('ENTITY_IS_DELETED', 'entity is deleted', []);
	if (!type.deletable) {
		throw refusal('CANNOT_DELETE_ENTITY', `entity type ${type.name} does not support delete`, []);
	}
	lock(context);
	org.store.transaction(() => org.store.remove(row, userId));
}

/** The record a path or a row names by its id. @throws ApiError NOT_FOUND, MALFORMED_ID */
export function recordById({ org }: WriteContext, type: ObjectType, text: string): Row {
	const id = normalId(text);
	if (id === undefined) {
		const message = `Provided external ID field does not exist or is not accessible: ${text}`;
		throw refusal('NOT_FOUND', message);
	}
	if (type.keyPrefix !== null && !id.startsWith(type.keyPrefix)) {
		const message = `${type.label} ID: id value of incorrect type: ${text}`;
		throw refusal('MALFORMED_ID', message, ['Id']);
	}
	const row = org.store.table(type.name).get(id);
	if (!row) throw notFound();
	return row;
}

/**
 * The records with this value of an external id, deleted ones left out.
 * @throws ApiError NOT_FOUND when the field is none
 */
export function recordsByExternalId(
	{ org }: WriteContext,
	type: ObjectType,
	name: string,
	value: Value,
): Row[] {
	const field = org.schema.field(type.name, name);
	if (field?.name === 'Id') {
		const row = typeof value === 'string' ? org.store.find(value) : undefined;
		return row && row.object === type.name && !isDeleted(row) ? [row] : [];
	}
	if (!field || !(field.externalId || field.idLookup)) {
		throw refusal(
			'NOT_FOUND',
			`Provided external ID field does not exist or is not accessible: ${name}`,
		);
	}
	return org.store
		.table(type.name)
		.having(field.name, value)
		.filter((row) => !isDeleted(row));
}

/** All that went wrong in a row of many. Anything but an ApiError is a defect of this server. */
export function rowErrors(error: unknown): ErrorDetail[] {
	if (error instanceof ApiError) return error.details;
	throw error;
}
