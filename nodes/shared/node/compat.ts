import type { ExecutionError, IExecuteFunctions, ITriggerFunctions } from 'n8n-workflow';
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
