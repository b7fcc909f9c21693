import type { LookupFunction } from 'node:net';

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
