import { isUtf8 } from 'node:buffer';
import { Failure } from '../../shared/resilience/failure';
import type { Rename } from './client';
import { parseDn } from './dn';
import type { Attribute, Change } from './entry';
import type { Block } from './ldifBlocks';
import { MOST_BYTES } from './ldifBlocks';
import type { Field } from './ldifFields';
import { Fields, invalidLdif, quoted, readValue } from './ldifFields';
import { isAttributeDescription } from './names';
import type { Control } from './search';

/** What a record of an LDIF file asks for. */
export type LdifRecord = {
	/** where it begins in the file, from 1 */
	line: number;
} & (
	| { type: 'entry'; dn: string; attributes: Attribute[] }
	| { type: 'add'; dn: string; attributes: Attribute[]; controls: Control[] }
	| { type: 'modify'; dn: string; changes: Change[]; controls: Control[] }
	| { type: 'delete'; dn: string; controls: Control[] }
	| { type: 'modifyDn'; dn: string; rename: Rename; controls: Control[] }
	/** it cannot be read; the others can */
	| { type: 'invalid'; dn?: string; failure: Failure }
);

/**
 * Reads one record, as RFC 2849 has it, with "increment" of RFC 4525.
 * https://www.rfc-editor.org/rfc/rfc2849
 * @returns undefined for what is no record: the version of the format
 */
export function readRecord({ lines, tooLarge }: Block): LdifRecord | undefined {
	const fields = new Fields(lines);
	let line = fields.line;
	let dn: string | undefined;
	try {
		takeVersion(fields);
		// A version stands alone before an empty line, or in front of the first record.
		if (!fields.next) return undefined;
		({ line } = fields);
		dn = dnIn(fields.must('dn'));
		if (tooLarge) throw invalidLdif(line, `the record is larger than ${MOST_BYTES} bytes`);
		return { line, ...body(fields, dn) };
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		return { line, type: 'invalid', ...(dn !== undefined && { dn }), failure: error };
	}
}

function takeVersion(fields: Fields) {
	const version = fields.takeIf('version');
	if (version && version.value.toString().trim() !== '1') {
		throw invalidLdif(version.line, 'the version of the format is not 1');
	}
}

function dnIn({ line, value, folded }: Field): string {
	const dn = value.toString();
	if (!isUtf8(value)) throw invalidLdif(line, 'the DN is not UTF-8');
	try {
		parseDn(dn);
		return dn;
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		// The message has a piece of the text, which need not be of the DN.
		if (!folded) throw invalidLdif(line, error.message, error.hint);
		throw invalidLdif(line, 'the DN is wrong, or a line after it begins with a space', error.hint);
	}
}

type Body<R = LdifRecord> = R extends LdifRecord ? Omit<R, 'line'> : never;

function body(fields: Fields, dn: string): Body {
	const controls: Control[] = [];
	for (let field; (field = takeControl(fields));) controls.push(field);
	const changeType = fields.takeIf('changetype');
	if (!changeType) {
		if (controls.length > 0) fields.must('changetype');
		return { type: 'entry', dn, attributes: readAttributes(fields) };
	}
	const name = changeType.value.toString().trim().toLowerCase();
	const read = CHANGES.get(name);
	if (read) return { dn, controls, ...read(fields) };
	throw invalidLdif(
		changeType.line,
		'this is no changetype',
		`There are: ${[...CHANGES.keys()].join(', ')}.`,
	);
}

/** "control: OID [true or false][: value]" */
function takeControl(fields: Fields): Control | undefined {
	const field = fields.takeIf('control');
	if (!field) return undefined;
	const text = field.value.toString('latin1');
	const [head = '', oid, critical] =
		/^(\d+(?:\.\d+)*)(?: +(true|false))? *(?=:|$)/i.exec(text) ?? [];
	if (oid === undefined) throw invalidLdif(field.line, 'this is no control: "OID true: value"');
	return {
		oid,
		critical: critical?.toLowerCase() === 'true',
		...(head.length < text.length && {
			value: readValue(field.value.subarray(head.length + 1), field.line),
		}),
	};
}

