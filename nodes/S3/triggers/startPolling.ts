import type { ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';
import { startTrigger } from '../../shared/node/startTrigger';
import { Failure } from '../../shared/resilience/failure';
import { itemsOf, pollHost } from './pollHost';
import type { PollHost } from './poller';
import { Poller } from './poller';
import { readPollSettings } from './readPollSettings';
import { Watch } from './watch';

// Enough to build a workflow with.
const SAMPLES = 5;

/** Polls while the workflow is active; in the editor shows what is there. */
export const startPolling = async (
	context: ITriggerFunctions,
	connect: PollHost['connect'],
): Promise<ITriggerResponse> =>
	await startTrigger(context, connect, () => {
		const settings = readPollSettings(context);
		return {
			sample: async (client) => {
				const watch = new Watch({ ...settings.watched, stableForMs: 0, events: ['created'] });
				const found = watch.findings(await watch.list(client), new Map(), 0);
				if (found.length === 0) throw nothingThere(settings.watched);
				// The newest are what most resembles the next.
				return await itemsOf(context, client, settings.items, found.slice(-SAMPLES));
			},
			start: async (connected) => {
				const poller = new Poller(pollHost(context, settings.items, connected), settings);
				await poller.start();
				return poller;
			},
		};
	});

const nothingThere = ({ bucket, prefix }: { bucket: string; prefix: string }) =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NOTHING_TO_SHOW',
		message: `There is no object in bucket "${bucket}"${prefix ? ` under "${prefix}"` : ''} that would start the workflow`,
		hint: 'Upload one, then test again.',
	});
