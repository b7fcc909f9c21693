import type { Failure } from '../../../../shared/resilience/failure';
import { rowFailure } from '../../failure';

/**
 * What the column sf__Error says: "REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --",
 * that is code, message and fields; "--" stands for no fields.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/get_job_failed_results.htm
 */
export function bulkRowFailure(text: string): Failure {
	const [, statusCode, rest = ''] = /^([A-Z][A-Z0-9_]*) ?:([^]*)$/.exec(text) ?? [];
	if (statusCode === undefined)
		return rowFailure({ statusCode: text.split(/[ :]/, 1)[0] || 'UNKNOWN', message: text });
	const [, message = rest, named = ''] = /^([^]*):([\w., ]*?) ?--$/.exec(rest) ?? [];
	const fields = named.split(/[, ]+/).filter((field) => field !== '');
	return rowFailure({ statusCode, message: message.trim(), fields });
}
