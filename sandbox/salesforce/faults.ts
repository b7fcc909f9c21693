import type { RecordedRequest } from './server.ts';

interface Selection {
	/** Which requests it hits; all when absent. */
	match?: (request: RecordedRequest) => boolean;
	/** How many requests it hits; without end when absent. */
	times?: number;
	/** Which share of the matching requests it hits, evenly spread; all when absent. */
	share?: number;
}

/** One planned misbehaviour of the server. "Effect" is what the request does to the org. */
export type Fault = Selection &
	(
		| {
				/** An error answer, no effect. `body` instead of the usual array. */
				kind: 'status';
				status: number;
				code?: string;
				message?: string;
				headers?: Record<string, string>;
				body?: string;
		  }
		/** 503 SERVER_UNAVAILABLE, no effect. */
		| { kind: 'unavailable' }
		/** 500 UNKNOWN_EXCEPTION; the effect is there only with `after`. */
		| { kind: 'unknownException'; after?: boolean }
		/** 403 REQUEST_LIMIT_EXCEEDED of the day. */
		| { kind: 'dailyLimit' }
		/** 403 REQUEST_LIMIT_EXCEEDED of long requests. */
		| { kind: 'concurrentLimit' }
		/** 400 UNABLE_TO_LOCK_ROW of the whole request, no effect. */
		| { kind: 'lockRow' }
		/** UNABLE_TO_LOCK_ROW in this share of the rows of collections, trees and jobs. */
		| { kind: 'lockRows'; rows: number }
		/** An HTML page with status 420, no effect. */
		| { kind: 'html420' }
		/** An HTML page with status 200, no effect (a maintenance page of a proxy). */
		| { kind: 'html200' }
		/** The token of the request is expired from now on. */
		| { kind: 'expiredToken' }
		/** The connection is reset before the effect. */
		| { kind: 'resetBefore' }
		/** The connection is reset after the effect, instead of the answer. */
		| { kind: 'resetAfter' }
		/** Handled as usual only after so many milliseconds, even if the client is gone by then. */
		| { kind: 'delay'; ms: number }
		/** Handled at once, answered only after so many milliseconds. */
		| { kind: 'lateAnswer'; ms: number }
		/** The body of the usual answer comes in ten pieces, `ms` milliseconds apart. */
		| { kind: 'slowBody'; ms: number }
		/** The connection is closed after half of the body of the usual answer. */
		| { kind: 'truncate' }
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

/** The list of planned faults of one server. */
export class FaultPlan implements FaultControls {
	private active: Array<ActiveFault & { seen: number }> = [];

	add(fault: Fault): ActiveFault {
		const active = { fault, hits: 0, seen: 0 };
		this.active.push(active);
		return active;
	}

	clear(): void {
		this.active = [];
	}

	/** The fault that hits this request, counted. */
	take(request: RecordedRequest): Fault | undefined {
		for (const active of this.active) {
			const { fault } = active;
			if (active.hits >= (fault.times ?? Infinity)) continue;
			if (!(fault.match?.(request) ?? true)) continue;
			const share = fault.share ?? 1;
			active.seen++;
			if (Math.floor(active.seen * share) === Math.floor((active.seen - 1) * share)) continue;
			active.hits++;
			return fault;
		}
		return undefined;
	}
}

const html = (title: string, text: string) =>
	`<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1><p>${text}</p></body></html>`;

const refusals = {
	unavailable: [
		503,
		'SERVER_UNAVAILABLE',
		'Server is temporarily unavailable. Please try again later.',
	],
	unknownException: [
		500,
		'UNKNOWN_EXCEPTION',
		'An unexpected error occurred. Please include this ErrorId if you contact support: 1234567890-12345 (-1234567890)',
	],
	dailyLimit: [403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'],
	concurrentLimit: [
		403,
		'REQUEST_LIMIT_EXCEEDED',
		'ConcurrentRequests (Concurrent API Requests) Limit exceeded.',
	],
	lockRow: [400, 'UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access to this record'],
} as const satisfies Partial<Record<Fault['kind'], readonly [number, string, string]>>;

/** The answer that a fault puts in the place of the usual one. */
export function plannedAnswer(fault: Fault) {
	const type = { 'content-type': 'application/json;charset=UTF-8' };
	const htmlType = { 'content-type': 'text/html;charset=UTF-8' };
	if (fault.kind === 'html420') {
		const body = html('Enhance Your Calm', 'The service is overloaded.');
		return { status: 420, headers: htmlType, body };
	}
	if (fault.kind === 'html200') {
		const body = html('Down for Maintenance', 'We are down for maintenance.');
		return { status: 200, headers: htmlType, body };
	}
	if (fault.kind === 'status') {
		const { status, code = 'UNKNOWN_EXCEPTION', message = code, headers, body } = fault;
		const usual = JSON.stringify([{ message, errorCode: code }]);
		return { status, headers: { ...type, ...headers }, body: body ?? usual };
	}
	const known = Object.entries(refusals).find(([kind]) => kind === fault.kind)?.[1];
	if (!known) return undefined;
	const [status, errorCode, message] = known;
	return { status, headers: type, body: JSON.stringify([{ message, errorCode }]) };
}

/** What a row that is locked by somebody else is told. */
export const lockedRowMessage = refusals.lockRow[2];
