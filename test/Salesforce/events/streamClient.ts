import type { SalesforceClient } from '../../../nodes/Salesforce/transport/client';
import type {
	Heard,
	ReceivedEvent,
	Start,
	Subscription,
} from '../../../nodes/Salesforce/transport/events/subscription';
import { scriptedClient } from '../scriptedClient';

export const ORGANIZATION = '00D000000000001AAA';

/** A client whose token can be renewed: "token-1", "token-2" ... */
export function streamClient(
	more: Partial<SalesforceClient> = {},
): SalesforceClient & { tokens: number } {
	const client = {
		...scriptedClient(() => ({})),
		...more,
		tokens: 1,
		session: async () =>
			await Promise.resolve({
				accessToken: `token-${client.tokens}`,
				instanceUrl: 'https://acme.my.salesforce.com',
				organizationId: ORGANIZATION,
				refused: async () => {
					client.tokens++;
					await Promise.resolve();
				},
			}),
	};
	return client;
}

/** Listens until so many events have come. */
export async function hear(
	subscription: Subscription,
	topic: string,
	count: number,
	{
		start = 'earliest',
		client = streamClient(),
	}: { start?: Start; client?: SalesforceClient } = {},
): Promise<{ events: ReceivedEvent[]; heard: Heard[] }> {
	const stop = new AbortController();
	const heard: Heard[] = [];
	const events: ReceivedEvent[] = [];
	for await (const some of subscription({ client, topic, start, signal: stop.signal })) {
		heard.push(some);
		events.push(...some.events);
		if (events.length >= count) break;
	}
	stop.abort();
	return { events, heard };
}
