import type * as Saxes from '../../../vendor/saxes';
import { codePointName } from '../ground/codePointName';

/** An element of an answer, without namespaces: prefixes are dropped, attributes ignored. */
export interface XmlElement {
	readonly name: string;
	/** Character data exactly as it stands; '' for an element that is empty or has children. */
	readonly text: string;
	readonly children: readonly XmlElement[];
}

// https://www.w3.org/TR/xml/#charsets, and the two ways to write a reference to a character.
const NOT_XML = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const CDATA_OR_REFERENCE =
	/<!\[CDATA\[[\s\S]*?\]\]>|&#(?:x([0-9a-fA-F]+)|([0-9]+));|[\uFFFE\uFFFF]/g;

/**
 * Keys of S3 objects may hold control characters, which XML 1.0 forbids even as references. Servers
 * send them all the same (Ceph: `&#x01;`, but U+FFFE as it is), so they become entities that the
 * parser is told.
 */
function allowReferences(source: string): { source: string; entities: Record<string, string> } {
	const entities: Record<string, string> = {};
	if (!/&#|[\uFFFE\uFFFF]/.test(source)) return { source, entities };
	const allowed = source.replace(CDATA_OR_REFERENCE, (whole, hex?: string, decimal?: string) => {
		const referred = hex ? parseInt(hex, 16) : parseInt(decimal ?? '', 10);
		const code = whole.length === 1 ? whole.charCodeAt(0) : referred;
		if (!(code < 0x20 || code === 0xfffe || code === 0xffff)) return whole;
		const character = String.fromCharCode(code);
		if (!NOT_XML.test(character)) return whole;
		const entity = `control-${code}`;
		entities[entity] = character;
		return `&${entity};`;
	});
	return { source: allowed, entities };
}

function decodeBytes(bytes: Uint8Array): string {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		throw new Error('The answer of the server is not UTF-8, or was cut inside a character');
	}
}

/**
 * Reads an answer. White space and a byte order mark before the XML declaration are skipped: S3
 * servers send spaces to keep the connection alive while they copy or assemble an object
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html). A document
 * type is refused, so no entity can be declared and expanded.
 *
 * @returns the root element
 * @throws Error with line and column when the answer is cut short or not well-formed
 */
export function parseXml(answer: string | Uint8Array): XmlElement {
	// Required here so that loading the node does not load the parser.
	const { SaxesParser }: typeof Saxes = require('../../../vendor/saxes');
	const document = (typeof answer === 'string' ? answer : decodeBytes(answer)).trimStart();
	if (document === '') throw new Error('The answer of the server is empty where XML was expected');

	const { source, entities } = allowReferences(document);
	const parser = new SaxesParser();
	Object.assign(parser.ENTITIES, entities);

	const root = { name: '', text: '', children: new Array<XmlElement>() };
	const open = [root];
	const append = (data: string) => {
		const current = open.at(-1);
		if (current) current.text += data;
	};
	parser.on('error', (error) => {
		throw new Error(`The answer of the server is not well-formed XML: ${error.message}`);
	});
	parser.on('doctype', () => parser.fail('document types are not accepted.'));
	parser.on('text', append);
	parser.on('cdata', append);
	parser.on('opentag', ({ name }) => {
		const element = { name: name.slice(name.indexOf(':') + 1), text: '', children: [] };
		open.at(-1)?.children.push(element);
		open.push(element);
	});
	parser.on('closetag', () => {
		const element = open.pop();
		// What stands between child elements is indentation.
		if (element && element.children.length > 0) element.text = '';
	});
	parser.write(source).close();

	const [top] = root.children;
	if (!top) throw new Error('The answer of the server holds no XML element');
	return top;
}

/** The child elements of that name, in document order. */
export function children(element: XmlElement, name: string): XmlElement[] {
	return element.children.filter((candidate) => candidate.name === name);
}

/** The first child element of that name. */
export function child(element: XmlElement, name: string): XmlElement | undefined {
	return element.children.find((candidate) => candidate.name === name);
}

/**
 * The text found by following the names down from the element, e.g. `text(contents, 'Owner', 'ID')`.
 * '' for an empty element, `undefined` where one is missing.
 */
export function text(element: XmlElement, ...names: string[]): string | undefined {
	const found = names.reduce<XmlElement | undefined>(
		(above, name) => above && child(above, name),
		element,
	);
	return found?.text;
}

/**
 * What stands inside an element to write: a list repeats the element, `undefined` leaves it out, a
 * name that begins with `@` is that of an attribute.
 */
export type XmlContent =
	| string
	| number
	| boolean
	| undefined
	| readonly XmlContent[]
	| { readonly [name: string]: XmlContent };

/** Whether XML 1.0 can carry the text; keys of objects may hold characters that it cannot. */
export function fitsXml(value: string): boolean {
	return !NOT_XML.test(value);
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeText(name: string, value: string): string {
	const foreign = NOT_XML.exec(value);
	if (foreign) {
		throw new TypeError(
			`${name} holds ${codePointName(foreign[0])} at position ${foreign.index + 1}, which XML 1.0 ` +
				'cannot carry: this value cannot be sent in the body of a request',
		);
	}
	// Parsers turn raw line ends (in XML 1.1 also U+0085 and U+2028) into \n and may trim raw tabs;
	// references survive as they are.
	return value.replace(
		/[&<>"\t\n\r\x7f-\x9f\u2028]/g,
		(character) => ESCAPES[character] ?? `&#${character.charCodeAt(0)};`,
	);
}

function writeElement(name: string, content: XmlContent, attributes = ''): string {
	if (content === undefined) return '';
	if (isList(content)) return content.map((member) => writeElement(name, member)).join('');
	if (typeof content !== 'object') {
		return `<${name}${attributes}>${escapeText(name, String(content))}</${name}>`;
	}
	const entries = Object.entries(content);
	const inside = entries.filter(([childName]) => !childName.startsWith('@'));
	const own = entries
		.filter(([childName]) => childName.startsWith('@'))
		.map(
			([attribute, value]) => ` ${attribute.slice(1)}="${escapeText(attribute, String(value))}"`,
		);
	return `<${name}${attributes}${own.join('')}>${inside
		.map(([childName, childContent]) => writeElement(childName, childContent))
		.join('')}</${name}>`;
}

// Array.isArray does not narrow read-only arrays.
const isList = (content: XmlContent): content is readonly XmlContent[] => Array.isArray(content);

/**
 * Writes the body of a request, elements in the order given (most schemas are sequences):
 * `writeXml('Delete', { Quiet: false, Object: [{ Key: 'a' }, { Key: 'b' }] }, namespace)`.
 *
 * @throws TypeError naming element and character when XML 1.0 cannot carry a text (`fitsXml` asks
 * beforehand)
 */
export function writeXml(
	root: string,
	content: { readonly [name: string]: XmlContent },
	namespace: string,
): string {
	const body = writeElement(root, content, ` xmlns="${namespace}"`);
	return `<?xml version="1.0" encoding="UTF-8"?>${body}`;
}
