import { bytes, Fields, number, text } from './protobuf';

// The messages of eventbus.v1.PubSub that are used, with the numbers of their fields.
// https://github.com/forcedotcom/pub-sub-api

export const METHODS = {
	subscribe: '/eventbus.v1.PubSub/Subscribe',
	getTopic: '/eventbus.v1.PubSub/GetTopic',
	getSchema: '/eventbus.v1.PubSub/GetSchema',
} as const;

/** Where a subscription begins. */
export const REPLAY_PRESETS = { LATEST: 0, EARLIEST: 1, CUSTOM: 2 } as const;

export interface FetchRequest {
	topicName: string;
	replayPreset: keyof typeof REPLAY_PRESETS;
	replayId: Uint8Array;
	/** 100 at most; the server sends no more events than were asked for */
	numRequested: number;
}

export const fetchRequest = (request: FetchRequest): Buffer =>
	Buffer.concat([
		text(1, request.topicName),
		number(2, REPLAY_PRESETS[request.replayPreset]),
		bytes(3, request.replayId),
		number(4, request.numRequested),
	]);

export interface ConsumerEvent {
	id: string;
	schemaId: string;
	/** Avro */
	payload: Buffer;
	replayId: Buffer;
}

export interface FetchResponse {
	events: ConsumerEvent[];
	/** also without events: where to go on from */
	latestReplayId: Buffer;
	/** how many of the events that were asked for are still to come */
	pendingNumRequested: number;
}

export function readFetchResponse(message: Buffer): FetchResponse {
	const response = new Fields(message);
	return {
		events: response.each(1).map(readConsumerEvent),
		latestReplayId: response.bytes(2),
		pendingNumRequested: response.number(4),
	};
}

function readConsumerEvent(message: Buffer): ConsumerEvent {
	const consumed = new Fields(message);
	const produced = new Fields(consumed.bytes(1));
	return {
		id: produced.text(1),
		schemaId: produced.text(2),
		payload: produced.bytes(3),
		replayId: consumed.bytes(2),
	};
}

export const topicRequest = (topicName: string): Buffer => text(1, topicName);

export interface TopicInfo {
	topicName: string;
	canSubscribe: boolean;
	schemaId: string;
}

export function readTopicInfo(message: Buffer): TopicInfo {
	const info = new Fields(message);
	return { topicName: info.text(1), canSubscribe: info.flag(4), schemaId: info.text(5) };
}

export const schemaRequest = (schemaId: string): Buffer => text(1, schemaId);

export const readSchemaInfo = (message: Buffer): { schemaJson: string; schemaId: string } => {
	const info = new Fields(message);
	return { schemaJson: info.text(1), schemaId: info.text(2) };
};
