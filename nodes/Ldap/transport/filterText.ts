import { isUtf8 } from 'node:buffer';
import type { ComparisonType, Filter } from './filter';
import { attributeOf, invalidFilter, isMatchingRule } from './filter';
import type { FilterReader } from './filterValue';
import { readValue, wrong } from './filterValue';
import { isAttributeDescription } from './names';

// The text of filters. https://www.rfc-editor.org/rfc/rfc4515 section 3, "(&)" and "(|)" of RFC 4526,
// and what the clients of OpenLDAP take beyond it: white space around filters and a single
// comparison without parentheses.

// OpenLDAP serves no filter that is nested deeper, and it keeps the stack from overflowing.
const DEEPEST = 1000;

const [OPEN, CLOSE, AND, OR, NOT] = Buffer.from('()&|!');
const [EQUALS, COLON, GREATER, LESS, TILDE] = Buffer.from('=:><~');
const SPACES: ReadonlySet<number | undefined> = new Set(Buffer.from(' \t\r\n'));
const ENDS_NAME: ReadonlySet<number | undefined> = new Set([
	...Buffer.from('=:><~()*\\'),
	undefined,
]);

const COMPARISONS = new Map<number | undefined, ComparisonType>([
	[EQUALS, 'equality'],
	[GREATER, 'greaterOrEqual'],
	[LESS, 'lessOrEqual'],
	[TILDE, 'approximate'],
]);

/**
 * @param values what stands for each "{name}" in a value of the text, as bytes that cannot become
 * anything else than that value; without it braces are ordinary characters
 * @throws Failure of kind invalid that names the position and what is wrong there
 */
export function parseFilter(text: string, values?: ReadonlyMap<string, Buffer>): Filter {
	const bytes = Buffer.from(text.trimEnd());
	const reader: FilterReader = { bytes, at: 0, values, used: new Set() };
	skipSpaces(reader);
	if (next(reader) === undefined) {
		throw invalidFilter('The filter is empty', 'To find all entries, write (objectClass=*).');
	}
	const filter = next(reader) === OPEN ? parenthesised(reader, 1) : bareItem(reader);
	skipSpaces(reader);
	if (next(reader) !== undefined) throw tooMuch(reader);
	checkAllUsed(reader);
	return filter;
}

function tooMuch(reader: FilterReader) {
	return wrong(
		reader,
		next(reader) === CLOSE ? 'a ")" too many' : 'there is more after the end of the filter',
		next(reader) === OPEN ? 'Filters are combined by (&(...)(...)) or (|(...)(...)).' : undefined,
	);
}

function checkAllUsed({ values, used }: FilterReader) {
	const unused = [...(values?.keys() ?? [])].filter((name) => !used.has(name));
	if (unused.length === 0) return;
	// A condition somebody meant to have and that is missing would find too much.
	throw invalidFilter(
		`The filter has no place for the value "${unused[0]}"`,
		`Write {${unused[0]}} where it belongs, as in (uid={${unused[0]}}), or remove the value.`,
	);
}

const next = ({ bytes, at }: FilterReader) => bytes[at];

function skipSpaces(reader: FilterReader) {
	while (SPACES.has(next(reader))) reader.at++;
}

function parenthesised(reader: FilterReader, depth: number): Filter {
	if (depth > DEEPEST) throw wrong(reader, `it is nested deeper than ${DEEPEST} levels`);
	reader.at++;
	skipSpaces(reader);
	const filter = within(reader, depth);
	if (next(reader) !== CLOSE) {
		const what = next(reader) === undefined ? 'a ")" is missing' : 'a ")" must stand here';
		throw wrong(reader, what);
	}
	reader.at++;
	return filter;
}

function within(reader: FilterReader, depth: number): Filter {
	const operator = next(reader);
	if (operator !== AND && operator !== OR && operator !== NOT) return item(reader);
	reader.at++;
	skipSpaces(reader);
	if (operator === NOT) {
		// Active Directory takes "(!cn=x)" as well, and it is found in its documentation.
		const filter = next(reader) === OPEN ? parenthesised(reader, depth + 1) : item(reader);
		skipSpaces(reader);
		return { type: 'not', filter };
	}
	const filters: Filter[] = [];
	while (next(reader) === OPEN) {
		filters.push(parenthesised(reader, depth + 1));
		skipSpaces(reader);
	}
	return { type: operator === AND ? 'and' : 'or', filters };
}

function bareItem(reader: FilterReader): Filter {
	const operator = next(reader);
	if (operator === AND || operator === OR || operator === NOT) {
		throw wrong(reader, 'a filter that combines others stands in parentheses');
	}
	return item(reader);
}

function item(reader: FilterReader): Filter {
	const start = reader.at;
	const name = nameAt(reader);
	const operator = next(reader);
	if (operator === COLON) return extensible(reader, start, name);
	const type = COMPARISONS.get(operator);
	if (!type) throw wrong(reader, 'a "=" is missing after the name of the attribute');
	if (!isAttributeDescription(name)) throw wrongName({ ...reader, at: start }, name);
	reader.at++;
	if (type === 'equality') return equalityOrSubstrings(reader, name);
	if (next(reader) !== EQUALS) {
		throw wrong(
			reader,
			'a "=" must follow',
			type === 'approximate' ? undefined : 'LDAP has only >= and <=; more than is (!(a<=b)).',
		);
	}
	reader.at++;
	return { type, attribute: name, value: readValue(reader) };
}

