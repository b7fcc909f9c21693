import type { Rdn } from '../transport/dn';
import { parseDn } from '../transport/dn';

/**
 * How people read a DN: from the top, without types, the domain in one piece, as in
 * "example.org", "people", "Ada Lovelace". One that cannot be read stays as it is.
 */
export function dnPath(dn: string): string[] {
	const rdns = rdnsOf(dn);
	if (!rdns) return [dn];
	let top = rdns.length;
	while (isDomain(rdns[top - 1])) top--;
	const domain = rdns.slice(top).map(valueOf).join('.');
	const names = rdns.slice(0, top).reverse().map(valueOf);
	return domain === '' ? names : [domain, ...names];
}

const isDomain = (rdn: Rdn | undefined): boolean => rdn?.[0]?.type.toLowerCase() === 'dc';

const valueOf = (rdn: Rdn): string => rdn.map(({ value }) => value.toString()).join(' + ');

function rdnsOf(dn: string): Rdn[] | undefined {
	try {
		return parseDn(dn);
	} catch {
		return undefined;
	}
}

/** Whether what somebody typed is a DN, and not a name. */
export const isDn = (text: string): boolean => (rdnsOf(text)?.length ?? 0) > 0;
