import type { ITriggerFunctions } from 'n8n-workflow';
import type { InputOf } from '../../../shared/node/defineOperation';
import { readInput } from '../../../shared/node/readInput';
import { invalidInput } from '../../../shared/resilience/failure';
import { pubSubOrigin } from '../../transport/events/endpoint';
import { isOnlyCometd, topicOf } from './mechanisms';
import { eventProperties } from './properties';
import type { StreamSettings } from './settings';

/** The parameters of the trigger. Throws a Failure that names the field. */
export function readSettings(context: ITriggerFunctions): StreamSettings {
	const input = readInput(context, eventProperties, 0) as InputOf<typeof eventProperties>;
	const { options } = input;
	const topic = topicOf(input.topic);
	const mechanism = options.mechanism ?? 'automatic';
	if (mechanism === 'pubSub' && isOnlyCometd(topic))
		throw invalidInput(
			`The Pub/Sub API does not know the topic "${topic}"`,
			'Set "Mechanism" to Automatic: PushTopics and generic channels are on the Streaming API.',
		);
	return {
		...{ topic, mechanism },
		wanted: { changeTypes: input.changeTypes, fields: namesIn(input.fields) },
		origin: pubSubOrigin(options.endpoint ?? ''),
		begin: options.begin ?? 'latest',
		fallback: options.fallback ?? 'earliest',
		reread: options.reread ?? true,
		batchSize: Math.max(1, Math.floor(options.batchSize ?? 100)),
		runs: Math.max(1, Math.floor(options.runs ?? 1)),
	};
}

const namesIn = (text: string): string[] => text.split(/[\s,]+/).filter((name) => name !== '');
