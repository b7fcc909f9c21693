import type { RecordedRequest } from './server.ts';

interface Selection {
	/** Which requests it hits; all when absent. */
	match?: (request: RecordedRequest) => boolean;
	/** How many requests it hits; without end when absent. */
	times?: number;
}

/** One planned misbehaviour of the server. "Effect" is what the operation does to the store. */
export type Fault = Selection &
	(
		| {
				/** An error answer, no effect. The code follows from the status unless given. */
				kind: 'status';
				status: number;
				code?: string;
				message?: string;
				/** For instance `{ 'retry-after': '2' }`. */
				headers?: Record<string, string>;
		  }
		/** The same with `<Message></Message>`, as Ceph answers. */
		| { kind: 'emptyMessage'; status: number; code: string }
		/**
		 * Status 200, white space to keep the connection alive, then `<Error>`; no effect. Hits only
		 * the operations that may do so: CopyObject, UploadPartCopy, CompleteMultipartUpload.
		 */
		| { kind: 'errorInside200'; code?: string; message?: string }
		/** The connection is reset before the effect. */
		| { kind: 'resetBefore' }
		/** The connection is reset after the effect, instead of the answer. */
		| { kind: 'resetAfter' }
		/**
		 * The whole request is received, but handled as usual only after so many milliseconds, even
		 * when the client has given up by then.
		 */
		| { kind: 'delay'; ms: number }
		/** The body of the usual answer comes one byte every `ms` milliseconds. */
		| { kind: 'drip'; ms: number }
		/** The connection is closed after half of the body of the usual answer. */
		| { kind: 'truncate' }
		/** One bit of the body of the usual answer is another one. */
		| { kind: 'corrupt' }
		/** Never an answer, no effect. */
		| { kind: 'hang' }
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

const lateErrors = ['CopyObject', 'UploadPartCopy', 'CompleteMultipartUpload'];

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
		const hit = this.active.find(({ fault, hits }) => {
			if (hits >= (fault.times ?? Infinity)) return false;
			if (fault.kind === 'errorInside200' && !lateErrors.includes(request.operation ?? '')) {
				return false;
			}
			return fault.match?.(request) ?? true;
		});
		if (!hit) return undefined;
		hit.hits++;
		return hit.fault;
	}
}

const codes: Record<number, string> = {
	400: 'InvalidRequest',
	403: 'AccessDenied',
	404: 'NoSuchKey',
	409: 'OperationAborted',
	412: 'PreconditionFailed',
	429: 'TooManyRequests',
	500: 'InternalError',
	501: 'NotImplemented',
	503: 'SlowDown',
};

/** The code S3 usually gives with a status. */
export function usualCode(status: number): string {
	return codes[status] ?? 'InternalError';
}
