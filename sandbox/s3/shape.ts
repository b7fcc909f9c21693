import { S3Error } from './errors.ts';
import type { XmlNode } from './xml.ts';

/** What an element may hold: text of a certain form, or elements. */
export type Shape = Text | Elements;

interface Text {
	text: RegExp;
}

interface Elements {
	/** By name; "?" behind it means that it may be missing, "*" any number and "+" at least one. */
	elements: Record<string, Shape>;
}

export const anyText: Text = { text: /^[\s\S]*$/ };
export const someText: Text = { text: /\S/ };
export const wholeNumber: Text = { text: /^-?\d{1,10}$/ };
export const truth: Text = { text: /^(?:true|false)$/i };
export const time: Text = { text: /^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?$/ };

/** One of some words. */
export function oneOf(...words: string[]): Text {
	return {
		text: new RegExp(
			`^(?:${words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})$`,
		),
	};
}

/** @throws S3Error MalformedXML when an element is not of the shape */
export function checkShape(node: XmlNode, shape: Shape): void {
	if ('text' in shape) {
		if (node.children.length > 0 || !shape.text.test(node.text.trim())) {
			throw new S3Error('MalformedXML');
		}
		return;
	}
	const known = Object.entries(shape.elements).map(([name, inner]) => {
		const [, plain = '', times] = /^(.*?)([?*+]?)$/.exec(name) ?? [];
		return { plain, times, inner };
	});
	for (const { plain, times, inner } of known) {
		const found = node.children.filter(({ name }) => name === plain);
		const tooMany = found.length > 1 && times !== '*' && times !== '+';
		const tooFew = found.length === 0 && times !== '*' && times !== '?';
		if (tooMany || tooFew) throw new S3Error('MalformedXML');
		for (const child of found) checkShape(child, inner);
	}
	if (node.children.some(({ name }) => !known.some(({ plain }) => plain === name))) {
		throw new S3Error('MalformedXML');
	}
}
