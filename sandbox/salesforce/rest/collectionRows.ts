import { isObject, objectBody } from '../body.ts';
import { ApiError, refusal } from '../errors.ts';
import type { WriteContext } from '../records/context.ts';
import { recordById, type Input } from '../records/write.ts';
import type { Call } from '../router.ts';
import type { ObjectType } from '../schema/objectType.ts';

const most = 200;
const mostChunks = 10;

export type RowResult = Record<string, unknown> & { success: boolean };

/** @throws ApiError when there are more than 200 */
export function checkCount(count: number): void {
	if (count <= most) return;
	throw refusal(
		'EXCEEDED_ID_LIMIT',
		`record limit reached. cannot submit more than ${most} records into this call`,
	);
}

export function recordsOf({ request }: Call): { records: Input[]; allOrNone: boolean } {
	const body = objectBody(request);
	const { records, allOrNone = false } = body;
	if (!Array.isArray(records)) {
		throw refusal('JSON_PARSER_ERROR', 'The list of records is required.');
	}
	checkCount(records.length);
	const inputs = records.map((record: unknown) => {
		if (!isObject(record)) throw refusal('JSON_PARSER_ERROR', 'A record must be an object.');
		return record;
	});
	return { records: inputs, allOrNone: allOrNone === true || allOrNone === 'true' };
}

/** The object of a row. @throws ApiError */
export function typeOf({ org }: Call, input: Input): ObjectType {
	const { attributes } = input;
	const name = isObject(attributes) ? attributes.type : undefined;
	if (typeof name !== 'string') {
		throw refusal('INVALID_INPUT', 'Every record must have attributes with its type.');
	}
	const type = org.schema.get(name);
	if (!type) throw refusal('INVALID_TYPE', `sObject type '${name}' is not supported.`);
	return type;
}

/** Rows of different objects are worked off in chunks. @throws ApiError when there are too many */
export function checkChunks(records: Input[]): void {
	let chunks = 0;
	let last = '';
	for (const record of records) {
		const { attributes } = record;
		const name = String(isObject(attributes) ? attributes.type : '').toLowerCase();
		if (name !== last) chunks++;
		last = name;
	}
	if (chunks <= mostChunks) return;
	throw refusal(
		'LIMIT_EXCEEDED',
		`The request cannot be processed in more than ${mostChunks} chunks. Please rearrange the data to reduce chunking.`,
	);
}

const rolledBack = {
	statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK',
	message:
		'Record rolled back because not all records were valid and the request was using AllOrNone header',
	fields: [],
};

/** Thrown to undo what the rows did. */
class Rollback extends Error {}

/** Does each row by itself, or all of them only together. */
export function eachRow(
	{ org }: Pick<Call, 'org'>,
	count: number,
	allOrNone: boolean,
	act: (n: number) => RowResult,
	failedRow: (n: number) => Record<string, unknown> = () => ({}),
): RowResult[] {
	const results: RowResult[] = [];
	try {
		org.store.transaction(() => {
			for (let n = 0; n < count; n++) {
				try {
					results.push(org.store.transaction(() => act(n)));
				} catch (error) {
					if (!(error instanceof ApiError)) throw error;
					results.push({ ...failedRow(n), success: false, errors: error.rowErrors });
				}
			}
			if (allOrNone && results.some(({ success }) => !success)) throw new Rollback();
		});
	} catch (error) {
		if (!(error instanceof Rollback)) throw error;
		return results.map((result, n) =>
			result.success ? { ...failedRow(n), success: false, errors: [rolledBack] } : result,
		);
	}
	return results;
}

export function withoutId(input: Input): Input {
	return Object.fromEntries(Object.entries(input).filter(([name]) => name.toLowerCase() !== 'id'));
}

export const idOf = (input: Input): string => {
	const found = Object.entries(input).find(([name]) => name.toLowerCase() === 'id')?.[1];
	if (typeof found === 'string' && found !== '') return found;
	throw refusal('MISSING_ARGUMENT', 'Id not specified in an update call', []);
};

/** The record of a row, with the errors that rows have. */
export function rowRecord(context: WriteContext, type: ObjectType, id: string) {
	try {
		return recordById(context, type, id);
	} catch (error) {
		if (!(error instanceof ApiError) || error.details[0]?.code !== 'NOT_FOUND') throw error;
		throw /^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$/.test(id)
			? refusal('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', [])
			: refusal('MALFORMED_ID', `${type.label} ID: id value of incorrect type: ${id}`, ['Id']);
	}
}
