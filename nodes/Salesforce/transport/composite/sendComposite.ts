import { Failure } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../client';
import { unreadable } from '../failure';
import type { Subrequest, Subresponse } from './subrequest';
import { addressOf, areReads, failureOf, isHalted, isSuccess } from './subrequest';

/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm */
export const MOST_SUBREQUESTS = 25;

export interface CompositeOptions {
	/** when one fails, all are undone */
	allOrNone: boolean;
	/** the org may do what is independent of each other in one step */
	collateSubrequests?: boolean;
}

/**
 * Requests in one, which may refer to each other: an answer for each, in order.
 * @throws Failure where all were undone because of one; a passing reason of it (UNABLE_TO_LOCK_ROW)
 * makes all of them be sent again
 */
export async function sendComposite(
	client: SalesforceClient,
	requests: Subrequest[],
	{ allOrNone, collateSubrequests = false }: CompositeOptions,
): Promise<Subresponse[]> {
	const version = await client.version();
	const compositeRequest = requests.map((one) => ({ ...one, url: addressOf(one.url, version) }));
	return await client.call(
		{
			operation: 'Composite',
			method: 'POST',
			path: '/composite',
			json: { allOrNone, collateSubrequests, compositeRequest },
			repeatable: areReads(requests),
		},
		({ json, status }) => {
			const answers = (json as Answer | undefined)?.compositeResponse;
			if (answers?.length !== requests.length)
				throw unreadable(status, JSON.stringify(json), 'not a response for each request');
			const undone = allOrNone ? culpritOf(answers, requests, client) : undefined;
			if (undone) throw undone;
			return answers;
		},
	);
}

interface Answer {
	compositeResponse?: Subresponse[];
}

/** The failure of the request that is to blame, by its name. */
export function culpritOf(
	answers: Subresponse[],
	requests: Subrequest[],
	client: SalesforceClient,
): Failure | undefined {
	const failed = answers.filter((answer) => !isSuccess(answer));
	const answer = failed.find((one) => !isHalted(one)) ?? failed.find(isNotUndone) ?? failed[0];
	if (!answer) return undefined;
	const failure = failureOf(answer, client);
	const request = requests.find(({ referenceId }) => referenceId === answer.referenceId);
	const what = request ? ` (${request.method} ${request.url})` : '';
	return new Failure({
		...failure,
		// Whatever it may have done was undone with all the rest.
		phase: 'rejected',
		message: `Request "${answer.referenceId}"${what}: ${failure.message.replace(/\.$/, '')}. ${fateOf(answers)}`,
		cause: failure,
	});
}

/** It was never done, since what it refers to has no value; the others were undone because of it. */
const isNotUndone = ({ body }: Subresponse): boolean =>
	!JSON.stringify(body).includes('rolled back');

const fateOf = ({ length }: Subresponse[]): string =>
	length > 1
		? `Nothing was done: the other ${length - 1} of the ${length} requests were undone.`
		: 'Nothing was done.';
