import type { ITriggerFunctions } from 'n8n-workflow';
import type { InputOf } from '../../shared/node/defineOperation';
import { readInput } from '../../shared/node/readInput';
import { Failure } from '../../shared/resilience/failure';
import { checkDn } from '../transport/dn';
import { parseFilter } from '../transport/filterText';
import { isSecretAttribute } from '../transport/values/secretAttributes';
import { triggerProperties } from './properties';
import type { WatchSettings } from './watcher';

const MEMBER_ATTRIBUTES = 'member, uniqueMember, memberUid';

/** The parameters of the trigger. Throws a Failure that names the field. */
export function readSettings(context: ITriggerFunctions): WatchSettings {
	const input = readInput(context, triggerProperties, 0) as InputOf<typeof triggerProperties>;
	const { baseDn, scope, filter, events, mechanism, options } = input;
	if (events.length === 0)
		throw wrong('"Events" is empty', 'Choose what is to start the workflow.');
	const attributes = namesIn(input.attributes);
	const secret = attributes.find(isSecretAttribute);
	if (secret !== undefined)
		throw wrong(
			`"Attributes to Watch" has "${secret}", which holds a secret`,
			'Watch pwdLastSet (Active Directory) or pwdChangedTime (OpenLDAP) to hear of new passwords.',
		);
	const hearsOfMembers = events.includes('memberAdded') || events.includes('memberRemoved');
	const base = baseDn.trim();
	return {
		watched: {
			base: base && checkDn(base),
			scope,
			filter: parseFilter(filter),
			attributes,
			memberAttributes: hearsOfMembers
				? namesIn(options.memberAttributes ?? MEMBER_ATTRIBUTES)
				: [],
			deletes: events.includes('deleted') || events.includes('memberRemoved'),
		},
		kinds: events,
		mechanism,
		keepValues: options.keepValues ?? true,
		existing: options.existing ?? 'ignore',
		intervalMs: Math.max(1, options.lookSeconds ?? 60) * 1_000,
		batchSize: Math.max(1, Math.floor(options.batchSize ?? 100)),
		runs: Math.max(1, Math.floor(options.runs ?? 1)),
	};
}

const namesIn = (text: string): string[] =>
	text
		.split(/[\s,]+/)
		.map((name) => name.trim())
		.filter((name) => name !== '');

const wrong = (message: string, hint: string) =>
	new Failure({ kind: 'invalid', phase: 'notSent', code: 'INVALID_PARAMETER', message, hint });
