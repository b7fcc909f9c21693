import { json, type Answer } from '../answer.ts';
import { objectBody } from '../body.ts';
import { ApiError, notFound, refusal } from '../errors.ts';
import { writeContext } from '../records/context.ts';
import { convert } from '../records/convert.ts';
import {
	createRecord,
	deleteRecord,
	recordById,
	recordsByExternalId,
	updateRecord,
} from '../records/write.ts';
import type { Call, Route } from '../router.ts';
import { isDeleted } from '../store/row.ts';
import {
	checkChunks,
	checkCount,
	eachRow,
	idOf,
	recordsOf,
	rowRecord,
	typeOf,
	withoutId,
} from './collectionRows.ts';
import { objectOf } from './describe.ts';
import { made } from './shape.ts';
import { fieldList, recordJson } from './sobjects.ts';

function createAll(call: Call): Answer {
	const { records, allOrNone } = recordsOf(call);
	checkChunks(records);
	const context = writeContext(call);
	return json(
		eachRow(call, records.length, allOrNone, (n) => {
			const input = records[n] ?? {};
			const row = createRecord(context, typeOf(call, input), input);
			return made(row);
		}),
	);
}

function updateAll(call: Call): Answer {
	const { records, allOrNone } = recordsOf(call);
	checkChunks(records);
	const context = writeContext(call);
	const seen = new Set<string>();
	return json(
		eachRow(call, records.length, allOrNone, (n) => {
			const input = records[n] ?? {};
			const type = typeOf(call, input);
			const row = rowRecord(context, type, idOf(input));
			if (seen.has(row.id)) {
				const message = `Duplicate id specified in an update call: ${row.id}`;
				throw refusal('DUPLICATE_VALUE', message, []);
			}
			seen.add(row.id);
			updateRecord(context, type, row, withoutId(input));
			return { id: row.id, success: true, errors: [] };
		}),
	);
}

function upsertAll(call: Call): Answer {
	const { org, params } = call;
	const type = objectOf(call);
	const { records, allOrNone } = recordsOf(call);
	const context = writeContext(call);
	const field = org.schema.field(type.name, params.field ?? '');
	if (!field || !(field.externalId || field.idLookup)) {
		const message = `Provided external ID field does not exist or is not accessible: ${params.field}`;
		throw refusal('NOT_FOUND', message);
	}
	const seen = new Set<string>();
	return json(
		eachRow(call, records.length, allOrNone, (n) => {
			const input = records[n] ?? {};
			if (typeOf(call, input) !== type) {
				throw refusal('INVALID_TYPE', 'All records must be of the type in the path.', []);
			}
			const key = Object.entries(input).find(
				([name]) => name.toLowerCase() === field.name.toLowerCase(),
			)?.[1];
			const value = convert(org.schema, field, key);
			if (value === null) {
				if (field.name !== 'Id') {
					const message = `${field.name} not specified`;
					throw refusal('MISSING_ARGUMENT', message, []);
				}
				const row = createRecord(context, type, withoutId(input));
				return { id: row.id, success: true, errors: [], created: true };
			}
			if (seen.has(String(value).toLowerCase())) {
				const message = `Duplicate external id specified: ${String(value)}`;
				throw refusal('DUPLICATE_VALUE', message, [field.name]);
			}
			seen.add(String(value).toLowerCase());
			const rows = recordsByExternalId(context, type, field.name, value);
			if (rows.length > 1) {
				const message = `${field.name}: more than one record found for external id field: [${rows.map(({ id }) => id).join(', ')}]`;
				throw refusal('DUPLICATE_EXTERNAL_ID', message, []);
			}
			const [row] = rows;
			if (row) {
				const { [field.name]: _, ...rest } = withoutId(input);
				updateRecord(context, type, row, rest);
				return { id: row.id, success: true, errors: [], created: false };
			}
			if (field.name === 'Id') {
				throw refusal('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', []);
			}
			const created = createRecord(context, type, input);
			return { id: created.id, success: true, errors: [], created: true };
		}),
	);
}

function deleteAll(call: Call): Answer {
	const { org, request } = call;
	const ids = fieldList(request.query.get('ids')) ?? [];
	checkCount(ids.length);
	const context = writeContext(call);
	const allOrNone = request.query.get('allOrNone') === 'true';
	return json(
		eachRow(
			call,
			ids.length,
			allOrNone,
			(n) => {
				const id = ids[n] ?? '';
				const row = org.store.find(id);
				const type = row && org.schema.get(row.object);
				if (!row || !type) {
					throw /^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$/.test(id)
						? refusal('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', [])
						: refusal('MALFORMED_ID', `malformed id ${id}`, []);
				}
				deleteRecord(context, type, row);
				return { id: row.id, success: true, errors: [] };
			},
			(n) => ({ id: ids[n] }),
		),
	);
}

/** Records in the order of their ids; null for those that are not there. */
function retrieveAll(call: Call, ids: string[], names: string[]): Answer {
	const type = objectOf(call);
	const context = writeContext(call);
	return json(
		ids.map((id) => {
			try {
				const row = recordById(context, type, id);
				return isDeleted(row) ? null : recordJson(call, type, row, names);
			} catch (error) {
				if (error instanceof ApiError && error.details[0]?.code === 'NOT_FOUND') return null;
				throw error;
			}
		}),
	);
}

const texts = (value: unknown): string[] =>
	Array.isArray(value) ? value.map((one) => String(one)) : [];

export const collectionRoutes: Route[] = [
	{ method: 'POST', path: '/composite/sobjects', handle: createAll },
	{ method: 'PATCH', path: '/composite/sobjects', handle: updateAll },
	{ method: 'DELETE', path: '/composite/sobjects', handle: deleteAll },
	{
		method: 'GET',
		path: '/composite/sobjects/:object',
		handle(call) {
			const { query } = call.request;
			const ids = fieldList(query.get('ids')) ?? [];
			const names = fieldList(query.get('fields')) ?? [];
			if (ids.length === 0 || names.length === 0) throw notFound();
			return retrieveAll(call, ids, names);
		},
	},
	{
		method: 'POST',
		path: '/composite/sobjects/:object',
		handle(call) {
			const { ids, fields } = objectBody(call.request);
			if (texts(ids).length > 2000) checkCount(Infinity);
			return retrieveAll(call, texts(ids), texts(fields));
		},
	},
	{ method: 'PATCH', path: '/composite/sobjects/:object/:field', handle: upsertAll },
];
