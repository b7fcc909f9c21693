import { Failure, toFailure, worse } from '../../../shared/resilience/failure';
import type { JsonAnswer, History, SalesforceClient, SalesforceRequest } from '../client';
import { unreadable } from '../failure';
import { path, withQuery } from '../path';
import { culpritsOf } from './culprits';
import type { RecordRow, Verb, WriteOptions, Written } from './record';
import { notConfirmed, resultRows } from './rowResult';

/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections.htm */
export const MOST_RECORDS = 200;

/** Where more rows than this are wrong, it is not the rows: nobody should send hundreds of requests. */
const MOST_CULPRITS = 20;

/** A row, and what is sent of it. */
export interface Ready {
	row: RecordRow;
	/** as JSON, in one line; '' for a record to be deleted */
	json: string;
}

/**
 * Writes up to 200 records of one object in one request.
 * @returns what became of each, in the order of the rows
 */
export async function writeTogether(
	client: SalesforceClient,
	verb: Verb,
	rows: Ready[],
	options: WriteOptions,
	culpritsLeft = MOST_CULPRITS,
): Promise<Array<Written | Failure>> {
	const request = requestOf(verb, rows, options);
	try {
		return await client.call(request, (answer, history) =>
			resultsOf(client, verb, rows, answer, history),
		);
	} catch (error) {
		const failure = toFailure(error);
		const culprits = culpritsOf(failure, rows);
		if (culprits.size === 0 || culpritsLeft === 0 || options.allOrNone)
			return rows.map(() => failure);
		// One value that cannot be read makes Salesforce refuse all records of the request.
		const others = rows.filter((_row, n) => !culprits.has(n));
		const rest =
			others.length > 0 ? await writeTogether(client, verb, others, options, culpritsLeft - 1) : [];
		return rows.map((_row, n) => (culprits.has(n) ? failure : (rest.shift() ?? failure)));
	}
}

const OPERATIONS: Record<Verb, string> = {
	create: 'Create records',
	update: 'Update records',
	upsert: 'Upsert records',
	delete: 'Delete records',
};

function requestOf(verb: Verb, rows: Ready[], options: WriteOptions): SalesforceRequest {
	const first = rows[0]?.row;
	const { object = '', externalId } = first ?? {};
	const { allOrNone = false } = options;
	const about = rows.length === 1 ? nameOf(first) : `${rows.length} records of ${object}`;
	const request = { operation: OPERATIONS[verb], about, repeatable: verb !== 'create' };
	if (verb === 'delete') {
		const ids = rows.map(({ row }) => row.id).join(',');
		const to = withQuery('/composite/sobjects', { ids, allOrNone });
		return { ...request, method: 'DELETE', path: to };
	}
	const records = rows.map(({ json }) => json).join(',\n');
	const body = `{"allOrNone":${allOrNone},"records":[\n${records}\n]}`;
	return {
		...request,
		method: verb === 'create' ? 'POST' : 'PATCH',
		path: externalId
			? path`/composite/sobjects/${object}/${externalId.field}`
			: '/composite/sobjects',
		headers: { 'content-type': 'application/json; charset=UTF-8', ...headersOf(options) },
		body: () => body,
	};
}

function nameOf(row: RecordRow | undefined): string {
	const { object = '', id, externalId } = row ?? {};
	if (externalId) return `${object} with ${externalId.field} "${externalId.value}"`;
	return id === undefined ? object : `${object} "${id}"`;
}

/**
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_duplicaterules.htm
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_autoassign.htm
 */
const headersOf = ({ allowDuplicates, assignmentRule }: WriteOptions): Record<string, string> => ({
	...(allowDuplicates !== undefined && {
		'sforce-duplicate-rule-header': `allowSave=${allowDuplicates}`,
	}),
	...(assignmentRule && { 'sforce-auto-assign': assignmentRule }),
});

function resultsOf(
	client: SalesforceClient,
	verb: Verb,
	rows: Ready[],
	{ json, status }: JsonAnswer,
	{ attempt, lost }: History,
): Array<Written | Failure> {
	if (!Array.isArray(json))
		throw unreadable(
			status,
			client.redact.text(JSON.stringify(json) ?? ''),
			'not a result for each record',
		);
	const results = resultRows(json);
	const now = client.clock.now();
	return rows.map(({ row }, n) => {
		const result = results[n] ?? notConfirmed();
		if (!(result instanceof Failure)) {
			const { created, ...written } = { ...result, id: result.id || (row.id ?? '') };
			// It is there now; whether the request before has created it, nobody can know.
			const isKnown = created !== undefined && (created || !lost);
			return isKnown ? { ...written, created } : written;
		}
		// The answer to an earlier attempt was lost, and it was that one which deleted the record.
		if (lost && verb === 'delete' && result.code === 'ENTITY_IS_DELETED')
			return { id: row.id ?? '', success: true };
		// An update or upsert may have been done by it as well, though this one was refused.
		const known = lost ? result.inPhase(worse(result.phase, 'maybeDone')) : result;
		return Object.assign(known, { attempts: attempt, firstAt: known.firstAt ?? now, lastAt: now });
	});
}
