import { isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { invalidInput } from '../../shared/resilience/failure';

/** Where a server listens: a host and its port, or a socket of this machine. */
export type Server = { host: string; port: number } | { path: string };

export type Encryption = 'ldaps' | 'startTls' | 'none';

export const usualPort = (encryption: Encryption): number => (encryption === 'ldaps' ? 636 : 389);

/** As people write it: "ldap.example.com:636", "[::1]:389", "ldapi:///run/slapd/ldapi". */
export const nameOf = (server: Server): string =>
	'path' in server
		? `ldapi://${server.path}`
		: `${isIPv6(server.host) ? `[${server.host}]` : server.host}:${server.port}`;

/** Whether what is sent to it stays on this machine. */
export const isLocal = (server: Server): boolean =>
	'path' in server || /^(localhost\.?|127(\.\d{1,3}){3}|::1)$/.test(server.host);

/**
 * The servers of a list such as "ldap1.example.com, ldap2:1636, ldaps://[2001:db8::1]/,
 * ldapi:///run/slapd/ldapi", in its order.
 * @throws Failure invalid, with the part that is wrong
 */
export function parseServers(list: string, encryption: Encryption, port?: number): Server[] {
	const parts = list.split(/[\s,;]+/).filter(Boolean);
	if (parts.length === 0)
		throw invalidInput(
			'The credential names no server',
			'Fill in "Servers", such as ldap.example.com.',
		);
	return parts.map((part) => parseServer(part, encryption, port || usualPort(encryption)));
}

const SERVER =
	/^(?:(?<scheme>ldaps?):\/\/)?(?:\[(?<v6>[^\]]+)\]|(?<host>[^:/?[\]]+))(?::(?<port>\d{1,5}))?\/?$/i;

function parseServer(part: string, encryption: Encryption, usual: number): Server {
	const socket = /^ldapi:\/\/(.*)$/i.exec(part)?.[1];
	if (socket !== undefined) return { path: pathOf(socket, part) };
	if (isIPv6(part)) return { host: part, port: usual };
	const { scheme, v6, host = '', port } = SERVER.exec(part)?.groups ?? {};
	const known = v6 ? isIPv6(v6) && v6 : hostOf(host);
	const number = port === undefined ? usual : Number(port);
	if (!known || number < 1 || number > 65_535)
		throw invalidInput(
			`"${part}" in "Servers" is no server`,
			'Write host names or addresses, with a port where it is not the usual one: ldap1.example.com, ldap2.example.com:1636, [2001:db8::1]:636.',
		);
	if (scheme) checkScheme(scheme.toLowerCase(), encryption, part);
	return { host: known, port: number };
}

/** The name as DNS knows it; nothing where it is no host name. */
function hostOf(name: string): string | undefined {
	const ascii = domainToASCII(name);
	return /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?$/.test(ascii) ? ascii : undefined;
}

// A scheme that says less than the credential would silently switch encryption off.
function checkScheme(scheme: string, encryption: Encryption, part: string): void {
	if ((scheme === 'ldaps') === (encryption === 'ldaps')) return;
	throw invalidInput(
		`"${part}" in "Servers" does not go with "Encryption"`,
		scheme === 'ldaps'
			? 'Choose LDAPS there, or leave out "ldaps://".'
			: 'Leave out "ldap://", or choose STARTTLS or None there.',
	);
}

function pathOf(text: string, part: string): string {
	// libldap wants the slashes escaped: "ldapi://%2Frun%2Fldapi".
	const path = text.includes('%') ? unescaped(text) : text;
	if (path?.startsWith('/') && !path.includes('\0')) return path;
	throw invalidInput(
		`"${part}" in "Servers" names no socket`,
		'Write the path after ldapi://, such as ldapi:///run/slapd/ldapi.',
	);
}

function unescaped(text: string): string | undefined {
	try {
		return decodeURIComponent(text);
	} catch {
		return undefined;
	}
}
