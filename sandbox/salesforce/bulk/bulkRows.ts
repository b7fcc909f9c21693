import type { FieldType as SelectField, Query } from '@jetstreamapp/soql-parser-js';
import { ApiError } from '../errors.ts';
import type { Org } from '../org.ts';
import { runQuery } from '../soql/execute.ts';
import { parse } from '../soql/parse.ts';
import { resolve, type Path } from '../soql/path.ts';
import type { Row, Value } from '../store/row.ts';
import { refuse, type Job } from './job.ts';

/** What a query found, as it was then. */
export interface BulkRows {
	object: string;
	columns: string[];
	rows: Row[];
	/** The cells of a row. */
	texts(row: Row): string[];
}

/** Objects of which Bulk API 2.0 knows nothing, as Airbyte's connector has found them out. */
const notInBulk = ['CaseStatus', 'LeadStatus', 'TaskPriority', 'TaskStatus', 'UserRecordAccess'];

/**
 * Runs a query for a job. @throws ApiError in the words of the Bulk API
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/queries.htm
 */
export function snapshot(
	{ operation, userId, version }: Pick<Job, 'operation' | 'userId' | 'version'>,
	text: string,
	org: Org,
): BulkRows {
	try {
		const query = parse(text);
		checkSupported(query);
		const base = `/services/data/v${version}`;
		const withDeleted = operation === 'queryAll';
		const keepRest = () => '';
		const options = { org, base, userId, withDeleted, childPage: 0, keepRest };
		const { rows, type } = runQuery(text, options);
		if (notInBulk.includes(type.name)) {
			throw refuse('INVALIDENTITY', `Entity '${type.name}' is not supported by the Bulk API.`);
		}
		const scope = { org, type, alias: query.sObjectAlias, query: text, withDeleted, base, userId };
		const paths = (query.fields ?? []).map((field) => resolve(scope, nameOf(field)));
		if (paths.some(isCompound)) throw notSupported('Selecting compound data');
		return {
			object: type.name,
			columns: paths.map(({ field, steps }) =>
				[...steps.map(({ name }) => name), field.name].join('.'),
			),
			rows: rows.map((row) => ({ ...row })),
			texts: (row) => paths.map((path) => cellOf(path, path.get(row))),
		};
	} catch (error) {
		if (!(error instanceof ApiError) || error.details[0]?.code.startsWith('INVALIDENTITY'))
			throw error;
		throw refuse('API_ERROR', error.details[0]?.message ?? '');
	}
}

const notSupported = (what: string) => refuse('API_ERROR', `${what} not supported in Bulk Query`);

function checkSupported({ fields = [], groupBy, offset }: Query): void {
	if (fields.some(({ type }) => type === 'FieldSubquery')) {
		throw notSupported('Aggregate Relationships');
	}
	if (groupBy !== undefined) throw notSupported('Group By');
	if (offset !== undefined) throw notSupported('Offset');
	if (fields.some(({ type }) => type === 'FieldTypeof')) throw notSupported('TYPEOF');
	if (fields.some(({ type }) => type === 'FieldFunctionExpression')) {
		throw notSupported('Aggregate functions');
	}
}

function nameOf(field: SelectField): string {
	if (field.type === 'FieldRelationship') return [...field.relationships, field.field].join('.');
	return field.type === 'Field' ? field.field : '';
}

const isCompound = ({ field }: Path) => field.type === 'address' || field.type === 'location';

/** Moments end in "Z" here, and numbers look as Java writes them. */
function cellOf({ field }: Path, value: Value): string {
	if (value === null || typeof value === 'object') return '';
	if (field.type === 'datetime') return String(value).replace(/\+0000$/, 'Z');
	if (typeof value !== 'number' || field.type === 'int') return String(value);
	if (Math.abs(value) >= 1e7) {
		const [digits = '', power = ''] = value.toExponential().split('e+');
		return `${digits.includes('.') ? digits : `${digits}.0`}E${power}`;
	}
	return Number.isInteger(value) ? `${value}.0` : String(value);
}
