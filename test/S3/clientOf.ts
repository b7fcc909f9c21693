import type { S3Connection, S3Credential } from '../../nodes/S3/transport/connect';
import { connect } from '../../nodes/S3/transport/connect';
import type { S3Client } from '../../nodes/S3/transport/client';
import { Registry } from '../../nodes/shared/resilience/registry';
import type { Failure } from '../../nodes/shared/resilience/failure';
import { defaultAccount, type RecordedRequest } from '../../sandbox/s3/server.ts';

let clients = 0;

/**
 * A client as the node makes it, for a server on this machine: gate, budget and limiter of its own,
 * and no pauses between attempts, so that tests of retries take no time.
 */
export function clientOf(
	{ endpoint }: { endpoint: string },
	credential: S3Credential = {},
	connection: Partial<S3Connection> = {},
): S3Client {
	return connect(
		{ endpoint, region: 'us-east-1', ...defaultAccount, ...credential },
		{
			owner: `test ${clients++}`,
			signal: new AbortController().signal,
			maxAttempts: 5,
			deadlineMs: 20_000,
			onOutage: 'wait',
			registry: new Registry(),
			random: () => 0,
			...connection,
		},
	);
}

/** The Failure a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
	try {
		await promise;
	} catch (error) {
		return error as Failure;
	}
	throw new Error('It should have failed');
}

/** Matches the requests of one operation. */
export const isA =
	(operation: string) =>
	(request: RecordedRequest): boolean =>
		request.operation === operation;
