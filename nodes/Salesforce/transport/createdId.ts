import { Failure } from '../../shared/resilience/failure';
import type { JsonAnswer } from './client';

/**
 * The ID in the answer to the creation of one record.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_sobject_create.htm
 */
export function createdId({ json, status }: Pick<JsonAnswer, 'json' | 'status'>): string {
	const id: unknown = typeof json === 'object' && json !== null && Reflect.get(json, 'id');
	if (typeof id === 'string' && id !== '') return id;
	throw new Failure({
		kind: 'unavailable',
		phase: 'maybeDone',
		code: 'UNREADABLE_ANSWER',
		message: `Salesforce answered ${status}, but without the ID of the new record`,
		status,
	});
}
