import type { XmlContent, XmlElement } from './xml';
import { child, children } from './xml';

// How a JSON value stands in XML. The JSON is that of Amazon's command line and SDKs, so that what
// their documentation shows can be pasted.

/** `granteeType` is the attribute xsi:type of a grantee. */
type Scalar = 'text' | 'number' | 'boolean' | 'granteeType';

/**
 * Members in the order of the XML schema, which is a sequence. A member with `!` must be there; of
 * those with `?` there may be only one.
 */
export interface Structure {
	readonly [member: string]: Shape | Element;
}

export type Shape = Scalar | Structure;

/** A member whose element has another name, or comes several times. */
class Element {
	constructor(
		readonly name: string,
		readonly shape: Shape,
		readonly several: boolean,
		/** the element around the repeated ones */
		readonly around?: string,
	) {}
}

/** The element is called otherwise than the member. */
export const named = (name: string, shape: Shape): Element => new Element(name, shape, false);
/** A list, of which each entry is an element of this name. */
export const many = (name: string, shape: Shape): Element => new Element(name, shape, true);
/** A list with an element around its entries. */
export const list = (around: string, name: string, shape: Shape): Element =>
	new Element(name, shape, true, around);

const memberOf = (key: string) => key.replace(/[!?]$/, '');

const elementOf = (member: string, shape: Shape | Element): Element =>
	shape instanceof Element ? shape : new Element(member, shape, false);

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json | undefined };
export type JsonObject = { [name: string]: Json | undefined };

/** What a document says; elements that the shape does not know are kept under their own names. */
export function fromXml(structure: Structure, element: XmlElement): JsonObject {
	const read: JsonObject = {};
	const known = new Set<string>();
	for (const [key, shape] of Object.entries(structure)) {
		const member = memberOf(key);
		const { name, shape: of, several, around } = elementOf(member, shape);
		known.add(around ?? name);
		if (shape === 'granteeType') read[member] = granteeTypeOf(element);
		const parent = around === undefined ? element : child(element, around);
		const found = parent ? children(parent, name) : [];
		const [first] = found;
		if (several && (around === undefined ? first : parent)) {
			read[member] = found.map((one) => valueOf(of, one));
		} else if (!several && first) read[member] = valueOf(of, first);
	}
	for (const other of element.children) {
		if (!known.has(other.name)) read[other.name] = unknownValue(other);
	}
	return read;
}

function valueOf(shape: Shape, element: XmlElement): Json {
	if (typeof shape === 'object') return fromXml(shape, element);
	const { text } = element;
	if (shape === 'number' && text.trim() !== '' && Number.isFinite(Number(text))) {
		return Number(text);
	}
	if (shape === 'boolean' && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
	return text;
}

const unknownValue = (element: XmlElement): Json =>
	element.children.length === 0
		? element.text
		: Object.fromEntries(element.children.map((one) => [one.name, unknownValue(one)]));

/** The parser drops attributes, but the members say which type it is. */
function granteeTypeOf(element: XmlElement): string {
	if (child(element, 'URI')) return 'Group';
	return child(element, 'EmailAddress') ? 'AmazonCustomerByEmail' : 'CanonicalUser';
}

/**
 * The content of a document.
 * @param field how errors name the value
 * @throws TypeError that names the member that is unknown, missing, or of a wrong type
 */
export function toXml(
	structure: Structure,
	value: unknown,
	field: string,
): { [name: string]: XmlContent } {
	if (!isObject(value)) throw wrong(field, 'an object', value);
	const members = Object.keys(structure).map(memberOf);
	const stranger = Object.keys(value).find((name) => !members.includes(name));
	if (stranger !== undefined) {
		throw new TypeError(`${field} has no "${stranger}", but: ${members.join(', ') || 'nothing'}`);
	}
	checkChoice(structure, value, field);
	const written: Array<[string, XmlContent]> = [];
	for (const [key, shape] of Object.entries(structure)) {
		const member = memberOf(key);
		const given = value[member];
		if (given === undefined || given === null) {
			if (key.endsWith('!')) throw new TypeError(`${field} > ${member} is missing`);
			continue;
		}
		written.push(...elementsOf(elementOf(member, shape), given, `${field} > ${member}`));
	}
	return Object.fromEntries(written);
}

function checkChoice(structure: Structure, value: Record<string, unknown>, field: string): void {
	const choices = Object.keys(structure)
		.filter((key) => key.endsWith('?'))
		.map(memberOf);
	const given = choices.filter((name) => value[name] !== undefined && value[name] !== null);
	if (given.length < 2) return;
	throw new TypeError(
		`${field} has ${given.join(' and ')}, but may have only one of: ${choices.join(', ')}` +
			(choices.includes('And') ? '. And holds several.' : ''),
	);
}

function elementsOf(element: Element, value: unknown, field: string): Array<[string, XmlContent]> {
	const { name, shape, several, around } = element;
	if (shape === 'granteeType') {
		return [
			['@xmlns:xsi', 'http://www.w3.org/2001/XMLSchema-instance'],
			['@xsi:type', scalar('text', value, field)],
		];
	}
	if (!several) return [[name, content(shape, value, field)]];
	if (!Array.isArray(value)) throw wrong(field, 'a list', value);
	const entries = value.map((one: unknown, n) => content(shape, one, `${field}[${n}]`));
	return [around === undefined ? [name, entries] : [around, { [name]: entries }]];
}

const content = (shape: Shape, value: unknown, field: string): XmlContent =>
	typeof shape === 'object' ? toXml(shape, value, field) : scalar(shape, value, field);

function scalar(shape: Scalar, value: unknown, field: string): string | number | boolean {
	if (shape === 'number') {
		const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
		if (typeof number === 'number' && Number.isFinite(number)) return number;
		throw wrong(field, 'a number', value);
	}
	if (shape === 'boolean') {
		if (typeof value === 'boolean') return value;
		if (value === 'true' || value === 'false') return value === 'true';
		throw wrong(field, 'true or false', value);
	}
	if (typeof value === 'string' || typeof value === 'number') return value;
	throw wrong(field, 'a text', value);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const wrong = (field: string, expected: string, value: unknown) =>
	new TypeError(`${field} must be ${expected}, but is ${JSON.stringify(value).slice(0, 100)}`);
