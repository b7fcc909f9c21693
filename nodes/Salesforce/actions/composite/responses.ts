import { Failure } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../../transport/client';
import type { Subrequest, Subresponse } from '../../transport/composite/subrequest';
import { failureOf, isHalted, isSuccess } from '../../transport/composite/subrequest';

/** A response as the node returns it. */
export const responseRow = ({ referenceId, httpStatusCode, body, httpHeaders }: Subresponse) => ({
	referenceId,
	success: isSuccess({ referenceId, httpStatusCode, body }),
	httpStatusCode,
	body,
	httpHeaders: httpHeaders ?? {},
});

/** All responses of one call, in one row or several. */
export function responseRows(responses: Subresponse[], output: 'together' | 'each') {
	const rows = responses.map(responseRow);
	return output === 'each'
		? rows
		: { success: rows.every(({ success }) => success), responses: rows };
}

/**
 * The failure of a call in which some requests were done and others were not.
 * @returns undefined where all were done
 */
export function partialFailure(
	responses: Subresponse[],
	requests: Subrequest[],
	client: SalesforceClient,
): Failure | undefined {
	const failed = responses.filter((response) => !isSuccess(response));
	const blamed = failed.find((response) => !isHalted(response)) ?? failed[0];
	if (!blamed) return undefined;
	const cause = failureOf(blamed, client);
	const done = responses.filter(isSuccess);
	const isWritten = ({ referenceId }: Subresponse) =>
		requests.some((request) => request.referenceId === referenceId && request.method !== 'GET');
	const wrote = done.some(isWritten);
	return new Failure({
		...cause,
		// Who sends the item again must know that a part of it was done.
		phase: wrote ? 'maybeDone' : 'rejected',
		code: failed.length === 1 ? cause.code : 'PARTIAL_FAILURE',
		message: `${failed.length} of ${responses.length} requests failed: ${failed.map((response) => worded(response, client)).join('; ')}. ${fateOf(done)}`,
		hint: wrote
			? 'To have everything undone when one request fails, switch on "All or None". To get the responses of all, set "If Some Fail" to "Report".'
			: cause.hint,
		cause,
	});
}

function worded(response: Subresponse, client: SalesforceClient): string {
	const { code, message } = failureOf(response, client);
	const why = isHalted(response) ? ' (it depends on one that failed)' : '';
	return `"${response.referenceId}"${why}: ${code}: ${message}`;
}

const fateOf = (done: Subresponse[]): string =>
	done.length === 0
		? 'Nothing was done.'
		: `Done: ${done.map((response) => `"${response.referenceId}"${idIn(response)}`).join(', ')}.`;

function idIn({ body }: Subresponse): string {
	const isNamed = typeof body === 'object' && body !== null && 'id' in body;
	return isNamed && typeof body.id === 'string' ? ` (${body.id})` : '';
}
