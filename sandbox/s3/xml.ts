/** A piece of finished XML, told apart from text that still needs escaping. */
export interface Xml {
	readonly xml: string;
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * Text as S3 writes it: control characters become numeric references, even those that XML 1.0
 * forbids (a key may hold them; `encoding-type=url` is the documented way out).
 */
function escapeText(text: string): string {
	return text.replace(
		// eslint-disable-next-line no-control-regex
		/[&<>"\u0000-\u001f\u007f]/g,
		(character) => escapes[character] ?? `&#x${character.charCodeAt(0).toString(16)};`,
	);
}

/**
 * One element; a string or number is escaped, a list holds finished elements (false is left out).
 * @param attributes as they stand in the tag
 */
export function element(
	name: string,
	content: string | number | boolean | ReadonlyArray<Xml | false>,
	attributes = '',
): Xml {
	const inner =
		typeof content === 'object'
			? content.map((child) => (child ? child.xml : '')).join('')
			: escapeText(String(content));
	return { xml: `<${name}${attributes && ` ${attributes}`}>${inner}</${name}>` };
}

/** A document: the declaration and the root element, in S3's name space unless it is an error. */
export function xmlDocument(root: Xml): string {
	return `<?xml version="1.0" encoding="UTF-8"?>\n${root.xml}`;
}

/** A result document, whose root carries S3's name space. */
export function resultDocument(name: string, content: ReadonlyArray<Xml | false> | string): string {
	return xmlDocument(element(name, content, 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'));
}

export interface XmlNode {
	name: string;
	/** As they stand in the tag. */
	attributes: string;
	text: string;
	children: XmlNode[];
}

const namedEntities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decodeText(text: string): string {
	return text.replace(/&([^;&]*);?/g, (reference, name: string) => {
		if (!reference.endsWith(';')) throw new SyntaxError('unterminated entity');
		const numeric = /^#(?:x([0-9a-f]+)|([0-9]+))$/i.exec(name);
		if (numeric) {
			const point = numeric[1] ? parseInt(numeric[1], 16) : Number(numeric[2]);
			if (point === 0 || point > 0x10ffff) throw new SyntaxError('no such character');
			return String.fromCodePoint(point);
		}
		const value = namedEntities[name];
		if (value === undefined) throw new SyntaxError('unknown entity');
		return value;
	});
}

const token =
	/<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\/([^\s<>/]+)\s*>|<([^\s<>/!?]+)((?:\s+[^\s=<>]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/y;

/**
 * Reads a request document. Prefixes of elements are dropped.
 * @throws SyntaxError when the text is not well-formed or has a document type
 */
export function parseXml(source: string): XmlNode {
	const root: XmlNode = { name: '', attributes: '', text: '', children: [] };
	const open: Array<{ node: XmlNode; tag: string }> = [{ node: root, tag: '' }];
	token.lastIndex = source.startsWith('\ufeff') ? 1 : 0;
	while (token.lastIndex < source.length) {
		const match = token.exec(source);
		const top = open.at(-1);
		if (!match || !top) throw new SyntaxError('not well-formed');
		const [, data, closed, opened, attributes = '', empty, text] = match;
		if (text !== undefined) {
			if (top.tag === '' && text.trim() !== '') throw new SyntaxError('text outside of the root');
			top.node.text += decodeText(text);
		} else if (data !== undefined) {
			top.node.text += data;
		} else if (closed !== undefined) {
			if (top.tag !== closed) throw new SyntaxError('tags do not nest');
			open.pop();
		} else if (opened !== undefined) {
			const node: XmlNode = {
				name: opened.replace(/^.*:/, ''),
				attributes: attributes.trim(),
				text: '',
				children: [],
			};
			top.node.children.push(node);
			if (!empty) open.push({ node, tag: opened });
		}
	}
	const [only] = root.children;
	if (open.length !== 1 || root.children.length !== 1 || !only) {
		throw new SyntaxError('not one whole document');
	}
	return only;
}

/** The text of the first child of that name. */
export function childText(node: XmlNode, name: string): string | undefined {
	return node.children.find((child) => child.name === name)?.text;
}

/** The text of every descendant that such a path leads to. */
export function textsAt(node: XmlNode, ...[name, ...rest]: string[]): string[] {
	if (name === undefined) return [node.text];
	return node.children
		.filter((child) => child.name === name)
		.flatMap((child) => textsAt(child, ...rest));
}

/** An element as it was read. */
export function elementOf({ name, attributes, text, children }: XmlNode): Xml {
	if (children.length === 0) return element(name, text, attributes);
	return element(name, children.map(elementOf), attributes);
}
