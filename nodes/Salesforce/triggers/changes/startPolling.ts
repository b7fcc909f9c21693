import type { INodeExecutionData, ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';
import { startTrigger } from '../../../shared/node/startTrigger';
import { triggerHost } from '../../../shared/node/triggerHost';
import type { ChangeEvent } from './events';
import type { PollHost } from './poller';
import { Poller } from './poller';
import { readSettings } from './readSettings';
import { samples } from './samples';

/** Polls while the workflow is active; in the editor shows the newest records. */
export const startPolling = async (
	context: ITriggerFunctions,
	connect: PollHost['connect'],
): Promise<ITriggerResponse> =>
	await startTrigger(context, connect, () => {
		const settings = readSettings(context);
		return {
			sample: async (client) => itemsOf(await samples(client, settings.watched)),
			start: async (connected) => {
				const host = triggerHost(context);
				const run = async (events: ChangeEvent[], id: string) =>
					await host.run(itemsOf(events), id);
				const poller = new Poller({ ...host, connect: connected, run }, settings);
				await poller.start();
				return poller;
			},
		};
	});

const itemsOf = (events: ChangeEvent[]): INodeExecutionData[] =>
	events.map((event) => ({ json: { ...event } }));
