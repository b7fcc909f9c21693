import { status } from '@grpc/grpc-js';
import { PubSubError, type PubSubCode } from './pubSubErrors.ts';

/** One planned misbehaviour of the Pub/Sub API. */
export interface PubSubFault {
	/** "Subscribe", "GetSchema" ...; all when absent */
	method?: string;
	/** How many calls it hits; one when absent. */
	times?: number;
	/** Streams fail after so many answers; at once when absent. */
	afterAnswers?: number;
	/** Salesforce's code, or a gRPC status; UNAVAILABLE, as of a lost connection, when absent. */
	code?: PubSubCode | number;
	message?: string;
}

/** The planned faults of one server. */
export class PubSubFaults {
	private active: Array<{ fault: PubSubFault; left: number }> = [];

	add(fault: PubSubFault): void {
		this.active.push({ fault, left: fault.times ?? 1 });
	}

	clear(): void {
		this.active = [];
	}

	/** @throws PubSubError where a fault hits a call that has given so many answers */
	check(method: string, answers: number): void {
		const hit = this.active.find(
			({ fault, left }) =>
				left > 0 && (fault.method ?? method) === method && answers >= (fault.afterAnswers ?? 0),
		);
		if (!hit) return;
		hit.left--;
		const { code = status.UNAVAILABLE, message = 'RST_STREAM closed stream.' } = hit.fault;
		throw new PubSubError(code, message);
	}
}
