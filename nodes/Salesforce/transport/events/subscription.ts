import type { SalesforceClient } from '../client';
import type { Failure } from '../../../shared/resilience/failure';

/** Where a subscription begins: at a position that `Heard` gave, or at one of the ends. */
export type Start = 'earliest' | 'latest' | { after: string };

/** An event as its topic gave it. */
export interface ReceivedEvent {
	/** same for the same event whenever it comes */
	id: string;
	/** as Salesforce writes it: a number in most orgs */
	replayId: string;
	/** where a later subscription goes on after this event */
	position: string;
	/** when it was published or committed: ms since 1970 */
	at?: number;
	/** why its fields are not known; they hold what was received */
	unreadable?: string;
	/** of a change event */
	header?: ChangeHeader;
	fields: Record<string, unknown>;
}

/** https://developer.salesforce.com/docs/atlas.en-us.change_data_capture.meta/change_data_capture/cdc_event_fields_header.htm */
export interface ChangeHeader {
	entityName: string;
	recordIds: string[];
	/** CREATE, UPDATE, DELETE, UNDELETE; GAP_...: without fields; GAP_OVERFLOW: without ids as well */
	changeType: string;
	/** ms since 1970 */
	commitTimestamp: number;
	/** names, parts of compound fields as "BillingAddress.City" */
	changedFields: string[];
	nulledFields: string[];
	/** large texts whose values are given as a diff */
	diffFields: string[];
	/** changeOrigin, transactionKey, sequenceNumber, commitNumber, commitUser */
	[other: string]: unknown;
}

/** What has come at once. Whoever asks for the next has taken it. */
export interface Heard {
	events: ReceivedEvent[];
	/** where to go on after them; undefined where nobody knows */
	position: string | undefined;
}

export interface Subscribing {
	client: SalesforceClient;
	/** "/event/Order__e", "/data/ChangeEvents" ... */
	topic: string;
	start: Start;
	signal: AbortSignal;
}

/**
 * Listens to a topic until the signal is aborted or something fails. The first that is heard, often
 * nothing, says that the subscription stands.
 */
export type Subscription = (subscribing: Subscribing) => AsyncGenerator<Heard, void, undefined>;

/** The position is not known any more: too old, or the org was moved. */
export const isLostPosition = ({ code, message }: Failure): boolean =>
	/\.replayid\.(corrupted|validation\.failed)$/.test(code) ||
	/^400::.*\breplay ?id\b/i.test(message);
