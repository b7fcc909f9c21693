// https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_quotedstringescapes.htm
const ESCAPES: Record<string, string> = {
	'\\': '\\\\',
	"'": "\\'",
	'"': '\\"',
	'\n': '\\n',
	'\r': '\\r',
	'\t': '\\t',
	'\f': '\\f',
};

// Besides reserved characters those that end a line for some parsers, and halves of surrogate pairs,
// which no URL can hold.
const SPECIAL = /[\\'"\p{Cc}\u2028\u2029]|\p{Cs}/gu;

const escaped = (text: string) =>
	text.replace(SPECIAL, (character) => ESCAPES[character] ?? unicode(character));

const unicode = (character: string) =>
	`\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A text as a literal of SOQL: no character of it can end the literal. */
export const quote = (text: string): string => `'${escaped(text)}'`;

/** A text inside of a LIKE pattern, where % and _ would stand for other characters. */
const inPattern = (text: string) => escaped(text).replace(/[%_]/g, '\\$&');

/** LIKE patterns, as literals: of any text around the given one, with nothing in it a wildcard. */
export const containing = (text: string): string => `'%${inPattern(text)}%'`;
export const startingWith = (text: string): string => `'${inPattern(text)}%'`;
export const endingWith = (text: string): string => `'%${inPattern(text)}'`;

/**
 * A LIKE pattern that somebody wrote, as a literal: % and _ are wildcards, and \% \_ \\ stand for the
 * characters themselves.
 */
export const pattern = (text: string): string =>
	`'${text.replace(/\\[%_\\]|[^\\]+|\\/gs, (part) => (/^\\[%_\\]$/.test(part) ? part : escaped(part)))}'`;
