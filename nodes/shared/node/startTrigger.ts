import type { INodeExecutionData, ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';
import { redactor } from '../ground/redact';
import { toFailure } from '../resilience/failure';
import { nodeError } from './nodeError';
import type { Connected } from './runOperations';

type Connect<Client> = (signal: AbortSignal) => Promise<Connected<Client>>;

/** A trigger with its parameters read. */
interface Ready<Client> {
	/** What the editor shows to build a workflow with; throws a Failure where there is nothing. */
	sample(client: Client): Promise<INodeExecutionData[]>;
	/** What goes on from now on, until it is stopped. */
	start(connect: Connect<Client>): Promise<{ stop(): void }>;
}

/**
 * Starts a trigger that has a clock or a connection of its own; in the editor it shows some of what is
 * there. Not one of n8n's poll triggers: only to these others n8n gives a way to start a run once and not
 * twice, see docs/decisions/0007.
 * @param open reads the parameters; what it throws is shown as it is thrown later
 */
export async function startTrigger<Client>(
	context: ITriggerFunctions,
	connect: Connect<Client>,
	open: () => Ready<Client>,
): Promise<ITriggerResponse> {
	let redact = redactor([]);
	const connected: Connect<Client> = async (signal) => {
		const connection = await connect(signal);
		redact = redactor(connection.secrets);
		return connection;
	};
	const shown = (error: unknown) =>
		// Nothing was to be done, so nothing can have been done in spite of the failure.
		nodeError(context.getNode(), toFailure(error).inPhase('rejected'), undefined, '', redact);
	try {
		const { sample, start } = open();
		if (context.getMode() === 'manual') {
			const stop = new AbortController();
			const show = async () => {
				try {
					const { client } = await connected(stop.signal);
					context.emit([await sample(client)]);
				} catch (error) {
					throw shown(error);
				}
			};
			return { manualTriggerFunction: show, closeFunction: async () => stop.abort() };
		}
		const running = await start(connected);
		return { closeFunction: async () => running.stop() };
	} catch (error) {
		throw shown(error);
	}
}
