import type { Settle } from '../../../shared/node/defineOperation';
import type { Failure } from '../../../shared/resilience/failure';
import { toFailure } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../../transport/client';
import type { RecordRow, Verb, Written } from '../../transport/records/record';
import { writeRecords } from '../../transport/records/writeRecords';

/**
 * Writes the record of each input, those of the same object together.
 * @param rowOf what it throws is the failure of this input alone
 */
export async function writeInputs<Input>(
	client: SalesforceClient,
	verb: Verb,
	inputs: Input[],
	rowOf: (input: Input) => RecordRow,
	settle?: Settle<Written>,
): Promise<Array<Written | Failure>> {
	const results: Array<Written | Failure> = [];
	const rows: RecordRow[] = [];
	const inputOf: number[] = [];
	inputs.forEach((input, n) => {
		try {
			rows.push(rowOf(input));
			inputOf.push(n);
		} catch (error) {
			results[n] = toFailure(error);
		}
	});
	await writeRecords(client, verb, rows, {}, async (place, outcome) => {
		const n = inputOf[place];
		if (n === undefined) return;
		results[n] = outcome;
		await settle?.(n, outcome);
	});
	return results;
}
