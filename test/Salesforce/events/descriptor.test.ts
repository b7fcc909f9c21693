import * as protoLoader from '@grpc/proto-loader';
import {
	fetchRequest,
	METHODS,
	readFetchResponse,
	readSchemaInfo,
	readTopicInfo,
	REPLAY_PRESETS,
	schemaRequest,
	topicRequest,
} from '../../../nodes/Salesforce/transport/events/pubSubMessages';
import { needs } from '../../needs';
import { OFFICIAL_PROTO } from './pubSubServer';

type Service = Record<string, protoLoader.MethodDefinition<object, object>>;

// What is read and written by our own descriptor, by the official definition.
needs('../shared/data/salesforce/pubsub_api.proto')('the descriptor of the Pub/Sub API', () => {
	const definition = protoLoader.loadSync(OFFICIAL_PROTO, { enums: String, defaults: true });
	const service = definition['eventbus.v1.PubSub'] as Service;
	const methodAt = (path: string) => {
		const method = Object.values(service).find((one) => one.path === path);
		if (!method) throw new Error(`No method has the path ${path}`);
		return method;
	};

	test('requests', () => {
		const { requestDeserialize, requestStream, responseStream } = methodAt(METHODS.subscribe);
		expect([requestStream, responseStream]).toEqual([true, true]);
		for (const replayPreset of ['LATEST', 'EARLIEST', 'CUSTOM'] as const) {
			const request = {
				...{ topicName: '/data/ChangeEvents', replayPreset, numRequested: 100 },
				replayId: Buffer.from('00000000008381ff', 'hex'),
			};
			expect(requestDeserialize(fetchRequest(request))).toEqual({ ...request, authRefresh: '' });
		}
		const topic = topicRequest('/event/Örder__e');
		expect(methodAt(METHODS.getTopic).requestDeserialize(topic)).toEqual({
			topicName: '/event/Örder__e',
		});
		expect(methodAt(METHODS.getSchema).requestDeserialize(schemaRequest('abc'))).toEqual({
			schemaId: 'abc',
		});
	});

	test('answers', () => {
		const events = [1, 2, 3].map((n) => ({
			event: {
				...{ id: `e${n}`, schemaId: 's', payload: Buffer.alloc(n * 100, n) },
				headers: [{ key: 'k', value: Buffer.from('v') }],
			},
			replayId: Buffer.from([0, n]),
		}));
		const sent = methodAt(METHODS.subscribe).responseSerialize({
			...{ events, latestReplayId: Buffer.from([9]), rpcId: 'r', pendingNumRequested: 97 },
		});
		const { latestReplayId, pendingNumRequested, events: read } = readFetchResponse(sent);
		expect([latestReplayId, pendingNumRequested]).toEqual([Buffer.from([9]), 97]);
		expect(read).toEqual(
			events.map(({ event: { id, schemaId, payload }, replayId }) => ({
				...{ id, schemaId, payload, replayId },
			})),
		);
		const topic = { topicName: '/t', tenantGuid: 'g', canPublish: true, canSubscribe: false };
		expect(
			readTopicInfo(methodAt(METHODS.getTopic).responseSerialize({ ...topic, schemaId: 's' })),
		).toEqual({ topicName: '/t', canSubscribe: false, schemaId: 's' });
		const schema = { schemaJson: '{"ä":1}', schemaId: 's', rpcId: 'r' };
		expect(readSchemaInfo(methodAt(METHODS.getSchema).responseSerialize(schema))).toEqual({
			...{ schemaJson: '{"ä":1}', schemaId: 's' },
		});
	});

	test('where to begin', () => {
		const presets = definition['eventbus.v1.ReplayPreset'] as unknown as {
			type: { value: Array<{ name: string; number: number }> };
		};
		expect(REPLAY_PRESETS).toEqual(
			Object.fromEntries(presets.type.value.map(({ name, number }) => [name, number])),
		);
	});
});
