import { Failure } from '../../../../shared/resilience/failure';
import { cellsOf } from './csvForm';
import type { Job } from './job';
import type { Part } from './table';

/** A job ended before it came to this row: nothing was done. */
export function unprocessed(job: Job, { verb, rows }: Part, place: number): Failure {
	const { id, state, errorMessage } = job;
	const message = errorMessage || `Job ${id} ended as ${state} before it came to this record`;
	if (state === 'Aborted')
		return new Failure({
			kind: 'conflict',
			phase: 'rejected',
			code: 'JOB_ABORTED',
			message: `Job ${id} was aborted before it came to this record`,
			hint: 'Somebody has stopped the job, in Setup > Bulk Data Load Jobs or by the API.',
		});
	const code = /^([A-Za-z]+) ?:/.exec(message)?.[1] ?? 'JOB_FAILED';
	if (code === 'TooManyLockFailure')
		return new Failure({
			kind: 'throttled',
			phase: 'rejected',
			scope: 'item',
			code,
			message,
			hint: 'Other work holds locks on these records or their parents: sort the items by parent.',
		});
	const [, unknown] = /field name not found ?: ?(.+)/i.exec(message) ?? [];
	const field = unknown?.trim().toLowerCase();
	const row = rows[place];
	const cells = field === undefined ? undefined : row && cellsOf(verb, row);
	const names = [...(cells?.keys() ?? [])].map((name) => name.toLowerCase());
	// A field of other rows that Salesforce does not know: without them, this row can be written.
	const isOfOthers = field !== undefined && !names.includes(field);
	return new Failure({
		kind: isOfOthers ? 'unavailable' : 'invalid',
		phase: 'rejected',
		scope: 'item',
		code,
		message,
		hint:
			field === undefined
				? `Job ${id} failed as a whole: its message says why.`
				: 'Check the API name of the field, and that the user may see it (field-level security).',
	});
}
