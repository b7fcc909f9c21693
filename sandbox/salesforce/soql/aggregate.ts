import type { Query } from '@jetstreamapp/soql-parser-js';
import type { Row } from '../store/row.ts';
import type { Scope } from './path.ts';

/** Whether a query gives groups instead of records. */
export function isAggregate({ fields, groupBy }: Query): boolean {
	return (
		groupBy !== undefined ||
		(fields ?? []).some((field) => field.type === 'FieldFunctionExpression' && field.isAggregateFn)
	);
}

/** The groups of rows. */
export function aggregate(
	_scope: Scope,
	_query: Query,
	rows: Row[],
): { finished: Array<Record<string, unknown>>; count?: number } {
	return { finished: [], count: rows.length };
}
