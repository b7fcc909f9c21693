import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { Redact } from '../ground/redact';
import type { Failure } from '../resilience/failure';
import { headline } from './nodeError';

/** One failed item with all that is needed to understand it and to run it again. */
export interface FailedRecord {
	/** the item's JSON as it came in */
	input: IDataObject;
	error: {
		kind: string;
		phase: string;
		code: string;
		message: string;
		hint?: string;
		status?: number;
	};
	/** name of the node where it failed */
	node: string;
	/** attempts on the wire, the first and the last one (ISO 8601) */
	attempts: number;
	firstAt?: string;
	lastAt?: string;
	/** the same for the same work on the same input: deduplicates records */
	idempotencyKey: string;
}

export function failedRecord(
	node: string,
	input: IDataObject,
	failure: Failure,
	idempotencyKey: string,
	redact: Redact,
): FailedRecord {
	const { kind, phase, code, message, hint, status, attempts, firstAt, lastAt } = failure;
	return redact.value({
		input,
		error: { kind, phase, code, message, ...(hint && { hint }), ...(status && { status }) },
		node,
		attempts,
		...(firstAt !== undefined && { firstAt: new Date(firstAt).toISOString() }),
		...(lastAt !== undefined && { lastAt: new Date(lastAt).toISOString() }),
		idempotencyKey,
	});
}

/**
 * The input item inside a failed record that was fed back into its node, or the item itself. For
 * other nodes a record is an item like any other: they do something about it.
 * @param node name of the node that gets it
 */
export function redriven(item: INodeExecutionData, node: string): INodeExecutionData {
	const { input, error, attempts, idempotencyKey, node: failedAt = node } = item.json;
	const isRecord =
		failedAt === node &&
		isObject(input) &&
		isObject(error) &&
		typeof error.phase === 'string' &&
		typeof attempts === 'number' &&
		typeof idempotencyKey === 'string';
	return isRecord ? { ...item, json: input } : item;
}

const isObject = (value: unknown): value is IDataObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The item of a failed item under "Continue On Fail". n8n routes it to the error output only if
 * its JSON has no other keys than `error` and `message`; one more, and it counts as a success.
 */
export function errorItem(failure: Failure, item: number, redact: Redact): INodeExecutionData {
	const error = redact.text(headline(failure));
	const message = redact.text(failure.hint ?? headline(failure));
	return { json: { error, message }, pairedItem: { item } };
}
