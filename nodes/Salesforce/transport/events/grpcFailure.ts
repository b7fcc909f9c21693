import type { IncomingHttpHeaders } from 'node:http2';
import type { FailureDetails, FailureKind } from '../../../shared/resilience/failure';
import { Failure } from '../../../shared/resilience/failure';

interface Status {
	name: string;
	kind: FailureKind;
	hint?: string;
}

const CHECK_TOPIC =
	'Check the name of the topic. For change events, select the object under Setup > Change Data Capture.';

// https://grpc.github.io/grpc/core/md_doc_statuscodes.html
const STATUSES: Status[] = [
	{ name: 'OK', kind: 'bug' },
	{ name: 'CANCELLED', kind: 'unavailable' },
	{ name: 'UNKNOWN', kind: 'unavailable' },
	{ name: 'INVALID_ARGUMENT', kind: 'invalid', hint: CHECK_TOPIC },
	{ name: 'DEADLINE_EXCEEDED', kind: 'timeout' },
	{ name: 'NOT_FOUND', kind: 'invalid', hint: CHECK_TOPIC },
	{ name: 'ALREADY_EXISTS', kind: 'conflict' },
	{
		name: 'PERMISSION_DENIED',
		kind: 'auth',
		hint: 'The user of the credential needs the right to read this event; for change events that of "View All" for the object.',
	},
	{
		name: 'RESOURCE_EXHAUSTED',
		kind: 'throttled',
		hint: 'The org may have used up its delivered events of 24 hours (Setup > Platform Events). What comes meanwhile is kept by Salesforce for 72 hours.',
	},
	{ name: 'FAILED_PRECONDITION', kind: 'invalid', hint: CHECK_TOPIC },
	{ name: 'ABORTED', kind: 'unavailable' },
	{ name: 'OUT_OF_RANGE', kind: 'invalid' },
	{ name: 'UNIMPLEMENTED', kind: 'invalid' },
	{ name: 'INTERNAL', kind: 'unavailable' },
	{ name: 'UNAVAILABLE', kind: 'unavailable' },
	{ name: 'DATA_LOSS', kind: 'unavailable' },
	{ name: 'UNAUTHENTICATED', kind: 'auth' },
];

/**
 * What a call ended with, where it was no success. The code is Salesforce's own, which it sends beside
 * the status ("sfdc.platform.eventbus.grpc.service.auth.error").
 * https://developer.salesforce.com/docs/platform/pub-sub-api/guide/handling-errors.html
 * @param trailers missing where the whole answer is one head
 */
export function grpcFailure(
	head: IncomingHttpHeaders,
	trailers: IncomingHttpHeaders | undefined,
): Failure | undefined {
	const end = { ...head, ...trailers };
	const status = end['grpc-status'];
	if (status === undefined) return httpFailure(Number(head[':status'] ?? 0));
	if (status === '0') return undefined;
	const { name, kind, hint } = STATUSES[Number(status)] ?? {
		name: `STATUS_${status}`,
		kind: 'bug',
	};
	const words = decoded(String(end['grpc-message'] ?? ''));
	const details: FailureDetails = {
		kind,
		phase: 'rejected',
		code: String(end['error-code'] ?? name),
		message: words || name,
		hint,
		...(kind === 'auth' && { scope: 'credential' }),
	};
	return new Failure(details);
}

/** A proxy or a load balancer has answered. */
function httpFailure(status: number): Failure | undefined {
	if (status === 0 || status === 200) return undefined;
	return new Failure({
		kind: status === 429 ? 'throttled' : status >= 500 ? 'unavailable' : 'invalid',
		phase: 'rejected',
		scope: 'host',
		code: `HTTP_${status}`,
		message: `The Pub/Sub API was answered for with HTTP status ${status}`,
		status,
	});
}

function decoded(message: string): string {
	try {
		return decodeURIComponent(message);
	} catch {
		return message;
	}
}

/** The token was refused; another one may not be. */
export const isTokenRefused = ({ kind, code }: Failure): boolean =>
	kind === 'auth' && (code === 'UNAUTHENTICATED' || code.includes('.auth.'));
