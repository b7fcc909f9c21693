import type { Connected } from '../../../shared/node/runOperations';
import type { TriggerHost } from '../../../shared/node/triggerHost';
import type { RunOutcome } from '../../../shared/node/triggerRuns';
import type { SalesforceClient } from '../../transport/client';
import type { StreamedEvent, Wanted } from './items';
import type { Mechanism } from './mechanisms';

export interface StreamSettings {
	topic: string;
	wanted: Wanted;
	mechanism: Mechanism | 'automatic';
	/** of the Pub/Sub API: scheme, host and port */
	origin: string;
	/** where to begin when the trigger is switched on for the first time */
	begin: 'earliest' | 'latest';
	/** where to go on when the position is lost */
	fallback: 'earliest' | 'latest';
	/** what Salesforce does not tell is read */
	reread: boolean;
	/** most events of one run of the workflow */
	batchSize: number;
	/** most runs of the workflow at the same time */
	runs: number;
}

/** What n8n does for the streamer. */
export interface StreamHost extends Omit<TriggerHost, 'run'> {
	connect(signal: AbortSignal): Promise<Connected<SalesforceClient>>;
	/** Starts a run of the workflow; resolves with its end, rejects where none was started. */
	run(events: StreamedEvent[], id: string): Promise<RunOutcome>;
}
