import type { ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';
import { startListener } from '../../../shared/node/startListener';
import type { PollHost } from './poller';
import { Poller } from './poller';
import { readSettings } from './readSettings';
import { samples } from './samples';

/** Polls while the workflow is active; in the editor shows the newest records. */
export const startPolling = async (
	context: ITriggerFunctions,
	connect: PollHost['connect'],
): Promise<ITriggerResponse> =>
	await startListener(context, connect, () => {
		const settings = readSettings(context);
		return {
			samples: async (client) => await samples(client, settings.watched),
			listener: (host: PollHost) => new Poller(host, settings),
		};
	});
