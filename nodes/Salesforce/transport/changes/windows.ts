import { Failure } from '../../../shared/resilience/failure';
import { floorToMinute, MINUTE_MS } from './time';

// "The specified startDate must chronologically precede the specified endDate value by more than one
// minute", and seconds are ignored.
// https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_getdeleted.htm
export const SHORTEST_WINDOW_MS = 2 * MINUTE_MS;

/** Whether the answer would have had more than 600,000 ids. */
export const isTooMany = (error: unknown): boolean =>
	error instanceof Failure && error.code === 'EXCEEDED_ID_LIMIT';

/** Whether the org knows nothing of a time so long ago. */
export const isTooEarly = (error: unknown): boolean =>
	error instanceof Failure && error.code === 'INVALID_REPLICATION_DATE';

// Of an object, though the org describes it as one whose changes can be asked for.
const REFUSALS: ReadonlySet<string> = new Set([
	...['INSUFFICIENT_ACCESS', 'INVALID_TYPE', 'INVALID_TYPE_FOR_OPERATION'],
	...['METHOD_NOT_ALLOWED', 'NOT_FOUND'],
]);

/** Whether the org does not answer that of this object, or not to this user. */
export const isRefusal = (error: unknown): boolean =>
	error instanceof Failure && REFUSALS.has(error.code);

/**
 * Asks for a time, in one window; in shorter ones where that would be too much for one answer.
 * @param ask gives until when the org has covered the window
 * @returns until when all is covered: a window that is not covered to its end is the last one
 */
export async function inWindows(
	from: number,
	to: number,
	ask: (start: number, end: number) => Promise<number>,
): Promise<number> {
	let start = floorToMinute(Math.min(from, to - SHORTEST_WINDOW_MS));
	let span = to - start;
	for (;;) {
		// What is left over must not be too short for a window of its own.
		const rest = to - start - span;
		const end = rest < SHORTEST_WINDOW_MS ? to : start + span;
		try {
			const covered = await ask(start, end);
			if (end >= to || covered < end) return covered;
			start = end;
		} catch (error) {
			if (!isTooMany(error) || end - start < 2 * SHORTEST_WINDOW_MS) throw error;
			span = Math.max(SHORTEST_WINDOW_MS, floorToMinute((end - start) / 2));
		}
	}
}