type ChangeBody = Body extends infer B
	? B extends { controls: Control[] }
		? Omit<B, 'dn' | 'controls'>
		: never
	: never;

const CHANGES = new Map<string, (fields: Fields) => ChangeBody>([
	['add', (fields) => ({ type: 'add', attributes: someAttributes(fields) })],
	['delete', readDelete],
	['moddn', readRename],
	['modify', (fields) => ({ type: 'modify', changes: readChanges(fields) })],
	['modrdn', readRename],
]);

function readDelete(fields: Fields): ChangeBody {
	fields.end();
	return { type: 'delete' };
}

function someAttributes(fields: Fields): Attribute[] {
	const attributes = readAttributes(fields);
	if (attributes.length > 0) return attributes;
	throw invalidLdif(fields.line, 'the entry to add has no attributes');
}

/** Values of an attribute need not stand together. */
function readAttributes(fields: Fields): Attribute[] {
	const attributes = new Map<string, Attribute>();
	for (let field; (field = fields.take());) {
		const { name, value } = field;
		const key = attributeIn(field.line, name).toLowerCase();
		if (OUT_OF_PLACE.has(key)) {
			throw invalidLdif(
				field.line,
				`"${name}:" cannot stand here`,
				'Is the empty line missing that ends the record before?',
			);
		}
		const attribute = attributes.get(key);
		if (attribute) attribute.values.push(value);
		else attributes.set(key, { type: name, values: [value] });
	}
	return [...attributes.values()];
}

const OUT_OF_PLACE: ReadonlySet<string> = new Set(['dn', 'changetype', 'control']);

function attributeIn(line: number, text: string): string {
	if (isAttributeDescription(text)) return text;
	throw invalidLdif(line, 'the name of an attribute must stand here');
}

const OPERATIONS: ReadonlyMap<string, Change['operation']> = new Map(
	(['add', 'delete', 'replace', 'increment'] as const).map((name) => [name, name]),
);

function readChanges(fields: Fields): Change[] {
	const changes: Change[] = [];
	for (let field; (field = fields.take());) changes.push(readChange(field, fields));
	if (changes.length > 0) return changes;
	throw invalidLdif(fields.line, 'no change follows');
}

function readChange({ line, name, value }: Field, fields: Fields): Change {
	const operation = OPERATIONS.get(name.toLowerCase());
	if (!operation) {
		throw invalidLdif(
			line,
			`${quoted(name, 'this')} cannot stand here`,
			'A change begins with "add:", "delete:", "replace:" or "increment:", and ends with "-".',
		);
	}
	const type = attributeIn(line, value.toString());
	const values: Buffer[] = [];
	while (fields.next && !fields.takeHyphen()) {
		const field = fields.take();
		if (!field) break;
		if (field.name.toLowerCase() !== type.toLowerCase()) {
			throw invalidLdif(
				field.line,
				`this is a change of "${type}", not of ${quoted(field.name, 'something else')}`,
				'A line with "-" ends a change.',
			);
		}
		values.push(field.value);
	}
	if (values.length === 0 && (operation === 'add' || operation === 'increment')) {
		throw invalidLdif(line, `"${operation}: ${type}" has no values`);
	}
	return { operation, type, values };
}

function readRename(fields: Fields): ChangeBody {
	const newRdn = fields.must('newrdn');
	const rdn = dnIn(newRdn);
	if (parseDn(rdn).length !== 1) {
		throw invalidLdif(newRdn.line, 'this is not one RDN, such as "cn=new name"');
	}
	const deleteOld = fields.must('deleteoldrdn');
	const flag = deleteOld.value.toString().trim();
	if (flag !== '0' && flag !== '1') throw invalidLdif(deleteOld.line, 'this must be 0 or 1');
	const newSuperior = fields.takeIf('newsuperior');
	fields.end();
	return {
		type: 'modifyDn',
		rename: {
			newRdn: rdn,
			deleteOldRdn: flag === '1',
			...(newSuperior && { newSuperior: dnIn(newSuperior) }),
		},
	};
}
