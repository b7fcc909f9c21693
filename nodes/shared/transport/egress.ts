import type { LookupFunction } from 'node:net';
import { Failure } from '../resilience/failure';

/**
 * n8n's egress filter (protection against server-side request forgery), as far as the wire needs
 * it. The host hands it out from 2.30 on; `undefined` on older hosts. It lets everything pass
 * where the administrator has not switched protection on.
 */
export interface EgressFilter {
	/** refuses a URL whose host resolves to a restricted address */
	validateUrl(url: string | URL): Promise<{ ok: boolean; error?: Error }>;
	/** refuses a host that no DNS look-up will see */
	validateConnectionHost(host: string): { ok: boolean; error?: Error };
	/** drop-in for `net.connect`'s look-up that refuses restricted addresses at connect time */
	createSecureLookup(): LookupFunction;
}

/** The errors of the filter, also where they come out of its look-up. */
export const isRefusal = (error: Error): boolean => error.name.startsWith('SsrfBlocked');

/** The filter refused a connection: no retry changes that. */
export const notAllowed = (cause?: Error): Failure =>
	new Failure({
		kind: 'invalid',
		phase: 'notSent',
		scope: 'host',
		code: 'EGRESS_BLOCKED',
		message: `n8n does not allow this connection: ${cause?.message ?? 'blocked by the egress filter'}`,
		hint: 'Ask the administrator of this n8n to allow the address (N8N_SSRF_ALLOWED_HOSTNAMES, N8N_SSRF_ALLOWED_IP_RANGES).',
		cause,
	});
