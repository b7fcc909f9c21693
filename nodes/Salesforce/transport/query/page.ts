import { Failure } from '../../../shared/resilience/failure';
import type { RecordPage } from './records';
import { isRecordPage } from './records';

export function pageOf(json: unknown): RecordPage {
	if (isRecordPage(json)) return json;
	throw notAPage('The answer to a query has no records');
}

/** The answer is a success, but not what the API promises: a proxy or a portal may have sent it. */
export const notAPage = (message: string): Failure =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'UNEXPECTED_ANSWER',
		message,
		hint: 'Does something between n8n and Salesforce change its answers?',
	});
