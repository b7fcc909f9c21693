import type {
	IExecuteFunctions,
	IHookFunctions,
	ILoadOptionsFunctions,
	ITriggerFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import { fingerprint } from '../../shared/ground/fingerprint';
import { egressFilterOf } from '../../shared/node/compat';
import type { Connected, Run } from '../../shared/node/runOperations';
import { Registry } from '../../shared/resilience/registry';
import type { LdapClient } from '../transport/client';
import type { Connection, LdapCredential } from '../transport/connect';
import { connect, secretsOf } from '../transport/connect';

// Whoever has opened a list looks at it.
const PATIENCE_MS = 10_000;
// Whoever polls tries again anyway.
const TRIGGER_DEADLINE_MS = 300_000;

/** The client of one run of the node, from the credential of the node. */
export const openClient = async (run: Run): Promise<Connected<LdapClient>> =>
	await connected(run.context, run);

/** The client for one question of the editor: answers soon or not at all. */
export const openEditorClient = async (
	context: ILoadOptionsFunctions,
): Promise<Connected<LdapClient>> =>
	await connected(context, {
		signal: new AbortController().signal,
		deadlineMs: PATIENCE_MS,
		maxAttempts: 2,
		onOutage: 'failFast',
		// Neither waits behind running workflows nor closes their gate.
		registry: new Registry(),
	});

/** The client of a trigger. Asks n8n for the credential each time, since it may have been changed. */
export const openTriggerClient = async (
	context: ITriggerFunctions | IWebhookFunctions | IHookFunctions,
	signal: AbortSignal,
): Promise<Connected<LdapClient>> =>
	await connected(context, {
		signal,
		deadlineMs: TRIGGER_DEADLINE_MS,
		maxAttempts: 5,
		onOutage: 'wait',
	});

async function connected(
	context:
		| IExecuteFunctions
		| IHookFunctions
		| ILoadOptionsFunctions
		| ITriggerFunctions
		| IWebhookFunctions,
	settings: Omit<Connection, 'owner' | 'egress'>,
): Promise<Connected<LdapClient>> {
	const credential = await context.getCredentials<LdapCredential & object>('resilientLdapApi');
	const { id } = context.getNode().credentials?.resilientLdapApi ?? {};
	const client = connect(credential, {
		...settings,
		owner: id ?? fingerprint(credential),
		egress: egressFilterOf(context),
	});
	return { client, secrets: secretsOf(credential) };
}
