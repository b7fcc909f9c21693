import type { INodeExecutionData, ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';
import type { Connected } from './runOperations';
import { startTrigger } from './startTrigger';
import type { TriggerHost } from './triggerHost';
import { triggerHost } from './triggerHost';
import type { RunOutcome } from './triggerRuns';

/** n8n as a trigger sees it that finds events by itself and passes them on in runs. */
export interface ListenerHost<Client, Event> extends Omit<TriggerHost, 'run'> {
	connect(signal: AbortSignal): Promise<Connected<Client>>;
	/** Starts a run of the workflow; resolves with its end, rejects where none was started. */
	run(events: Event[], id: string): Promise<RunOutcome>;
}

/** A trigger with its parameters read, each of whose events is an item. */
interface Listening<Client, Event> {
	/** What the editor shows to build a workflow with; throws a Failure where there is nothing. */
	samples(client: Client): Promise<Event[]>;
	/** What goes on from `start` on, until it is stopped. */
	listener(host: ListenerHost<Client, Event>): { start(): Promise<void>; stop(): void };
}

/** `startTrigger` for triggers that make an item of each event. */
export const startListener = async <Client, Event extends object>(
	context: ITriggerFunctions,
	connect: ListenerHost<Client, Event>['connect'],
	open: () => Listening<Client, Event>,
): Promise<ITriggerResponse> =>
	await startTrigger(context, connect, () => {
		const { samples, listener } = open();
		return {
			sample: async (client) => itemsOf(await samples(client)),
			start: async (connected) => {
				const host = triggerHost(context);
				const run = async (events: Event[], id: string) => await host.run(itemsOf(events), id);
				const started = listener({ ...host, connect: connected, run });
				await started.start();
				return started;
			},
		};
	});

const itemsOf = (events: object[]): INodeExecutionData[] =>
	events.map((event) => ({ json: { ...event } }));
