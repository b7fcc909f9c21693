import { sleep } from '../../../shared/ground/clock';
import { invalidInput } from '../../../shared/resilience/failure';
import type { BayeuxMessage } from './bayeux';
import { BayeuxSession, isSessionRefused } from './bayeux';
import { eventIn } from './eventIn';
import type { Heard, ReceivedEvent, Start, Subscribing, Subscription } from './subscription';
import { withFreshTokens } from './withFreshTokens';

// A server that answers at once each time would be asked without end.
const SHORTEST_ROUND_MS = 100;

/**
 * Listens by the Streaming API (CometD), where the Pub/Sub API cannot be reached, and to PushTopic and
 * generic events. Here the server decides how much it sends; it is asked again when what it sent has
 * been taken.
 */
export const cometdSubscription: Subscription = withFreshTokens(
	(_session, subscribing) => listen(subscribing),
	isSessionRefused,
);

async function* listen({
	client,
	topic,
	start,
	signal,
}: Subscribing): AsyncGenerator<Heard, void, undefined> {
	const session = new BayeuxSession(client, signal);
	try {
		await session.handshake();
		yield heardIn(await session.subscribe(topic, replayOf(start)), topic);
		for (;;) {
			const askedAt = client.clock.now();
			const messages = await session.connect();
			yield heardIn(messages, topic);
			const leftMs = askedAt + SHORTEST_ROUND_MS - client.clock.now();
			if (messages.length === 0 && leftMs > 0) await sleep(client.clock, leftMs, signal);
		}
	} finally {
		void session.disconnect();
	}
}

function replayOf(start: Start): number {
	if (start === 'latest') return -1;
	if (start === 'earliest') return -2;
	const id = Number(start.after);
	if (!Number.isSafeInteger(id)) throw invalidInput(`"${start.after}" is no replay id`);
	return id;
}

function heardIn(messages: BayeuxMessage[], topic: string): Heard {
	const events = messages
		.filter(({ channel }) => channel === topic)
		.flatMap(({ data }) => (isObject(data) ? [eventOf(data)] : []));
	return { events, position: events.at(-1)?.position };
}

/**
 * payload: of platform and change events an object, of generic events a text; sobject: of PushTopics.
 * https://developer.salesforce.com/docs/atlas.en-us.api_streaming.meta/api_streaming/message_structure.htm
 */
function eventOf({ payload, sobject, event }: Record<string, unknown>): ReceivedEvent {
	const about = isObject(event) ? event : {};
	const replayId = String(about.replayId ?? '');
	const id = typeof about.EventUuid === 'string' ? about.EventUuid : '';
	const received = eventIn(fieldsOf(payload, sobject), { id, replayId, position: replayId });
	const at = Date.parse(String(about.createdDate));
	return { ...received, at: received.at ?? (Number.isFinite(at) ? at : undefined) };
}

function fieldsOf(payload: unknown, sobject: unknown): Record<string, unknown> {
	if (isObject(payload)) return payload;
	return isObject(sobject) ? sobject : { payload };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
