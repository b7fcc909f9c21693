import { isUtf8 } from 'node:buffer';
import type { Ava, Rdn } from './dnText';
import { formatDn, formatRdn, invalidDn, parseDn } from './dnText';

export type { Ava, Rdn } from './dnText';
export { formatDn, parseDn } from './dnText';

/** "cn=Smith\, John" @throws Failure of kind invalid without a value or where the type is no name */
export function rdnOf(type: string, value: string | Buffer): string {
	const bytes = Buffer.from(value);
	if (bytes.length === 0) throw invalidDn(`The value of ${type} in the name of the entry is empty`);
	return formatRdn([{ type, value: bytes }]);
}

/** The DN without its first RDN; of one that has a single RDN the empty DN. */
export const parentOf = (dn: string): string => formatDn(parseDn(dn).slice(1));

/** @throws Failure of kind invalid where the parent is "<GUID=...>" or the like: it has no text */
export function joinDn(rdn: string, parent: string): string {
	if (parent.trim() === '') return rdn;
	if (isAlternativeDn(parent)) {
		throw invalidDn(
			`${parent.trim()} cannot be the parent in a DN`,
			'Use the distinguishedName of the parent.',
		);
	}
	return `${rdn},${parent}`;
}

/**
 * "<GUID=...>", "<SID=...>" and "<WKGUID=...>" name an object of Active Directory wherever the server
 * takes the DN of an object that exists.
 * https://learn.microsoft.com/openspecs/windows_protocols/ms-adts/ (3.1.1.3.1.2.4)
 */
export const isAlternativeDn = (text: string): boolean =>
	/^\s*<(?:GUID|SID|WKGUID)=[^<>]+>\s*$/i.test(text);

/**
 * Checks what goes to the server as the name of an object.
 * @returns the text as it was @throws Failure of kind invalid where it is neither a DN nor "<GUID=...>"
 */
export function checkDn(text: string): string {
	if (!isAlternativeDn(text)) parseDn(text);
	return text;
}

/**
 * Two DNs have the same key if they are the same: types by name or OID (those of RFC 4514 section
 * 3) and all values compared without regard to case, runs of spaces, escapes and the order within
 * an RDN. The server may know it better: values of attributes with another matching rule (exact
 * case, numbers, DNs) and other names of one attribute are not looked into.
 */
export function dnKey(dn: string): string {
	if (isAlternativeDn(dn)) return dn.trim().toLowerCase();
	return parseDn(dn).map(rdnKey).join(',');
}

const rdnKey = (rdn: Rdn) => rdn.map(avaKey).sort().join('+');

function avaKey({ type, value, ber }: Ava): string {
	const name = type.toLowerCase();
	const text = ber || !isUtf8(value) ? value : Buffer.from(folded(value.toString()));
	return formatRdn([{ type: NAMES.get(name) ?? name, value: text, ...(ber && { ber }) }]);
}

const folded = (text: string) =>
	text.normalize('NFKC').toLowerCase().normalize('NFKC').trim().replace(/\s+/g, ' ');

const NAMES = new Map([
	['2.5.4.3', 'cn'],
	['commonname', 'cn'],
	['2.5.4.7', 'l'],
	['localityname', 'l'],
	['2.5.4.8', 'st'],
	['stateorprovincename', 'st'],
	['2.5.4.10', 'o'],
	['organizationname', 'o'],
	['2.5.4.11', 'ou'],
	['organizationalunitname', 'ou'],
	['2.5.4.6', 'c'],
	['countryname', 'c'],
	['2.5.4.9', 'street'],
	['streetaddress', 'street'],
	['0.9.2342.19200300.100.1.25', 'dc'],
	['domaincomponent', 'dc'],
	['0.9.2342.19200300.100.1.1', 'uid'],
	['userid', 'uid'],
]);

/** As `dnKey` tells. */
export const sameDn = (a: string, b: string): boolean => dnKey(a) === dnKey(b);

/** Whether it is below the base, at any depth, and not the base itself. */
export function isBelow(dn: string, base: string): boolean {
	if (isAlternativeDn(dn) || isAlternativeDn(base)) return false;
	const below = parseDn(dn).map(rdnKey);
	const above = parseDn(base).map(rdnKey);
	if (below.length <= above.length) return false;
	return above.every((rdn, index) => rdn === below[below.length - above.length + index]);
}
