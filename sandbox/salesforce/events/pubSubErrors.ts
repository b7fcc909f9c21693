import { randomUUID } from 'node:crypto';
import { Metadata, status, type StatusObject } from '@grpc/grpc-js';

const codes = {
	'service.auth.error': status.UNAUTHENTICATED,
	'service.unavailable': status.UNAVAILABLE,
	'subscription.limit.exceeded': status.RESOURCE_EXHAUSTED,
	'subscription.fetch.replayid.corrupted': status.INVALID_ARGUMENT,
	'subscription.fetch.replayid.validation.failed': status.INVALID_ARGUMENT,
	'subscription.fetch.requested.events.invalid': status.INVALID_ARGUMENT,
} as const;

/** Salesforce's codes without "sfdc.platform.eventbus.grpc." in front. */
export type PubSubCode = keyof typeof codes;

/** The end of a call: status, message with the id of the call, code in the trailer "error-code". */
export class PubSubError extends Error implements Partial<StatusObject> {
	readonly code: number;
	readonly details: string;
	readonly metadata = new Metadata();

	/**
	 * @param code of https://developer.salesforce.com/docs/platform/pub-sub-api/guide/handling-errors.html;
	 *   a status where Salesforce's code is not known
	 */
	constructor(code: PubSubCode | number, message: string) {
		const rpcId = randomUUID();
		super(`${message} rpcId: ${rpcId}`);
		this.details = this.message;
		this.code = typeof code === 'number' ? code : codes[code];
		if (typeof code === 'string') {
			this.metadata.set('error-code', `sfdc.platform.eventbus.grpc.${code}`);
		}
		this.metadata.set('rpc-id', rpcId);
	}
}

export const notAuthenticated = () =>
	new PubSubError(
		'service.auth.error',
		'An authentication exception occurred. Provide valid authentication via metadata headers.',
	);

export const corruptedReplayId = () =>
	new PubSubError(
		'subscription.fetch.replayid.corrupted',
		'The Replay ID validation failed. Ensure that the Replay ID is valid.',
	);
