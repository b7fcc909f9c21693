import { stopsAll, toFailure } from '../../../../shared/resilience/failure';
import type { SalesforceClient } from '../../client';
import { firstRow } from '../../query/firstRow';
import type { RecordRow, Verb, WriteOptions } from '../record';
import type { NewJob } from './job';

const OPERATIONS = {
	create: 'insert',
	update: 'update',
	upsert: 'upsert',
	delete: 'delete',
} as const satisfies Record<Verb, NewJob['operation']>;

// Their content is base64, which CSV files of the Bulk API cannot have; events are no records.
const WITHOUT_BULK = /^(?:attachment|contentnote|contentversion|document)$|__e$/i;

/**
 * The job that does for many rows what requests would do for few.
 * @returns undefined where a job cannot do the same
 */
export async function newJob(
	client: SalesforceClient,
	verb: Verb,
	{ object, externalId }: RecordRow,
	{ allOrNone, allowDuplicates, assignmentRule }: WriteOptions,
): Promise<NewJob | undefined> {
	if (allOrNone || allowDuplicates || WITHOUT_BULK.test(object)) return undefined;
	const job = {
		object,
		operation: OPERATIONS[verb],
		...(externalId && { externalIdFieldName: externalId.field }),
	};
	const rule = assignmentRule ?? 'TRUE';
	if (verb === 'delete' || !/^(?:case|lead)$/i.test(object) || rule === 'FALSE') return job;
	const assignmentRuleId = rule === 'TRUE' ? await activeRule(client, object) : rule;
	if (assignmentRuleId === undefined) return undefined;
	return { ...job, ...(assignmentRuleId !== '' && { assignmentRuleId }) };
}

/**
 * Requests apply the active rule by themselves, jobs only one that is named.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_autoassign.htm
 * @returns '' where no rule is active, undefined where the user may not know
 */
async function activeRule(client: SalesforceClient, object: string): Promise<string | undefined> {
	const type = object.toLowerCase() === 'lead' ? 'Lead' : 'Case';
	const soql = `SELECT Id FROM AssignmentRule WHERE SobjectType = '${type}' AND Active = true LIMIT 1`;
	try {
		const rule = await firstRow(client, soql);
		return typeof rule?.Id === 'string' ? rule.Id : '';
	} catch (error) {
		const failure = toFailure(error);
		const mayNotKnow = failure.kind === 'invalid' || failure.kind === 'auth';
		if (mayNotKnow && !stopsAll(failure)) return undefined;
		throw failure;
	}
}
