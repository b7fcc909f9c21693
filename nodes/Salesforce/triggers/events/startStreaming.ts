import type { ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';
import { startListener } from '../../../shared/node/startListener';
import { readSettings } from './readSettings';
import { samples } from './samples';
import type { StreamHost } from './settings';
import { Streamer } from './streamer';

/** Listens while the workflow is active; in the editor shows some of the events that are kept. */
export const startStreaming = async (
	context: ITriggerFunctions,
	connect: StreamHost['connect'],
): Promise<ITriggerResponse> =>
	await startListener(context, connect, () => {
		const settings = readSettings(context);
		return {
			samples: async (client) => await samples(client, settings),
			listener: (host: StreamHost) => new Streamer(host, settings),
		};
	});
