import type { IExecuteFunctions } from 'n8n-workflow';
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
