import { Failure, toFailure } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../../transport/client';
import { isUnreachable } from '../../transport/events/pubSub';
import type { StreamedEvent } from './items';
import { isWanted, itemOf } from './items';
import type { Mechanism } from './mechanisms';
import { isOnlyCometd, subscriptionBy } from './mechanisms';
import type { StreamSettings } from './settings';

// Enough to build a workflow with.
const SAMPLES = 5;
// What is kept comes at once.
const PATIENCE_MS = 10_000;

/** The first events that Salesforce keeps, and nothing that an active workflow would miss. */
export async function samples(
	client: SalesforceClient,
	settings: StreamSettings,
): Promise<StreamedEvent[]> {
	const { topic, mechanism } = settings;
	if (mechanism === 'cometd' || isOnlyCometd(topic)) return await kept(client, settings, 'cometd');
	try {
		return await kept(client, settings, 'pubSub');
	} catch (error) {
		if (mechanism === 'pubSub' || !isUnreachable(toFailure(error))) throw error;
		return await kept(client, settings, 'cometd');
	}
}

async function kept(
	client: SalesforceClient,
	{ topic, wanted, origin }: StreamSettings,
	by: Mechanism,
): Promise<StreamedEvent[]> {
	const found: StreamedEvent[] = [];
	const late = AbortSignal.timeout(PATIENCE_MS);
	const signal = AbortSignal.any([client.signal, late]);
	try {
		for await (const { events } of subscriptionBy(
			by,
			origin,
		)({
			...{ client, topic, start: 'earliest', signal },
		})) {
			found.push(...events.filter((one) => isWanted(wanted, one)).map((one) => itemOf(topic, one)));
			if (found.length > 0) return found.slice(0, SAMPLES);
		}
	} catch (error) {
		if (!late.aborted) throw error;
	}
	throw nothingThere(topic);
}

const nothingThere = (topic: string) =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NOTHING_TO_SHOW',
		message: `Salesforce keeps no event of "${topic}" that would start the workflow`,
		hint: 'Publish one, or change a record, then test again.',
	});
