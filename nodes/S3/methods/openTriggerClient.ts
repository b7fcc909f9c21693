import type { IHookFunctions, ITriggerFunctions, IWebhookFunctions } from 'n8n-workflow';
import { fingerprint } from '../../shared/ground/fingerprint';
import { egressFilterOf } from '../../shared/node/compat';
import type { Connected } from '../../shared/node/runOperations';
import type { S3Client } from '../transport/client';
import type { S3Credential } from '../transport/connect';
import { connect, secretsOf } from '../transport/connect';

// The next poll tries again anyway.
const DEADLINE_MS = 300_000;
const MAX_ATTEMPTS = 5;

/** The client of a trigger. Asks n8n for the credential each time, since it may have been changed. */
export async function openTriggerClient(
	context: ITriggerFunctions | IWebhookFunctions | IHookFunctions,
	signal: AbortSignal,
	deadlineMs = DEADLINE_MS,
): Promise<Connected<S3Client>> {
	const credential = await context.getCredentials<S3Credential & object>('resilientS3Api');
	const { id } = context.getNode().credentials?.resilientS3Api ?? {};
	const client = connect(credential, {
		owner: id ?? fingerprint(credential),
		egress: egressFilterOf(context),
		signal,
		deadlineMs,
		maxAttempts: MAX_ATTEMPTS,
		onOutage: 'wait',
	});
	return { client, secrets: secretsOf(credential) };
}
