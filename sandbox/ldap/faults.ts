import type { RecordedRequest } from './record.ts';

interface Selection {
	/** Which requests it hits; all when absent. */
	match?: (request: RecordedRequest) => boolean;
	/** How many requests it hits; without end when absent. */
	times?: number;
}

/** One planned misbehaviour of the server. "Effect" is what the operation does to the directory. */
export type Fault = Selection &
	(
		| {
				/**
				 * A result, no effect: 51 busy, 52 unavailable, 53 unwillingToPerform ... A search gives so
				 * many entries before: 3 timeLimitExceeded, 11 adminLimitExceeded.
				 */
				kind: 'result';
				code: number;
				message?: string;
				entries?: number;
		  }
		/** The connection is reset before the effect. */
		| { kind: 'dropBefore' }
		/**
		 * The connection is reset after the effect, instead of the answer; of a search after so many
		 * entries when given.
		 */
		| { kind: 'dropAfter'; entries?: number }
		/** Never an answer, no effect. */
		| { kind: 'hang' }
		/** Never an answer, but the effect. */
		| { kind: 'swallow' }
		/** Handled as usual only after so many milliseconds, even if the client is gone by then. */
		| { kind: 'delay'; ms: number }
		/** So many milliseconds go by before each entry of a search. */
		| { kind: 'slow'; ms: number }
		/** The connection is closed after half of the last message of the usual answer. */
		| { kind: 'half' }
		/** Something that is no LDAP instead of the last message of the usual answer. */
		| { kind: 'garbage' }
		/** A notice of disconnection and the end of the connection, no effect. */
		| { kind: 'notice'; code?: number; message?: string }
	);

/** A fault that was added; `hits` counts the requests it has hit. */
export interface ActiveFault {
	readonly fault: Fault;
	hits: number;
}

export interface FaultControls {
	/** Adds a fault behind those that are there; a request is hit by the first one that matches. */
	add(fault: Fault): ActiveFault;
	/** Ends all faults. */
	clear(): void;
}

/** The list of planned faults of one server. */
export class FaultPlan implements FaultControls {
	private active: ActiveFault[] = [];

	add(fault: Fault): ActiveFault {
		const active = { fault, hits: 0 };
		this.active.push(active);
		return active;
	}

	clear(): void {
		this.active = [];
	}

	/** The fault that hits this request, counted. */
	take(request: RecordedRequest): Fault | undefined {
		const hit = this.active.find(
			({ fault, hits }) => hits < (fault.times ?? Infinity) && (fault.match?.(request) ?? true),
		);
		if (!hit) return undefined;
		hit.hits++;
		return hit.fault;
	}
}
