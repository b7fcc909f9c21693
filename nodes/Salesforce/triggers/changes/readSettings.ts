import type { ITriggerFunctions } from 'n8n-workflow';
import type { InputOf } from '../../../shared/node/defineOperation';
import { readInput } from '../../../shared/node/readInput';
import { invalidInput } from '../../../shared/resilience/failure';
import { MINUTE_MS } from '../../transport/changes/time';
import { dateTimeOf } from '../../transport/query/dates';
import type { PollSettings } from './poller';
import { pollProperties } from './properties';

/** The parameters of the trigger. Throws a Failure that names the field. */
export function readSettings(context: ITriggerFunctions): PollSettings {
	const input = readInput(context, pollProperties, 0) as InputOf<typeof pollProperties>;
	const { object, events, pollSeconds, fields, onlyChanged = [], condition, options } = input;
	if (events.length === 0)
		throw invalidInput('"Events" is empty', 'Choose what is to start the workflow.');
	const parent = onlyChanged.find((name) => name.includes('.'));
	if (parent !== undefined)
		throw invalidInput(
			`"Only When Changed" has "${parent}", a field of another record`,
			'A record does not change when its parent does: watch the parent with a trigger of its own.',
		);
	const { startFrom = '', overlapMinutes = 30, systemChanges = true } = options;
	return {
		watched: {
			...{ object: object.trim(), kinds: events, fields, onlyChanged },
			...{ condition: conditionIn(condition), systemChanges },
			overlapMs: Math.max(1, overlapMinutes) * MINUTE_MS,
		},
		...(startFrom !== '' && { startFrom: momentIn(startFrom) }),
		intervalMs: Math.max(1, pollSeconds) * 1_000,
		batchSize: Math.max(1, Math.floor(options.batchSize ?? 100)),
		runs: Math.max(1, Math.floor(options.runs ?? 1)),
	};
}

/** Many write the keyword as well. */
const conditionIn = (text: string): string => text.trim().replace(/^where\s+/i, '');

/** The editor's date picker gives no time zone: it means that of n8n. */
function momentIn(text: string): number {
	const moment = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text.trim())
		? new Date(text.trim().replace(' ', 'T')).toISOString()
		: text;
	return Date.parse(dateTimeOf('"Start From"', moment));
}
