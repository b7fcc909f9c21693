/** Messages of the Pub/Sub API as the server reads and writes them. */
export interface ProducerEvent {
	id: string;
	schema_id: string;
	payload: Buffer;
}

export interface FetchRequest {
	topic_name: string;
	replay_preset: 'LATEST' | 'EARLIEST' | 'CUSTOM';
	replay_id: Buffer;
	num_requested: number;
}

export interface FetchResponse {
	events: Array<{ event: ProducerEvent; replay_id: Buffer }>;
	latest_replay_id: Buffer;
	rpc_id: string;
	pending_num_requested: number;
}

export interface PublishRequest {
	topic_name: string;
	events: ProducerEvent[];
}

export interface PublishResult {
	replay_id?: Buffer;
	error?: { code: 'UNKNOWN' | 'PUBLISH' | 'COMMIT'; msg: string };
	correlation_key: string;
}

export interface PublishResponse {
	results: PublishResult[];
	schema_id: string;
	rpc_id: string;
}

export interface ManagedFetchRequest {
	subscription_id: string;
	developer_name: string;
	num_requested: number;
	commit_replay_id_request: { commit_request_id: string; replay_id: Buffer } | null;
}

export interface CommitReplayResponse {
	commit_request_id: string;
	replay_id: Buffer;
	process_time: string;
}

/** A position as clients see it: opaque bytes. */
export function replayIdOf(position: number): Buffer {
	const bytes = Buffer.alloc(8);
	bytes.writeBigUInt64BE(BigInt(position));
	return bytes;
}

/** The position behind a replay id; undefined when it cannot be one. */
export function positionOf(replayId: Buffer): number | undefined {
	return replayId.length === 8 ? Number(replayId.readBigUInt64BE()) : undefined;
}
