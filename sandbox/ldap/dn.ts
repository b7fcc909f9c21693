import { matchKey } from './matching.ts';
import { Refusal } from './refusal.ts';
import type { Schema } from './schema.ts';
import { isOfSyntax } from './syntaxes.ts';

export interface Assertion {
	/** as written */
	type: string;
	value: Buffer;
}

/** One level of a name: usually one assertion. */
export interface Rdn {
	text: string;
	assertions: Assertion[];
	/** equal where the RDNs are */
	key: string;
}

/** A distinguished name (RFC 4514), the entry itself first. */
export interface Dn {
	text: string;
	rdns: Rdn[];
	/** equal where the names are; "" of the root */
	key: string;
	/** of the entry above */
	parentKey: string;
}

const invalid = () => new Refusal('invalidDnSyntax', 'invalid DN');
const keys = new WeakMap<Schema, Map<string, string>>();

/** What equal names have in common; undefined for text that is no name. */
export function distinguishedNameKey(text: string, schema: Schema): string | undefined {
	const known = keys.get(schema) ?? new Map<string, string>();
	keys.set(schema, known);
	const before = known.get(text);
	if (before !== undefined) return before;
	try {
		const { key } = parseDn(text, schema);
		if (known.size > 200_000) known.clear();
		known.set(text, key);
		return key;
	} catch {
		return undefined;
	}
}

/** @throws {Refusal} invalidDnSyntax */
export function parseDn(text: string, schema: Schema): Dn {
	return nameOf(text.trim() === '' ? [] : split(text, /[,;]/).map((rdn) => parseRdn(rdn, schema)));
}

/** @throws {Refusal} invalidDnSyntax */
export function parseRdn(text: string, schema: Schema): Rdn {
	const assertions = split(text, /\+/).map((part) => parseAssertion(part));
	const key = assertions.map((assertion) => assertionKey(assertion, schema)).sort();
	const written = assertions.map(({ type, value }) => {
		const name = schema.attribute(type)?.names[0] ?? type;
		const { upperCaseTypes, escape } = schema.style;
		return `${upperCaseTypes ? name.toUpperCase() : name}=${escapeValue(value, escape)}`;
	});
	return { text: written.join('+'), assertions, key: key.join('+') };
}

export function nameOf(rdns: Rdn[]): Dn {
	const [, ...above] = rdns.map(({ key }) => key);
	return {
		text: rdns.map((rdn) => rdn.text).join(','),
		rdns,
		key: rdns.map(({ key }) => key).join(','),
		parentKey: above.join(','),
	};
}

export const parentOf = ({ rdns }: Dn): Dn => nameOf(rdns.slice(1));

/** Whether a name is the base or below it, by their keys. */
export function isWithin(key: string, baseKey: string): boolean {
	return baseKey === '' || key === baseKey || key.endsWith(`,${baseKey}`);
}

/** Escaped as RFC 4514 section 2.4 asks for: "\\," or "\\2C". */
export function escapeValue(value: Buffer, style: 'character' | 'hex' = 'character'): string {
	const text = value.toString();
	if (!Buffer.from(text).equals(value)) return value.toString('hex').replace(/../g, '\\$&');
	const escape = (found: string) =>
		style === 'hex' || found < ' '
			? `\\${Buffer.from(found).toString('hex').toUpperCase()}`
			: `\\${found}`;
	return text.replace(/[\\",+;<>\0\n\r]|^[ #]| $/g, escape);
}

/** Splits at separators that are neither escaped nor in quotes. */
function split(text: string, separator: RegExp): string[] {
	const parts = [''];
	let quoted = false;
	for (let at = 0; at < text.length; at++) {
		const character = text.charAt(at);
		if (character === '"') quoted = !quoted;
		if (!quoted && separator.test(character)) parts.push('');
		else parts[parts.length - 1] += character === '\\' ? character + text.charAt(++at) : character;
	}
	if (quoted) throw invalid();
	return parts;
}

function parseAssertion(text: string): Assertion {
	const found = /^ *([A-Za-z][\w-]*|(?:OID\.)?\d+(?:\.\d+)*) *= *(.*)$/s.exec(text);
	if (!found) throw invalid();
	const [, type = '', rest = ''] = found;
	return { type: type.replace(/^OID\./i, ''), value: parseValue(rest) };
}

function parseValue(text: string): Buffer {
	if (text.startsWith('#')) return parseHexValue(text.trim());
	const quoted = /^"(.*)" *$/s.exec(text);
	const tokens = (quoted?.[1] ?? text).match(/\\[0-9a-f]{2}|\\[ "#+,;<=>\\]|\\|[^\\]/gisu) ?? [];
	const bytes: Buffer[] = [];
	let significant = 0;
	for (const token of tokens) {
		if (/^[\\"\0]$/.test(token) || (!quoted && /^[<>]$/.test(token))) throw invalid();
		const hex = /^\\([0-9a-f]{2})$/i.exec(token);
		bytes.push(hex?.[1] ? Buffer.from(hex[1], 'hex') : Buffer.from(token.replace(/^\\/, '')));
		if (quoted || token !== ' ') significant = bytes.length;
	}
	return Buffer.concat(bytes.slice(0, significant));
}

/** "#04024869": the BER of the value, of which the content counts. */
function parseHexValue(text: string): Buffer {
	if (!/^#(?:[0-9a-f]{2}){2,}$/i.test(text)) throw invalid();
	const ber = Buffer.from(text.slice(1), 'hex');
	if (ber[1] !== ber.length - 2) throw invalid();
	return ber.subarray(2);
}

function assertionKey({ type, value }: Assertion, schema: Schema): string {
	const known = schema.attribute(type);
	if (!known || !isOfSyntax(known, value, schema)) throw invalid();
	const key = matchKey(known, value, schema) ?? value.toString('latin1');
	return `${known.oid}=${key.replace(/[\\,+]/g, '\\$&')}`;
}
