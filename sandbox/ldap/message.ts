import { BerReader, boolean, integer, octets, ProtocolError, sequence } from './ber.ts';
import type { RawAttribute } from './entry.ts';
import { readFilter, type Filter } from './filter.ts';

export interface Control {
	oid: string;
	critical: boolean;
	value?: Buffer;
}

export interface Change extends RawAttribute {
	operation: 'add' | 'delete' | 'replace' | 'increment';
}

export type Scope = 'base' | 'one' | 'subtree' | 'children';

export interface BindRequest {
	type: 'bind';
	version: number;
	name: string;
	simple?: Buffer;
	sasl?: { mechanism: string; credentials?: Buffer };
}

export interface SearchRequest {
	type: 'search';
	base: string;
	scope: Scope;
	derefAliases: number;
	sizeLimit: number;
	timeLimit: number;
	typesOnly: boolean;
	filter: Filter;
	attributes: string[];
}

export type AddRequest = { type: 'add'; dn: string; attributes: RawAttribute[] };
export type ModifyRequest = { type: 'modify'; dn: string; changes: Change[] };
export type DeleteRequest = { type: 'delete'; dn: string };
export type ModifyDnRequest = {
	type: 'modifyDn';
	dn: string;
	newRdn: string;
	deleteOldRdn: boolean;
	newSuperior?: string;
};
export type CompareRequest = { type: 'compare'; dn: string; attribute: string; value: Buffer };
export type ExtendedRequest = { type: 'extended'; oid: string; value?: Buffer };

/** What a client asks for (RFC 4511 section 4). */
export type Operation =
	| BindRequest
	| { type: 'unbind' }
	| SearchRequest
	| ModifyRequest
	| AddRequest
	| DeleteRequest
	| ModifyDnRequest
	| CompareRequest
	| { type: 'abandon'; target: number }
	| ExtendedRequest;

export interface Message {
	id: number;
	operation: Operation;
	controls: Control[];
}

/** @throws {ProtocolError} */
export function readMessage(frame: Buffer): Message {
	const reader = new BerReader(frame).into(0x30);
	const id = reader.integer();
	const read = requests[reader.tag ?? 0];
	if (!read) throw new ProtocolError(`operation 0x${(reader.tag ?? 0).toString(16)}`);
	const operation = read(reader.next());
	const controls = reader.more ? reader.into(0xa0).all(readControl) : [];
	return { id, operation, controls };
}

const scopes = ['base', 'one', 'subtree', 'children'] as const;
const changes = ['add', 'delete', 'replace', 'increment'] as const;

function oneOf<T>(choices: readonly T[], index: number): T {
	const choice = choices[index];
	if (choice === undefined) throw new ProtocolError(`enumerated ${index}`);
	return choice;
}

const readAttribute = (reader: BerReader): RawAttribute => {
	const parts = reader.into(0x30);
	return { type: parts.text(), values: parts.into(0x31).all((values) => values.next(0x04)) };
};

const requests: Record<number, (content: Buffer) => Operation> = {
	0x60(content) {
		const reader = new BerReader(content);
		const version = reader.integer();
		const name = reader.text();
		if (reader.tag === 0x80) return { type: 'bind', version, name, simple: reader.next() };
		const sasl = reader.into(0xa3);
		const mechanism = sasl.text();
		return { type: 'bind', version, name, sasl: { mechanism, credentials: sasl.optional(0x04) } };
	},
	0x42: () => ({ type: 'unbind' }),
	0x63(content) {
		const reader = new BerReader(content);
		return {
			type: 'search',
			base: reader.text(),
			scope: oneOf(scopes, reader.integer(0x0a)),
			derefAliases: reader.integer(0x0a),
			sizeLimit: reader.integer(),
			timeLimit: reader.integer(),
			typesOnly: reader.boolean(),
			filter: readFilter(reader),
			attributes: reader.into(0x30).all((names) => names.text()),
		};
	},
	0x66(content) {
		const reader = new BerReader(content);
		const dn = reader.text();
		const read = (one: BerReader): Change => {
			const parts = one.into(0x30);
			return { operation: oneOf(changes, parts.integer(0x0a)), ...readAttribute(parts) };
		};
		return { type: 'modify', dn, changes: reader.into(0x30).all(read) };
	},
	0x68(content) {
		const reader = new BerReader(content);
		return { type: 'add', dn: reader.text(), attributes: reader.into(0x30).all(readAttribute) };
	},
	0x4a: (content) => ({ type: 'delete', dn: content.toString() }),
	0x6c(content) {
		const reader = new BerReader(content);
		return {
			type: 'modifyDn',
			dn: reader.text(),
			newRdn: reader.text(),
			deleteOldRdn: reader.boolean(),
			newSuperior: reader.optional(0x80)?.toString(),
		};
	},
	0x6e(content) {
		const reader = new BerReader(content);
		const dn = reader.text();
		const assertion = reader.into(0x30);
		return { type: 'compare', dn, attribute: assertion.text(), value: assertion.next(0x04) };
	},
	0x50: (content) => ({
		type: 'abandon',
		target: content.length > 0 && content.length <= 6 ? content.readIntBE(0, content.length) : -1,
	}),
	0x77(content) {
		const reader = new BerReader(content);
		return { type: 'extended', oid: reader.text(0x80), value: reader.optional(0x81) };
	},
};

function readControl(reader: BerReader): Control {
	const parts = reader.into(0x30);
	const oid = parts.text();
	const critical = parts.tag === 0x01 ? parts.boolean() : false;
	return { oid, critical, value: parts.optional(0x04) };
}

/** An LDAPMessage around an answer. */
export function message(id: number, operation: Buffer, controls: Control[] = []): Buffer {
	const list = controls.map(({ oid, critical, value }) =>
		sequence(octets(oid), ...(critical ? [boolean(true)] : []), ...(value ? [octets(value)] : [])),
	);
	const tail = list.length > 0 ? [octets(Buffer.concat(list), 0xa0)] : [];
	return sequence(integer(id), operation, ...tail);
}
