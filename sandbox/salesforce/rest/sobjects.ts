import { empty, json, type Answer } from '../answer.ts';
import { objectBody } from '../body.ts';
import { noSuchColumn, notFound, refusal } from '../errors.ts';
import { normalId } from '../ids.ts';
import { writeContext } from '../records/context.ts';
import { convert } from '../records/convert.ts';
import {
	createRecord,
	deleteRecord,
	recordById,
	recordsByExternalId,
	updateRecord,
	type Input,
} from '../records/write.ts';
import type { Call, Route } from '../router.ts';
import type { ObjectType } from '../schema/objectType.ts';
import { isDeleted, type Row } from '../store/row.ts';
import { bodyWithBlob } from './blobBody.ts';
import { objectOf } from './describe.ts';
import { attributesOf, shown, made } from './shape.ts';

/** A record with the fields of the query `fields`, or all. @throws ApiError INVALID_FIELD */
export function recordJson(call: Call, type: ObjectType, row: Row, names: string[] | undefined) {
	const { org, base } = call;
	const fields = names
		? names.map((name) => {
				const field = org.schema.field(type.name, name);
				if (!field) throw noSuchColumn(name, type.name);
				return field;
			})
		: type.fields;
	return {
		attributes: attributesOf(row, base),
		...Object.fromEntries(fields.map((field) => [field.name, shown(org, row, field, base)])),
		...(names && { Id: row.id }),
	};
}

/** Names in a query: "Id,Name". */
export const fieldList = (text: string | null): string[] | undefined =>
	text === null
		? undefined
		: text
				.split(',')
				.map((name) => name.trim())
				.filter((name) => name !== '');

/** The record of a path; one in the recycle bin is gone. @throws ApiError NOT_FOUND */
function livingRecord(call: Call, type: ObjectType): Row {
	const row = recordById(writeContext(call), type, call.params.id ?? '');
	if (isDeleted(row)) throw notFound();
	return row;
}

/**
 * The one record of an external id, or the answer 300 with the addresses of all that have it.
 * @throws ApiError NOT_FOUND
 */
function oneByExternalId(call: Call, type: ObjectType): Row | Answer | undefined {
	const { field: name = '', value = '' } = call.params;
	const field = call.org.schema.field(type.name, name);
	const wanted = field ? convert(call.org.schema, field, value) : value;
	const rows = recordsByExternalId(writeContext(call), type, name, wanted);
	if (rows.length < 2) return rows[0];
	return json(
		rows.map((row) => attributesOf(row, call.base).url),
		300,
	);
}

const isRow = (found: Row | Answer): found is Row => 'values' in found;

function create(call: Call): Answer {
	const type = objectOf(call);
	const row = createRecord(writeContext(call), type, bodyWithBlob(call));
	const location = `${call.base}/sobjects/${type.name}/${row.id}`;
	return json(made(row), 201, { location });
}

/** @throws ApiError INVALID_FIELD when the body has what the path says already */
function refuseInBody(input: Input, names: string[]): void {
	for (const key of Object.keys(input)) {
		if (!names.some((name) => name.toLowerCase() === key.toLowerCase())) continue;
		throw refusal('INVALID_FIELD', `The ${key} field should not be specified in the sobject data.`);
	}
}

function upsert(call: Call): Answer {
	const type = objectOf(call);
	const context = writeContext(call);
	const { field: name = '', value = '' } = call.params;
	const input = objectBody(call.request);
	refuseInBody(input, [name, 'Id']);
	const found = oneByExternalId(call, type);
	if (found && !isRow(found)) return found;
	if (found) {
		updateRecord(context, type, found, input);
		return json({ id: found.id, success: true, errors: [], created: false }, 200);
	}
	const field = call.org.schema.field(type.name, name);
	if (field?.name === 'Id') throw notFound();
	const row = createRecord(context, type, { ...input, [field?.name ?? name]: value });
	const location = `${call.base}/sobjects/${type.name}/${row.id}`;
	return json({ id: row.id, success: true, errors: [], created: true }, 201, { location });
}

export const sobjectRoutes: Route[] = [
	// A file of ContentVersion may have 2 GB; what else is too large is seen when the body is read.
	{ method: 'POST', path: '/sobjects/:object', bodyLimit: 2_147_483_647, handle: create },
	{
		method: 'GET',
		path: '/sobjects/:object/:id',
		handle(call) {
			const type = objectOf(call);
			const row = livingRecord(call, type);
			const headers = {
				'last-modified': new Date(String(row.values.LastModifiedDate)).toUTCString(),
			};
			return json(
				recordJson(call, type, row, fieldList(call.request.query.get('fields'))),
				200,
				headers,
			);
		},
	},
	{
		method: 'PATCH',
		path: '/sobjects/:object/:id',
		bodyLimit: 2_147_483_647,
		handle(call) {
			const type = objectOf(call);
			const context = writeContext(call);
			const input = bodyWithBlob(call);
			refuseInBody(input, ['Id']);
			updateRecord(context, type, recordById(context, type, call.params.id ?? ''), input);
			return empty();
		},
	},
	{
		method: 'DELETE',
		path: '/sobjects/:object/:id',
		handle(call) {
			const type = objectOf(call);
			const context = writeContext(call);
			deleteRecord(context, type, recordById(context, type, call.params.id ?? ''));
			return empty();
		},
	},
	{
		method: 'GET',
		path: '/sobjects/:object/:field/:value',
		handle(call) {
			const type = objectOf(call);
			const { field: idOrField = '', value = '' } = call.params;
			const byId = normalId(idOrField) && call.org.store.find(idOrField);
			if (byId) return part(call, type, byId, value);
			const found = oneByExternalId(call, type);
			if (!found) throw notFound();
			if (!isRow(found)) return found;
			return json(recordJson(call, type, found, fieldList(call.request.query.get('fields'))));
		},
	},
	{ method: 'PATCH', path: '/sobjects/:object/:field/:value', handle: upsert },
	{ method: 'POST', path: '/sobjects/:object/:field/:value', handle: upsert },
	{
		method: 'DELETE',
		path: '/sobjects/:object/:field/:value',
		handle(call) {
			const type = objectOf(call);
			const found = oneByExternalId(call, type);
			if (!found) throw notFound();
			if (!isRow(found)) return found;
			deleteRecord(writeContext(call), type, found);
			return empty();
		},
	},
];

/** The bytes of a field, or the record behind a lookup, of a record: /sobjects/Contact/ID/Account */
function part(call: Call, type: ObjectType, row: Row, name: string): Answer {
	const { org } = call;
	if (row.object !== type.name || isDeleted(row)) throw notFound();
	const field = org.schema.field(type.name, name);
	if (field?.type === 'base64') {
		const value = org.store.value(row, field.name);
		const body = Buffer.isBuffer(value) ? value : Buffer.alloc(0);
		return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body };
	}
	const lookup = org.schema.relationship(type.name, name);
	const id = lookup ? org.store.value(row, lookup.name) : null;
	const parent = typeof id === 'string' ? org.store.find(id) : undefined;
	const parentType = parent && org.schema.get(parent.object);
	if (!parent || !parentType || isDeleted(parent)) throw notFound();
	return json(recordJson(call, parentType, parent, fieldList(call.request.query.get('fields'))));
}
