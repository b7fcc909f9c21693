import type { ListenerHost } from '../../../shared/node/startListener';
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
export type StreamHost = ListenerHost<SalesforceClient, StreamedEvent>;
