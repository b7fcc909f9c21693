import type { ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';
import { startListener } from '../../shared/node/startListener';
import { Failure } from '../../shared/resilience/failure';
import type { LdapClient } from '../transport/client';
import { namesToAskFor, ID_ATTRIBUTES } from './attributes';
import { withIds } from './entries';
import { EntryBook } from './entryBook';
import type { EventKind } from './events';
import { freshMemory } from './memory';
import type { NumberedEvent } from './memory';
import { readSettings } from './readSettings';
import { Watcher } from './watcher';
import type { WatchHost, WatchSettings } from './watcher';

// Enough to build a workflow with.
const SAMPLES = 5;

/** Listens while the workflow is active; in the editor shows some of what is there. */
export const startWatching = async (
	context: ITriggerFunctions,
	connect: WatchHost['connect'],
): Promise<ITriggerResponse> =>
	await startListener(context, connect, () => {
		const settings = readSettings(context);
		return {
			samples: async (client) => await samples(client, settings),
			listener: (host: WatchHost) => new Watcher(host, settings),
		};
	});

/** Some of what is there, as if it were new. */
async function samples(client: LdapClient, settings: WatchSettings): Promise<NumberedEvent[]> {
	const { watched } = settings;
	const { scope, filter } = watched;
	const base = watched.base || (await client.baseDn());
	const memory = freshMemory('', client.clock.now());
	const kinds: EventKind[] = [...settings.kinds, 'created'];
	const book = await EntryBook.open(client, memory, { ...settings, kinds, watched });
	const attributes = namesToAskFor(watched, ...ID_ATTRIBUTES);
	const found = client.search({ base, scope, filter, attributes, sizeLimit: SAMPLES });
	for await (const entries of found) book.take({ entries: withIds(entries) }, false);
	if (memory.waiting.length === 0) throw nothingThere(base);
	return memory.waiting.slice(0, SAMPLES);
}

const nothingThere = (base: string) =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NOTHING_TO_SHOW',
		message: `There is no entry under "${base}" that matches the filter`,
		hint: 'Check "Base DN" and "Filter", or add an entry, then test again.',
	});
