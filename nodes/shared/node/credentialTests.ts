import type { INodeCredentialTestResult } from 'n8n-workflow';
import { randomUUID } from 'node:crypto';
import { redactor } from '../ground/redact';
import { toFailure } from '../resilience/failure';
import { Registry } from '../resilience/registry';
import type { Connection } from '../transport/connection';
import { headline } from './nodeError';

const DEADLINE_MS = 15_000;

// Where the usual advice is not for somebody who fills in a credential.
const HINTS: Record<string, string> = {
	DEADLINE: 'Check host and port in the credential, and that the server runs.',
};

/** How the test of a credential connects: apart from the running workflows, and not for long. */
export const testConnection = (): Connection => ({
	// What is known of the credential as it was before, such as that it is refused, does not count.
	owner: `test ${randomUUID()}`,
	signal: new AbortController().signal,
	deadlineMs: DEADLINE_MS,
	maxAttempts: 2,
	onOutage: 'failFast',
	// A wrong address that somebody is typing must not close the gate for running workflows.
	registry: new Registry(),
});

/**
 * What the editor shows where the test failed: what happened, and what to do about it.
 * @param hints instead of those of the failures, by their codes
 */
export function testFailed(
	error: unknown,
	secrets: Array<string | undefined>,
	hints: Record<string, string> = {},
): INodeCredentialTestResult {
	// Nothing was to be done, so nothing can have been done in spite of the failure.
	const failure = toFailure(error).inPhase('rejected');
	const hint = hints[failure.code] ?? HINTS[failure.code] ?? failure.hint;
	const message = [headline(failure), hint].filter(Boolean).join(' — ');
	return { status: 'Error', message: redactor(secrets).text(message) };
}
