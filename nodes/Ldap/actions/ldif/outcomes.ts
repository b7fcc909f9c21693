import { Failure, isPassing, worse } from '../../../shared/resilience/failure';
import type { LdifRecord } from '../../transport/ldif';

export type Status = 'done' | 'failed' | 'skipped' | 'valid';

/** What became of a record of the file. */
export interface Outcome {
	/** where the record begins */
	line: number;
	/** null where it cannot be read */
	dn: string | null;
	/** null where it cannot be read; an entry without one is added */
	changeType: 'add' | 'delete' | 'modify' | 'modrdn' | null;
	status: Status;
	code?: string;
	message?: string;
	hint?: string;
}

export const COLUMNS = ['line', 'dn', 'changeType', 'status', 'code', 'message', 'hint'];

const CHANGE_TYPES: Record<LdifRecord['type'], Outcome['changeType']> = {
	add: 'add',
	delete: 'delete',
	entry: 'add',
	invalid: null,
	modify: 'modify',
	modifyDn: 'modrdn',
};

const MOST_IN_MESSAGE = 5;

/**
 * What becomes of the records, one after the other: later ones may need the earlier.
 * @param ifRecordFails whether the others are done, and whether the whole has failed then
 * @throws Failure that names lines; at once where it is not about the record: the others would
 * meet the same
 */
export async function* outcomesOf(
	records: AsyncIterable<LdifRecord>,
	apply: (record: LdifRecord) => Promise<Status>,
	ifRecordFails: 'fail' | 'report' | 'stop',
): AsyncGenerator<Outcome[]> {
	const failures: string[] = [];
	let [failed, done] = [0, 0];
	let phase: Failure['phase'] = 'notSent';
	for await (const record of records) {
		const { line, type, dn = null } = record;
		const outcome = { line, dn, changeType: CHANGE_TYPES[type] };
		const result = await apply(record).catch(failureOnly);
		if (!(result instanceof Failure)) {
			done++;
			yield [{ ...outcome, status: result }];
			continue;
		}
		if (ifRecordFails === 'stop' || concernsAll(result)) throw stoppedAt(record, result, done);
		failed++;
		phase = worse(phase, result.phase);
		if (failures.length < MOST_IN_MESSAGE) failures.push(inLine(record, result));
		const { code, message, hint } = result;
		yield [{ ...outcome, status: 'failed', code, message, ...(hint && { hint }) }];
	}
	if (done + failed === 0) throw empty();
	if (failed === 0 || ifRecordFails === 'report') return;
	const more = failed - failures.length;
	throw new Failure({
		kind: 'invalid',
		phase: done > 0 ? 'maybeDone' : phase,
		code: 'PARTIAL_FAILURE',
		message: `${failed} of ${done + failed} records failed: ${failures.join('; ')}${more > 0 ? `; and ${more} more` : ''}`,
		hint: `For a list of all of them, set "If a Record Fails" to report. ${AGAIN}`,
	});
}

function failureOnly(error: unknown): Failure {
	if (error instanceof Failure) return error;
	throw error;
}

const AGAIN = 'To run it again, let entries that exist be skipped or updated in the options.';

const concernsAll = (failure: Failure) => failure.scope !== 'item' || isPassing(failure);

const inLine = ({ type, line }: LdifRecord, { message }: Failure) =>
	// The parser names the line itself.
	type === 'invalid' ? message : `Line ${line}: ${message}`;

function stoppedAt(record: LdifRecord, failure: Failure, done: number): Failure {
	const before = done === 1 ? '1 record before it is done' : `${done} records before it are done`;
	const stopped = new Failure({
		kind: failure.kind,
		// What is done stays done.
		phase: done > 0 ? 'maybeDone' : failure.phase,
		code: failure.code,
		message: `${inLine(record, failure)} (${before}, none after it)`,
		hint: [failure.hint, done > 0 && AGAIN].filter(Boolean).join(' ') || undefined,
		scope: failure.scope,
		status: failure.status,
		cause: failure,
	});
	const { attempts, firstAt, lastAt } = failure;
	return Object.assign(stopped, { attempts, firstAt, lastAt });
}

const empty = () =>
	new Failure({
		kind: 'invalid',
		phase: 'notSent',
		code: 'INVALID_LDIF',
		message: 'The file has no records',
	});
