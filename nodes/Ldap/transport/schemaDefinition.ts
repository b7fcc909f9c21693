/** A definition of a schema, as its keywords with what follows each of them. */
export interface Definition {
	oid: string;
	/** keyword in capitals -> its values; none for "SINGLE-VALUE" and the like */
	words: ReadonlyMap<string, string[]>;
}

// An apostrophe within a description ends it only where the description can end: servers do not all
// write it as "\27".
const TOKEN = /'.*?'(?=[\s)$]|$)|[()$]|[^\s()$']+/gs;

const FLAGS: ReadonlySet<string> = new Set([
	'OBSOLETE',
	'SINGLE-VALUE',
	'COLLECTIVE',
	'NO-USER-MODIFICATION',
	'ABSTRACT',
	'STRUCTURAL',
	'AUXILIARY',
]);
const WITH_VALUES: ReadonlySet<string> = new Set([
	'NAME',
	'DESC',
	'SUP',
	'EQUALITY',
	'ORDERING',
	'SUBSTR',
	'SYNTAX',
	'USAGE',
	'MUST',
	'MAY',
	'AUX',
	'NOT',
]);

/**
 * Reads a definition of RFC 4512 section 4.1, in any order of its keywords, with or without quotes
 * and dollars: servers take liberties. What makes no sense is passed over.
 * @returns undefined where there is nothing to name it by
 */
export function parseDefinition(text: string): Definition | undefined {
	const tokens = text.match(TOKEN) ?? [];
	let at = tokens[0] === '(' ? 1 : 0;
	const oid = unquoted(tokens[at++] ?? '');
	if (oid === '' || oid === ')') return undefined;
	const words = new Map<string, string[]>();
	while (at < tokens.length) {
		const keyword = (tokens[at++] ?? '').toUpperCase();
		if (FLAGS.has(keyword)) words.set(keyword, []);
		else if (WITH_VALUES.has(keyword) || tokens[at]?.startsWith("'") || tokens[at] === '(') {
			const [values, end] = valuesAt(tokens, at);
			words.set(keyword, values);
			at = end;
		}
	}
	return { oid, words };
}

/** One value, values joined by dollars, or values in parentheses; and where they end. */
function valuesAt(tokens: string[], start: number): [values: string[], end: number] {
	const values: string[] = [];
	let at = start;
	if (tokens[at] === '(') {
		while (++at < tokens.length && tokens[at] !== ')')
			if (tokens[at] !== '$') values.push(unquoted(tokens[at] ?? ''));
		return [values, at + 1];
	}
	do {
		const token = tokens[at];
		if (token !== undefined && token !== ')') values.push(unquoted(token));
		at++;
	} while (tokens[at] === '$' && ++at);
	return [values, at];
}

const QUOTED = /\\(27|5c)/gi;

function unquoted(token: string): string {
	if (!token.startsWith("'")) return token;
	const inner = token.slice(1, -1);
	return inner.includes('\\')
		? inner.replace(QUOTED, (_, code: string) => (code === '27' ? "'" : '\\'))
		: inner;
}
