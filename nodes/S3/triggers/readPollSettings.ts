import type { ITriggerFunctions } from 'n8n-workflow';
import type { InputOf } from '../../shared/node/defineOperation';
import { readInput } from '../../shared/node/readInput';
import { Failure } from '../../shared/resilience/failure';
import type { ItemSettings } from './pollHost';
import { pollProperties } from './pollProperties';
import type { PollSettings } from './poller';

/** The parameters of the trigger. Throws a Failure that names the field. */
export function readPollSettings(
	context: ITriggerFunctions,
): PollSettings & { items: ItemSettings } {
	const input = readInput(context, pollProperties, 0) as InputOf<typeof pollProperties>;
	const { bucket, prefix, events, pollSeconds, afterReading, options } = input;
	const { include = '', exclude = '', doneFile = '', deleteDoneFile = false } = options;
	const { stableFor = 0, changeIs = 'overwrite', existing = 'ignore' } = options;
	if (events.length === 0) throw missing('Events', 'Choose what is to start the workflow.');
	if (afterReading === 'move' && !input.destinationBucket && !input.destinationPrefix)
		throw missing(
			'Destination Bucket',
			'Fill in a destination bucket, a destination prefix, or both.',
		);
	return {
		watched: {
			bucket,
			prefix,
			include,
			exclude,
			events,
			doneFile,
			stableForMs: stableFor * 1_000,
			changeIs,
		},
		after: {
			action: afterReading,
			bucket,
			prefix,
			destinationBucket: input.destinationBucket ?? '',
			destinationPrefix: input.destinationPrefix ?? '',
			tag: { name: input.tagName ?? '', value: input.tagValue ?? '' },
			deleteDoneFile: deleteDoneFile && doneFile !== '',
		},
		intervalMs: Math.max(1, pollSeconds) * 1_000,
		batchSize: Math.max(1, Math.floor(options.batchSize ?? 100)),
		runs: Math.max(1, Math.floor(options.runs ?? 1)),
		existing,
		items: { bucket, content: input.download ? input.binaryPropertyName : undefined },
	};
}

const missing = (field: string, hint: string) =>
	new Failure({
		kind: 'invalid',
		phase: 'notSent',
		code: 'INVALID_PARAMETER',
		message: `"${field}" is empty`,
		hint,
	});
