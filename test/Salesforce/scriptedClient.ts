import type {
	JsonAnswer,
	SalesforceClient,
	SalesforceRequest,
} from '../../nodes/Salesforce/transport/client';
import type { Clock } from '../../nodes/shared/ground/clock';
import { systemClock } from '../../nodes/shared/ground/clock';
import { redactor } from '../../nodes/shared/ground/redact';

export interface Scripted extends SalesforceClient {
	requests: SalesforceRequest[];
}

/** A client that is answered by a function: for what is to be seen without any wire. */
export function scriptedClient(
	answer: (request: SalesforceRequest) => Promise<Partial<JsonAnswer>> | Partial<JsonAnswer>,
	{ scope = 'scripted', clock = systemClock }: { scope?: string; clock?: Clock } = {},
): Scripted {
	const requests: SalesforceRequest[] = [];
	return {
		requests,
		clock,
		scope,
		signal: new AbortController().signal,
		redact: redactor([]),
		maxAttempts: 5,
		apiUse: undefined,
		version: async () => await Promise.resolve('68.0'),
		session: async () => await Promise.reject(new Error('There is no session')),
		receive: async () => await Promise.reject(new Error('There is no wire')),
		async call(request, read) {
			requests.push(request);
			const given = await answer(request);
			const whole = { status: 200, headers: {}, json: undefined, ...given };
			return await read(whole, { attempt: 1, lost: false });
		},
	};
}
