import { refusal } from '../errors.ts';
import type { Org } from '../org.ts';
import type { Field } from '../schema/field.ts';
import type { ObjectType } from '../schema/objectType.ts';
import type { Row } from '../store/row.ts';

/** Groups of fields that a search looks into. */
const groups: Record<string, (field: Field) => boolean> = {
	ALL: ({ type }) =>
		['string', 'textarea', 'email', 'phone', 'url', 'picklist', 'combobox'].includes(type),
	NAME: ({ nameField, name }) => nameField || name === 'FirstName' || name === 'LastName',
	EMAIL: ({ type }) => type === 'email',
	PHONE: ({ type }) => type === 'phone',
	SIDEBAR: ({ nameField, type }) => nameField || type === 'email' || type === 'phone',
};

type Matcher = (text: string) => boolean;

const escaped = (char: string) => char.replace(/[.*+?^${}()|[\]\\]/, '\\$&');

/** A word or a phrase; "*" stands for any characters, "?" for one. Words begin where words begin. */
function wordMatcher(word: string): Matcher {
	const parts = word.match(/\\.|[^\\]/gs) ?? [];
	const source = parts
		.map((part) => (part === '*' ? '\\S*' : part === '?' ? '\\S' : escaped(part.slice(-1))))
		.join('');
	const expression = new RegExp(`(?<![\\p{L}\\p{N}])${source}(?![\\p{L}\\p{N}])`, 'iu');
	return (text) => expression.test(text);
}

/**
 * What is looked for: words that must all be there, phrases in quotes, AND, OR, AND NOT.
 * @throws ApiError MALFORMED_SEARCH
 */
function matcherOf(query: string): Matcher {
	const tokens = query.match(/"(?:\\.|[^"\\])*"|(?:\\.|[^\s"\\])+/g) ?? [];
	const letters = tokens.join('').replaceAll(/\\(.)/g, '$1').replaceAll(/["*?]/g, '');
	if (letters.length < 2) {
		throw refusal('MALFORMED_SEARCH', `search term must be longer than one character: ${query}`);
	}
	const alternatives: Array<Array<{ match: Matcher; not: boolean }>> = [[]];
	let not = false;
	for (const token of tokens) {
		if (token === 'OR') alternatives.push([]);
		else if (token === 'NOT') not = true;
		else if (token !== 'AND') {
			const word = token.startsWith('"') ? token.slice(1, -1) : token;
			alternatives.at(-1)?.push({ match: wordMatcher(word), not });
			not = false;
		}
	}
	return (text) =>
		alternatives.some(
			(words) => words.length > 0 && words.every((word) => word.match(text) !== word.not),
		);
}

/** A test of the records of an object. */
export function rowMatcher(
	org: Org,
	query: string,
	group: string,
): (type: ObjectType) => (row: Row) => boolean {
	const match = matcherOf(query);
	const among = groups[group.toUpperCase()] ?? groups.ALL;
	return (type) => {
		const fields = type.fields.filter((field) => among?.(field));
		return (row) => {
			const texts = fields.map(({ name }) => org.store.value(row, name));
			return match(texts.filter((text) => typeof text === 'string').join(' \n '));
		};
	};
}
