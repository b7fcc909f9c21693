import type {
	ExecutionError,
	IAllExecuteFunctions,
	IExecuteFunctions,
	ITriggerFunctions,
} from 'n8n-workflow';
import type { RenewToken } from '../transport/connection';
import type { EgressFilter } from '../transport/egress';

// Everything that n8n 1.100 does not have, asked for in one place.

/** The host's egress filter (n8n 2.30 and later). */
export function egressFilterOf(context: unknown): EgressFilter | undefined {
	const { helpers } = context as { helpers?: Partial<IExecuteFunctions['helpers']> };
	const filter = helpers?.getSecureEgressFilter?.();
	if (!filter) return undefined;
	const verdict = (result: Awaited<ReturnType<typeof filter.validateUrl>>) =>
		result.ok ? { ok: true } : { ok: false, error: result.error };
	return {
		validateUrl: async (url) => verdict(await filter.validateUrl(url)),
		validateConnectionHost: (host) => verdict(filter.validateConnectionHost(host)),
		createSecureLookup: () => filter.createSecureLookup(),
	};
}

/**
 * Whether a trigger's `emit` takes a key for which n8n starts one run only (n8n 2.20 and later). Older
 * ones ignore the argument.
 */
export const knowsDeduplicationKeys = ({ emit }: ITriggerFunctions): boolean => emit.length >= 4;

/** Records a failed run while the trigger goes on (n8n 2.8 and later). */
export function saveFailedExecutionOf(
	context: ITriggerFunctions,
): ((error: ExecutionError) => void) | undefined {
	const { saveFailedExecution }: Partial<ITriggerFunctions> = context;
	return saveFailedExecution?.bind(context);
}

/**
 * n8n's own refresh of an OAuth2 token: it lets one process do it and the others wait, and stores the
 * token. A function of its own it has since 1.120; before, and for the first token of client
 * credentials, n8n fetches one only while it sends a request.
 */
export function renewTokenOf(context: unknown, type: string): RenewToken {
	const host = context as IAllExecuteFunctions;
	const helpers: Partial<IAllExecuteFunctions['helpers']> = host.helpers;
	const stored = async () => (await host.getCredentials<OAuth2Credential>(type)).oauthTokenData;
	return async (refused, harmless) => {
		const known = await stored();
		// Another execution has been here before.
		if (known?.access_token && known.access_token !== refused) return known;
		if (known?.access_token && helpers.refreshOAuth2Token)
			return (await helpers.refreshOAuth2Token.call(host, type)) as unknown;
		let failed: unknown;
		await host.helpers.httpRequestWithAuthentication
			.call(host, type, { url: harmless })
			.catch((error: unknown) => (failed = error));
		const fetched = await stored();
		// What became of the request itself does not matter.
		if (fetched?.access_token && fetched.access_token !== known?.access_token) return fetched;
		return await Promise.reject(toError(failed ?? 'n8n has fetched no token'));
	};
}

interface OAuth2Credential {
	oauthTokenData?: { access_token?: string };
}

const toError = (thrown: unknown) => (thrown instanceof Error ? thrown : new Error(String(thrown)));
