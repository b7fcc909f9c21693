import type { INode, JsonObject } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { Redact } from '../ground/redact';
import type { Failure, FailureKind } from '../resilience/failure';

// n8n's words for why a node failed (n8n-workflow errors/failure).
const CAUSES = {
	throttled: 'rate-limited',
	quota: 'rate-limited',
	unavailable: 'temporarily-unavailable',
	timeout: 'temporarily-unavailable',
	network: 'temporarily-unavailable',
	auth: 'credential-invalid',
	invalid: 'configuration-invalid',
	conflict: 'configuration-invalid',
	bug: 'node-defect',
} as const satisfies Record<FailureKind, string>;

/** What happened, in one line: the system's code, its words, and whether the effect is unknown. */
export function headline(failure: Failure): string {
	const doubt =
		failure.phase === 'maybeDone' ? ' (it may have been done: check before you repeat it)' : '';
	const coded = failure.message.startsWith(failure.code);
	return `${coded ? '' : `${failure.code}: `}${failure.message}${doubt}`;
}

/**
 * The error n8n shows when the node as a whole fails because of one item.
 * @param summary what became of the other items
 */
export function nodeError(
	node: INode,
	failure: Failure,
	itemIndex: number | undefined,
	summary: string,
	redact: Redact,
): NodeApiError | NodeOperationError {
	// Before n8n's error is made: it keeps copies of its message.
	const message = redact.text(headline(failure));
	const description = redact.text([failure.hint, summary].filter(Boolean).join(' '));
	const cause = CAUSES[failure.kind];
	const timed = cause === 'rate-limited' || cause === 'temporarily-unavailable';
	const { retryAfterMs } = failure;
	const options = {
		message,
		description,
		itemIndex,
		failure: timed ? { cause, ...(retryAfterMs && { retryAfterMs }) } : { cause },
	};
	const { status } = failure;
	const answer: JsonObject = { code: redact.text(failure.code), message, status: status ?? null };
	const error =
		status === undefined
			? new NodeOperationError(node, message, options)
			: new NodeApiError(node, answer, { ...options, httpCode: String(status) });
	// n8n puts sentences of its own in place of messages that name a known code (ECONNRESET): they
	// say less.
	error.message = message;
	return error;
}
