/** Where a parser stands in the UTF-8 of a text. */
export interface Place {
	readonly bytes: Buffer;
	/** index of the next byte */
	at: number;
}

const EXCERPT_BYTES = 60;
const EXCERPT_CHARACTERS = 20;

/** The position as people count it: characters, from 1. */
export const characterAt = ({ bytes, at }: Place): number =>
	bytes.toString('utf8', 0, at).length + 1;

/** The next characters, to be seen in a message. */
export function excerptAt({ bytes, at }: Place): string {
	if (at >= bytes.length) return 'the end';
	const rest = bytes.toString('utf8', at, at + EXCERPT_BYTES);
	return rest.length > EXCERPT_CHARACTERS
		? `"${rest.slice(0, EXCERPT_CHARACTERS)}..."`
		: `"${rest}"`;
}
