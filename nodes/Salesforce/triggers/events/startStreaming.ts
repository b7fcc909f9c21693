import type {
	IDataObject,
	INodeExecutionData,
	ITriggerFunctions,
	ITriggerResponse,
} from 'n8n-workflow';
import { startTrigger } from '../../../shared/node/startTrigger';
import { triggerHost } from '../../../shared/node/triggerHost';
import type { StreamedEvent } from './items';
import { readSettings } from './readSettings';
import { samples } from './samples';
import type { StreamHost } from './settings';
import { Streamer } from './streamer';

/** Listens while the workflow is active; in the editor shows some of the events that are kept. */
export const startStreaming = async (
	context: ITriggerFunctions,
	connect: StreamHost['connect'],
): Promise<ITriggerResponse> =>
	await startTrigger(context, connect, () => {
		const settings = readSettings(context);
		return {
			sample: async (client) => itemsOf(await samples(client, settings)),
			start: async (connected) => {
				const host = triggerHost(context);
				const run = async (events: StreamedEvent[], id: string) =>
					await host.run(itemsOf(events), id);
				const streamer = new Streamer({ ...host, connect: connected, run }, settings);
				await streamer.start();
				return streamer;
			},
		};
	});

const itemsOf = (events: StreamedEvent[]): INodeExecutionData[] =>
	events.map((event) => ({ json: { ...event } as IDataObject }));
