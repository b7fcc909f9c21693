import { Failure } from '../../../shared/resilience/failure';
import { rowFailure } from '../failure';
import type { Written } from './record';

/**
 * The results of sObject Collections, in their order. Salesforce calls them SaveResult, UpsertResult
 * and DeleteResult; their errors have a `statusCode` where those of a whole request have an `errorCode`.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_create.htm
 */
export const resultRows = (json: unknown): Array<Written | Failure> =>
	Array.isArray(json) ? json.map(resultRow) : [];

function resultRow(json: unknown): Written | Failure {
	const { id, success, created, errors } = members(json);
	const [first, ...others] = [errors ?? []].flat().map(errorOf);
	if (success === true)
		return {
			id: typeof id === 'string' ? id : '',
			success,
			...(typeof created === 'boolean' && { created }),
			// The "error" of a platform event that was taken.
			...(first?.statusCode === 'OPERATION_ENQUEUED' && { eventUuid: first.message }),
		};
	// Neither done nor refused: whoever answered that did not say it.
	if (!first && success !== false) return notConfirmed();
	if (!first)
		return rowFailure({ statusCode: 'UNKNOWN_EXCEPTION', message: 'No reason was given' });
	const more = others.map(({ statusCode, message }) => `${statusCode}: ${message}`);
	return rowFailure({ ...first, message: [first.message, ...more].join('; ') });
}

function errorOf(json: unknown) {
	const { statusCode, errorCode, message, fields, duplicateResult } = members(json);
	const matches = matchesIn(duplicateResult);
	return {
		statusCode: String(statusCode ?? errorCode ?? 'UNKNOWN_EXCEPTION'),
		message: `${typeof message === 'string' ? message : ''}${matches}`,
		fields: Array.isArray(fields) ? fields.map(String) : [],
	};
}

export const notConfirmed = () =>
	new Failure({
		kind: 'unavailable',
		phase: 'maybeDone',
		code: 'NOT_CONFIRMED',
		message: 'The answer does not say what became of this record',
		hint: 'Look for the record before the item is sent again.',
	});

/**
 * The records that a duplicate rule found.
 * https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_objects_duplicateresult.htm
 */
export function matchesIn(duplicateResult: unknown): string {
	const { duplicateRule, matchResults } = members(duplicateResult);
	const found = list(matchResults)
		.flatMap((result) => list(members(result).matchRecords))
		.map((match) => {
			const record = members(members(match).record);
			const type = members(record.attributes).type;
			return `${typeof type === 'string' ? `${type} ` : ''}${String(record.Id ?? record.id ?? '?')}`;
		});
	const rule = typeof duplicateRule === 'string' ? `, by the rule ${duplicateRule}` : '';
	return found.length > 0 ? ` Found: ${found.join(', ')}${rule}.` : '';
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const members = (value: unknown): Record<string, unknown> =>
	typeof value === 'object' && value !== null ? { ...value } : {};
