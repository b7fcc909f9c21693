import { fromJSON, type ServiceDefinition } from '@grpc/proto-loader';

type FieldType = 'string' | 'bytes' | 'bool' | 'int32' | 'int64' | (string & {});

/** Fields with their numbers in order from 1; "[]" marks a repeated one. */
function message(fields: Record<string, FieldType>) {
	return {
		fields: Object.fromEntries(
			Object.entries(fields).map(([name, type], n) => {
				const repeated = type.endsWith('[]');
				return [
					name,
					{ id: n + 1, type: type.replace('[]', ''), ...(repeated && { rule: 'repeated' }) },
				];
			}),
		),
	};
}

const call = (requestType: string, responseType: string) => ({
	requestType,
	responseType,
	comment: '',
});
const streams = (requestType: string, responseType: string) => ({
	...call(requestType, responseType),
	requestStream: true,
	responseStream: true,
});

/**
 * Salesforce's service `eventbus.v1.PubSub`, as far as the wire shows it: names, numbers, types.
 * https://developer.salesforce.com/docs/platform/pub-sub-api/guide/pub-sub-api-intro.html
 */
const v1 = {
	TopicInfo: message({
		topic_name: 'string',
		tenant_guid: 'string',
		can_publish: 'bool',
		can_subscribe: 'bool',
		schema_id: 'string',
		rpc_id: 'string',
	}),
	TopicRequest: message({ topic_name: 'string' }),
	EventHeader: message({ key: 'string', value: 'bytes' }),
	ProducerEvent: message({
		id: 'string',
		schema_id: 'string',
		payload: 'bytes',
		headers: 'EventHeader[]',
	}),
	ConsumerEvent: message({ event: 'ProducerEvent', replay_id: 'bytes' }),
	PublishResult: message({ replay_id: 'bytes', error: 'Error', correlation_key: 'string' }),
	Error: message({ code: 'ErrorCode', msg: 'string' }),
	ErrorCode: { values: { UNKNOWN: 0, PUBLISH: 1, COMMIT: 2 } },
	ReplayPreset: { values: { LATEST: 0, EARLIEST: 1, CUSTOM: 2 } },
	FetchRequest: message({
		topic_name: 'string',
		replay_preset: 'ReplayPreset',
		replay_id: 'bytes',
		num_requested: 'int32',
		auth_refresh: 'string',
	}),
	FetchResponse: message({
		events: 'ConsumerEvent[]',
		latest_replay_id: 'bytes',
		rpc_id: 'string',
		pending_num_requested: 'int32',
	}),
	SchemaRequest: message({ schema_id: 'string' }),
	SchemaInfo: message({ schema_json: 'string', schema_id: 'string', rpc_id: 'string' }),
	PublishRequest: message({
		topic_name: 'string',
		events: 'ProducerEvent[]',
		auth_refresh: 'string',
	}),
	PublishResponse: message({ results: 'PublishResult[]', schema_id: 'string', rpc_id: 'string' }),
	ManagedFetchRequest: message({
		subscription_id: 'string',
		developer_name: 'string',
		num_requested: 'int32',
		auth_refresh: 'string',
		commit_replay_id_request: 'CommitReplayRequest',
	}),
	ManagedFetchResponse: message({
		events: 'ConsumerEvent[]',
		latest_replay_id: 'bytes',
		rpc_id: 'string',
		pending_num_requested: 'int32',
		commit_response: 'CommitReplayResponse',
	}),
	CommitReplayRequest: message({ commit_request_id: 'string', replay_id: 'bytes' }),
	CommitReplayResponse: message({
		commit_request_id: 'string',
		replay_id: 'bytes',
		error: 'Error',
		process_time: 'int64',
	}),
	PubSub: {
		methods: {
			Subscribe: streams('FetchRequest', 'FetchResponse'),
			GetSchema: call('SchemaRequest', 'SchemaInfo'),
			GetTopic: call('TopicRequest', 'TopicInfo'),
			Publish: call('PublishRequest', 'PublishResponse'),
			PublishStream: streams('PublishRequest', 'PublishResponse'),
			ManagedSubscribe: streams('ManagedFetchRequest', 'ManagedFetchResponse'),
		},
	},
};

/** What a grpc server needs to know of the service. */
export function pubSubService(): ServiceDefinition {
	const packages = fromJSON(
		{ nested: { eventbus: { nested: { v1: { nested: v1 } } } } },
		{ keepCase: true, longs: String, enums: String, defaults: true },
	);
	const service = packages['eventbus.v1.PubSub'];
	if (!service || 'format' in service) throw new Error('The service has no description.');
	return service;
}
