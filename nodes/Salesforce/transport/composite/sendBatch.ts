import type { Failure } from '../../../shared/resilience/failure';
import { unreadable } from '../failure';
import type { SalesforceClient } from '../client';
import { inRounds } from './inRounds';
import { MOST_SUBREQUESTS } from './sendComposite';
import type { Subrequest, Subresponse } from './subrequest';
import { addressOf, areReads, failureOf, isSuccess } from './subrequest';

interface BatchAnswer {
	statusCode: number;
	result: unknown;
}

/** An independent request of a batch. */
export type BatchRequest = Pick<Subrequest, 'method' | 'url' | 'body'>;

/**
 * Requests that have nothing to do with each other, 25 in one. Those that failed for a passing reason
 * (UNABLE_TO_LOCK_ROW) are sent again, and only they.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/requests_composite_batch.htm
 * @returns what became of each, in order
 */
export async function sendBatch(
	client: SalesforceClient,
	requests: BatchRequest[],
): Promise<Array<BatchAnswer | Failure>> {
	const version = await client.version();
	return await inRounds<BatchRequest, BatchAnswer>(client, requests, {
		packOf: (left) => left.slice(0, MOST_SUBREQUESTS),
		send: async (pack) => await sendPack(client, pack, version),
	});
}

async function sendPack(
	client: SalesforceClient,
	requests: BatchRequest[],
	version: string,
): Promise<Array<BatchAnswer | Failure>> {
	const batchRequests = requests.map(({ method, url, body }) => ({
		method,
		url: addressOf(url, version).replace(/^\/services\/data\//, ''),
		...(body !== undefined && { richInput: body }),
	}));
	const request = {
		operation: 'Composite batch',
		method: 'POST',
		path: '/composite/batch',
		json: { batchRequests },
		repeatable: areReads(requests),
	} as const;
	return await client.call(request, ({ status, json }) => {
		const { results } = (json ?? {}) as { results?: BatchAnswer[] };
		if (results?.length !== requests.length)
			throw unreadable(status, JSON.stringify(json), 'not a result for each request');
		return results.map((answer, n) => {
			const whole: Subresponse = {
				referenceId: String(n),
				httpStatusCode: answer.statusCode,
				body: answer.result,
			};
			return isSuccess(whole) ? answer : failureOf(whole, client);
		});
	});
}
