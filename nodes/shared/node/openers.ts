import type {
	IExecuteFunctions,
	IHookFunctions,
	ILoadOptionsFunctions,
	ITriggerFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import { fingerprint } from '../ground/fingerprint';
import { Registry } from '../resilience/registry';
import type { Connection } from '../transport/connection';
import { egressFilterOf, renewTokenOf } from './compat';
import type { Connected, Run } from './runOperations';

// Whoever has opened a list looks at it.
const PATIENCE_MS = 10_000;
// Whoever polls tries again anyway.
const TRIGGER_DEADLINE_MS = 300_000;

/** How a house turns its credential into a client. */
export interface House<Credential, Client> {
	/** name of the credential type; of several, the parameter "authentication" chooses one */
	credential: string | ReadonlyArray<{ authentication: string; credential: string }>;
	connect(credential: Credential, connection: Connection): Client;
	/** what must never be seen outside */
	secretsOf(credential: Credential): Array<string | undefined>;
}

type Context =
	| IExecuteFunctions
	| IHookFunctions
	| ILoadOptionsFunctions
	| ITriggerFunctions
	| IWebhookFunctions;

/** The client of a house for a run of the node, for the editor, and for a trigger. */
export function openersOf<Credential extends object, Client>(house: House<Credential, Client>) {
	const { connect, secretsOf } = house;

	const open = async (
		context: Context,
		settings: Omit<Connection, 'owner' | 'egress'>,
	): Promise<Connected<Client>> => {
		const { credentials, parameters } = context.getNode();
		const type = typeIn(house.credential, parameters.authentication);
		const credential = await context.getCredentials<Credential>(type);
		const { id } = credentials?.[type] ?? {};
		const secrets = secretsOf(credential);
		const client = connect(credential, {
			learn: (found) => secrets.push(...found),
			...settings,
			owner: id ?? fingerprint(credential),
			egress: egressFilterOf(context),
			renewToken: renewTokenOf(context, type),
		});
		return { client, secrets };
	};

	return {
		/** The client of one run of the node, from the credential of the node. */
		openClient: async (run: Run): Promise<Connected<Client>> => await open(run.context, run),

		/** The client for one question of the editor: answers soon or not at all. */
		openEditorClient: async (context: ILoadOptionsFunctions): Promise<Connected<Client>> =>
			await open(context, {
				signal: new AbortController().signal,
				deadlineMs: PATIENCE_MS,
				maxAttempts: 2,
				onOutage: 'failFast',
				// Neither waits behind running workflows nor closes their gate.
				registry: new Registry(),
			}),

		/** The client of a trigger. Asks n8n for the credential each time, since it may have been changed. */
		openTriggerClient: async (
			context: ITriggerFunctions | IWebhookFunctions | IHookFunctions,
			signal: AbortSignal,
		): Promise<Connected<Client>> =>
			await open(context, {
				signal,
				deadlineMs: TRIGGER_DEADLINE_MS,
				maxAttempts: 5,
				onOutage: 'wait',
			}),
	};
}

/** The first one where nothing was chosen, as the editor shows it. */
function typeIn(types: House<never, never>['credential'], chosen: unknown): string {
	if (typeof types === 'string') return types;
	const type = types.find(({ authentication }) => authentication === chosen) ?? types[0];
	return type?.credential ?? '';
}
