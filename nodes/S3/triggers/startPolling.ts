import type { ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';
import { redactor } from '../../shared/ground/redact';
import { nodeError } from '../../shared/node/nodeError';
import { Failure, toFailure } from '../../shared/resilience/failure';
import { itemsOf, pollHost } from './pollHost';
import type { PollHost } from './poller';
import { Poller } from './poller';
import { readPollSettings } from './readPollSettings';
import { Watch } from './watch';

// Enough to build a workflow with.
const SAMPLES = 5;

/**
 * Polls while the workflow is active; in the editor shows what is there.
 *
 * A trigger of n8n with a clock of its own rather than one of n8n's poll triggers: only to these n8n
 * gives a way to start a run once and not twice, see docs/decisions/0007.
 */
export async function startPolling(
	context: ITriggerFunctions,
	connect: PollHost['connect'],
): Promise<ITriggerResponse> {
	let redact = redactor([]);
	const connected: PollHost['connect'] = async (signal) => {
		const connection = await connect(signal);
		redact = redactor(connection.secrets);
		return connection;
	};
	const shown = (error: unknown) =>
		// Nothing was to be done, so nothing can have been done in spite of the failure.
		nodeError(context.getNode(), toFailure(error).inPhase('rejected'), undefined, '', redact);
	try {
		const settings = readPollSettings(context);
		if (context.getMode() === 'manual') {
			const stop = new AbortController();
			const sample = async () => {
				try {
					const { client } = await connected(stop.signal);
					const watch = new Watch({ ...settings.watched, stableForMs: 0, events: ['created'] });
					const found = watch.findings(await watch.list(client), new Map(), 0);
					if (found.length === 0) throw nothingThere(settings.watched);
					// The newest are what most resembles the next.
					const items = await itemsOf(context, client, settings.items, found.slice(-SAMPLES));
					context.emit([items]);
				} catch (error) {
					throw shown(error);
				}
			};
			return { manualTriggerFunction: sample, closeFunction: async () => stop.abort() };
		}
		const poller = new Poller(pollHost(context, settings.items, connected), settings);
		await poller.start();
		return { closeFunction: async () => poller.stop() };
	} catch (error) {
		throw shown(error);
	}
}

const nothingThere = ({ bucket, prefix }: { bucket: string; prefix: string }) =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NOTHING_TO_SHOW',
		message: `There is no object in bucket "${bucket}"${prefix ? ` under "${prefix}"` : ''} that would start the workflow`,
		hint: 'Upload one, then test again.',
	});