function nameAt(reader: FilterReader): string {
	const start = reader.at;
	while (!ENDS_NAME.has(next(reader))) reader.at++;
	return reader.bytes.toString('utf8', start, reader.at);
}

function wrongName(reader: FilterReader, name: string) {
	if (name === '') return wrong(reader, 'the name of an attribute is missing');
	const what = `"${name}" is not the name of an attribute`;
	if (name.includes('{')) {
		return wrong(reader, what, 'A value can be put in after the operator only.');
	}
	if (name.endsWith('!')) return wrong(reader, what, 'Not equal is (!(attribute=value)).');
	return wrong(
		reader,
		what,
		/\s/.test(name) ? 'No space stands before or within the operator.' : undefined,
	);
}

function equalityOrSubstrings(reader: FilterReader, attribute: string): Filter {
	const parts: Buffer[] = [];
	for (;;) {
		const start = reader.at;
		const part = readValue(reader, true);
		const more = reader.bytes[reader.at] === 0x2a;
		if (part.length === 0 && reader.at > start && (more || parts.length > 0)) {
			// "(uid={uid}*)" would find all entries.
			throw wrong({ ...reader, at: start }, 'the value put in here is empty');
		}
		if (part.length === 0 && more && parts.length > 0) {
			throw wrong({ ...reader, at: start }, 'two * without anything between them');
		}
		parts.push(part);
		if (!more) break;
		reader.at++;
	}
	const [initial, ...rest] = parts;
	const final = rest.pop();
	if (!initial || !final)
		return { type: 'equality', attribute, value: parts[0] ?? Buffer.alloc(0) };
	if (parts.every(({ length }) => length === 0)) return { type: 'present', attribute };
	return {
		type: 'substrings',
		attribute,
		...(initial.length > 0 && { initial }),
		any: rest,
		...(final.length > 0 && { final }),
	};
}

/** attr [":dn"] [":" rule] ":=" value, or [":dn"] ":" rule ":=" value */
function extensible(reader: FilterReader, start: number, attribute: string): Filter {
	if (attribute !== '' && !isAttributeDescription(attribute)) {
		throw wrongName({ ...reader, at: start }, attribute);
	}
	const names: string[] = [];
	reader.at++;
	while (next(reader) !== EQUALS) {
		names.push(nameAt(reader));
		if (next(reader) !== COLON) throw wrong(reader, 'a ":=" is missing');
		reader.at++;
	}
	const dnAttributes = names[0]?.toLowerCase() === 'dn';
	const [matchingRule, ...others] = dnAttributes ? names.slice(1) : names;
	if (others.length > 0) throw wrong(reader, 'before := stand at most :dn and one matching rule');
	if (matchingRule !== undefined && !isMatchingRule(matchingRule)) {
		throw wrong(reader, `"${matchingRule}" is not the name or OID of a matching rule`);
	}
	if (attribute === '' && matchingRule === undefined) {
		throw wrong(reader, 'before := an attribute or a matching rule is needed');
	}
	reader.at++;
	return {
		type: 'extensible',
		...(attribute !== '' && { attribute }),
		...(matchingRule !== undefined && { matchingRule }),
		value: readValue(reader),
		dnAttributes,
	};
}

const OPERATORS: Record<ComparisonType, string> = {
	equality: '=',
	greaterOrEqual: '>=',
	lessOrEqual: '<=',
	approximate: '~=',
};

/**
 * The text of a filter; parsed again it is the same filter.
 * @throws Failure of kind invalid where a name is none
 */
export function formatFilter(filter: Filter): string {
	return `(${inside(filter)})`;
}

function inside(filter: Filter): string {
	if ('filters' in filter) {
		return `${filter.type === 'and' ? '&' : '|'}${filter.filters.map(formatFilter).join('')}`;
	}
	if (filter.type === 'not') return `!${formatFilter(filter.filter)}`;
	if (filter.type === 'extensible') return `${extensibleHead(filter)}:=${escaped(filter.value)}`;
	const attribute = attributeOf(filter.attribute);
	if (filter.type === 'present') return `${attribute}=*`;
	if (filter.type !== 'substrings') {
		return `${attribute}${OPERATORS[filter.type]}${escaped(filter.value)}`;
	}
	const none = Buffer.alloc(0);
	const parts = [filter.initial ?? none, ...filter.any, filter.final ?? none];
	return `${attribute}=${parts.map(escaped).join('*')}`;
}

function extensibleHead(filter: Extract<Filter, { type: 'extensible' }>): string {
	const { attribute, matchingRule, dnAttributes } = filter;
	if (matchingRule !== undefined && !isMatchingRule(matchingRule)) {
		throw invalidFilter(`"${matchingRule}" is not the name or OID of a matching rule`);
	}
	const name = attribute === undefined ? '' : attributeOf(attribute);
	return `${name}${dnAttributes ? ':dn' : ''}${matchingRule === undefined ? '' : `:${matchingRule}`}`;
}

/** Text stays text; of a value that is none, every byte that is not printable ASCII is escaped. */
function escaped(value: Buffer): string {
	const text = isUtf8(value) ? value.toString() : value.toString('latin1');
	// eslint-disable-next-line no-control-regex -- control characters are unreadable in a message
	const special = isUtf8(value) ? /[\x00-\x1f\x7f()*\\]/g : /[\x00-\x1f\x7f-\xff()*\\]/g;
	return text.replace(special, (one) => `\\${one.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
