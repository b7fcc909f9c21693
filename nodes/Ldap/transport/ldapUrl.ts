import type { Filter } from './filter';
import { parseFilter } from './filterText';
import type { Scope } from './search';

/** What an LDAP URL names (RFC 4516); a referral leaves out what stays as it was. */
export interface LdapUrl {
	/** "ldaps:" */
	secure: boolean;
	host: string;
	port?: number;
	dn?: string;
	scope?: Scope;
	filter?: Filter;
}

const URL_PARTS =
	/^(?<scheme>ldaps?):\/\/(?:\[(?<v6>[0-9a-f:.]+)\]|(?<host>[^/?:@[\]]+))(?::(?<port>\d{1,5}))?(?:\/(?<rest>.*))?$/i;

const SCOPES: Partial<Record<string, Scope>> = { base: 'base', one: 'one', sub: 'subtree' };

/** `undefined`: it names no server, or is no LDAP URL that can be followed. */
export function parseLdapUrl(url: string): LdapUrl | undefined {
	const { scheme = '', v6, host, port, rest = '' } = URL_PARTS.exec(url)?.groups ?? {};
	const name = v6 ?? host;
	if (!name) return undefined;
	try {
		// Of extensions, which come last, a critical one would have to be understood.
		const [dn, , scope, filter, extensions] = rest.split('?').map(decodeURIComponent);
		if (extensions?.includes('!')) return undefined;
		return {
			secure: scheme.toLowerCase() === 'ldaps',
			host: name.toLowerCase(),
			...(port && { port: Number(port) }),
			...(dn && { dn }),
			...(scope && { scope: SCOPES[scope.toLowerCase()] }),
			...(filter && { filter: parseFilter(filter) }),
		};
	} catch {
		return undefined;
	}
}
