import { isOutage, isPassing, toFailure, Failure } from '../../../shared/resilience/failure';
import type { Session } from '../client';
import { avroReader } from './avro';
import { fieldsOfBitmaps } from './bitmaps';
import { eventIn } from './eventIn';
import { GrpcConnection } from './grpc';
import type { Metadata } from './grpc';
import { isTokenRefused } from './grpcFailure';
import type { ConsumerEvent, FetchRequest } from './pubSubMessages';
import {
	fetchRequest,
	METHODS,
	readFetchResponse,
	readSchemaInfo,
	readTopicInfo,
	schemaRequest,
	topicRequest,
} from './pubSubMessages';
import { schemaOf } from './schemas';
import type { Heard, ReceivedEvent, Start, Subscribing, Subscription } from './subscription';
import { withFreshTokens } from './withFreshTokens';

// The server takes no larger number.
const MOST_REQUESTED = 100;
// More is asked for when so many of them have come, not after each single one.
const ASK_AT = 50;
const CALL_MS = 30_000;
// The server says that it is there at least every 270 seconds, as long as events are asked for.
const SILENT_MS = 300_000;

export interface PubSubSettings {
	/** scheme, host and port */
	origin: string;
	/** so long may nothing come from the server, in ms */
	silentMs?: number;
}

/**
 * Listens by the Pub/Sub API. Events are asked for only as they are taken, so that slow runs make
 * Salesforce wait, which keeps them for 72 hours.
 * https://developer.salesforce.com/docs/platform/pub-sub-api/references/methods/subscribe-rpc.html
 */
export const pubSubSubscription = (settings: PubSubSettings): Subscription =>
	withFreshTokens((session, subscribing) => listen(settings, session, subscribing), isTokenRefused);

async function* listen(
	{ origin, silentMs = SILENT_MS }: PubSubSettings,
	session: Session,
	{ client, topic, start, signal }: Subscribing,
): AsyncGenerator<Heard, void, undefined> {
	const { egress } = client;
	const connection = await GrpcConnection.open({ origin, egress, signal });
	try {
		const org: Org = { session, connection, metadata: metadataOf(session), signal };
		const info = await org.connection
			.call(METHODS.getTopic, org.metadata, topicRequest(topic), CALL_MS)
			.then(readTopicInfo);
		if (!info.canSubscribe) throw mayNotSubscribe(topic);
		const stream = connection.stream(METHODS.subscribe, org.metadata);
		stream.send(
			fetchRequest({ ...beginning(start), topicName: topic, numRequested: MOST_REQUESTED }),
		);
		let pending = MOST_REQUESTED;
		yield { events: [], position: undefined };
		for await (const message of stream.messages(() => silentMs)) {
			const response = readFetchResponse(message);
			const events: ReceivedEvent[] = [];
			for (const event of response.events) events.push(await received(org, event));
			pending = response.pendingNumRequested;
			yield { events, position: positionOf(response.latestReplayId, events) };
			if (pending <= MOST_REQUESTED - ASK_AT && stream.open) {
				stream.send(
					fetchRequest({ ...NEXT, topicName: topic, numRequested: MOST_REQUESTED - pending }),
				);
			}
		}
	} finally {
		connection.close();
	}
}

interface Org {
	session: Session;
	connection: GrpcConnection;
	metadata: Metadata;
	signal: AbortSignal;
}

/** https://developer.salesforce.com/docs/platform/pub-sub-api/guide/supported-auth.html */
const metadataOf = ({ accessToken, instanceUrl, organizationId }: Session): Metadata => ({
	accesstoken: accessToken,
	instanceurl: instanceUrl,
	// A token begins with the organization it is for.
	tenantid: organizationId || (/^00D\w+(?=!)/.exec(accessToken)?.[0] ?? ''),
});

type Beginning = Pick<FetchRequest, 'replayPreset' | 'replayId'>;

// Where a subscription begins is read in its first request only.
const NEXT: Beginning = { replayPreset: 'LATEST', replayId: Buffer.alloc(0) };

function beginning(start: Start): Beginning {
	if (start === 'earliest') return { ...NEXT, replayPreset: 'EARLIEST' };
	if (start === 'latest') return NEXT;
	return { replayPreset: 'CUSTOM', replayId: Buffer.from(start.after, 'base64') };
}

/** That of the last event, for what the server names beside may be of one that is still to come. */
const positionOf = (latest: Buffer, events: ReceivedEvent[]): string | undefined =>
	events.at(-1)?.position ?? (latest.length > 0 ? latest.toString('base64') : undefined);

async function received(org: Org, event: ConsumerEvent): Promise<ReceivedEvent> {
	const { id, schemaId, payload, replayId } = event;
	const around = { id, replayId: numberIn(replayId), position: replayId.toString('base64') };
	try {
		const schema = await readerOf(org, schemaId);
		const names = (bitmaps: string[]) => fieldsOfBitmaps(bitmaps, schema);
		return eventIn(schema.read(payload), { ...around, names });
	} catch (error) {
		const failure = toFailure(error);
		if (isPassing(failure) || failure.scope !== 'item' || org.signal.aborted) throw failure;
		// It would stand in the way of all that come after it.
		return {
			...around,
			unreadable: failure.message,
			fields: { schemaId, payload: payload.toString('base64') },
		};
	}
}

const readerOf = async ({ session, connection, metadata }: Org, schemaId: string) =>
	await schemaOf(`${session.instanceUrl} ${schemaId}`, async () => {
		const request = schemaRequest(schemaId);
		const info = await connection.call(METHODS.getSchema, metadata, request, CALL_MS);
		return avroReader(readSchemaInfo(info).schemaJson);
	});

/**
 * As the Streaming API writes it: the first 8 bytes, with zeros after them in most orgs. Only for people
 * to read: what is in it is the server's affair.
 */
const numberIn = (replayId: Buffer): string =>
	replayId.length >= 8 && replayId.subarray(8).every((byte) => byte === 0)
		? replayId.readBigUInt64BE().toString()
		: replayId.toString('hex');

/** The Pub/Sub API was not there to answer: a firewall may know only the Streaming API. */
export const isUnreachable = (failure: Failure): boolean =>
	failure.phase === 'notSent' && (isOutage(failure) || failure.scope === 'host');

const mayNotSubscribe = (topic: string) =>
	new Failure({
		kind: 'auth',
		phase: 'rejected',
		code: 'CANNOT_SUBSCRIBE',
		message: `The user of the credential may not subscribe to "${topic}"`,
		hint: 'Give it the right to read this event; for change events that of "View All" for the object.',
	});
