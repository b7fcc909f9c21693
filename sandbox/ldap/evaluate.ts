import type { Directory } from './directory.ts';
import { distinguishedNameKey } from './dn.ts';
import type { Attribute, Entry } from './entry.ts';
import { Fields } from './entry.ts';
import type { Filter } from './filter.ts';
import { compareKeys, matchKey, ruleName } from './matching.ts';
import { parseDescription, type AttributeType } from './schema.ts';

/** Where a filter finds the values of an entry. */
export interface Viewer {
	directory: Directory;
	/** The attributes of a type and of those that inherit from it, as this reader may see them. */
	read(entry: Entry, type: AttributeType, options: string[]): Attribute[];
	/** Whether `objectClass=person` also means classes that inherit from it. */
	classesInherit: boolean;
	/** Whether a filter may follow links from entry to entry. */
	followsChains: boolean;
}

/** True, false or undefined (RFC 4511 section 4.5.1.7): only `true` is a match. */
type Truth = boolean | undefined;

const BIT_AND = '1.2.840.113556.1.4.803';
const BIT_OR = '1.2.840.113556.1.4.804';
const IN_CHAIN = '1.2.840.113556.1.4.1941';

/** Whether the filter is true for the entry. */
export function evaluate(filter: Filter, entry: Entry, viewer: Viewer): Truth {
	switch (filter.type) {
		case 'and':
			return combine(filter.filters, false, entry, viewer);
		case 'or':
			return combine(filter.filters, true, entry, viewer);
		case 'not': {
			const inner = evaluate(filter.filter, entry, viewer);
			return inner === undefined ? undefined : !inner;
		}
		case 'extensible':
			return extensible(filter, entry, viewer);
		default:
			return assertion(filter, entry, viewer);
	}
}

function combine(filters: Filter[], decisive: boolean, entry: Entry, viewer: Viewer): Truth {
	let result: Truth = !decisive;
	for (const filter of filters) {
		const one = evaluate(filter, entry, viewer);
		if (one === decisive) return decisive;
		if (one === undefined) result = undefined;
	}
	return result;
}

type Assertion = Exclude<Filter, { type: 'and' | 'or' | 'not' | 'extensible' }>;

function assertion(filter: Assertion, entry: Entry, viewer: Viewer): Truth {
	const { schema } = viewer.directory;
	const { type: name, options } = parseDescription(filter.attribute);
	const type = schema.attribute(name);
	if (!type) return undefined;
	const attributes = viewer.read(entry, type, options);
	if (filter.type === 'present') return attributes.length > 0;
	if (filter.type === 'substrings') return substrings(filter, type, attributes, viewer);
	const wanted = matchKey(type, filter.value, schema);
	if (wanted === undefined) return undefined;
	if (filter.type === 'equality' || filter.type === 'approximate') {
		if (type.oid === '2.5.4.0' && viewer.classesInherit)
			return isOfClass(filter.value, entry, viewer);
		return some(attributes, (key) => key === wanted, viewer);
	}
	if (type.ordering === undefined) return undefined;
	const sign = filter.type === 'greaterOrEqual' ? 1 : -1;
	return some(attributes, (key) => compareKeys(type, key, wanted) * sign >= 0, viewer);
}

function some(attributes: Attribute[], test: (key: string) => boolean, viewer: Viewer): boolean {
	return attributes.some(({ type, values }) =>
		values.some((value) => {
			const key = matchKey(type, value, viewer.directory.schema);
			return key !== undefined && test(key);
		}),
	);
}

function isOfClass(value: Buffer, entry: Entry, { directory: { schema } }: Viewer): Truth {
	const wanted = schema.class(value.toString());
	if (!wanted) return undefined;
	return new Fields(entry, schema)
		.all('objectClass')
		.flatMap((name) => schema.class(name) ?? [])
		.some((one) => schema.superclasses(one).includes(wanted));
}

function substrings(
	{ initial, any, final }: Extract<Filter, { type: 'substrings' }>,
	type: AttributeType,
	attributes: Attribute[],
	viewer: Viewer,
): Truth {
	if (type.substrings === undefined) return undefined;
	// A space at the edge of a part counts, unlike one at the edge of a value (RFC 4518 section 2.6.1).
	const part = (value: Buffer) =>
		(matchKey(type, Buffer.concat([mark, value, mark]), viewer.directory.schema) ?? '').slice(
			1,
			-1,
		);
	const [first, last] = [initial, final].map((value) => (value ? part(value) : ''));
	const middle = any.map(part);
	return some(
		attributes,
		(key) => {
			if (!key.startsWith(first ?? '')) return false;
			let at = first?.length ?? 0;
			for (const one of middle) {
				const found = key.indexOf(one, at);
				if (found < 0) return false;
				at = found + one.length;
			}
			return key.length - at >= (last?.length ?? 0) && key.endsWith(last ?? '');
		},
		viewer,
	);
}

const mark = Buffer.from('x');

function extensible(
	{ rule, attribute, value, dnAttributes }: Extract<Filter, { type: 'extensible' }>,
	entry: Entry,
	viewer: Viewer,
): Truth {
	const { schema } = viewer.directory;
	const description = attribute === undefined ? undefined : parseDescription(attribute);
	const type = description && schema.attribute(description.type);
	if (description && !type) return undefined;
	const own = type ? viewer.read(entry, type, description.options) : [...entry];
	if (rule === BIT_AND || rule === BIT_OR) return bits(rule, value, own);
	if (rule === IN_CHAIN && viewer.followsChains) return type && inChain(type, value, entry, viewer);
	const named = dnAttributes
		? entry.dn.rdns.flatMap(({ assertions }) =>
				assertions.filter((one) => !type || schema.attribute(one.type) === type),
			)
		: [];
	const wantedRule = rule === undefined ? type?.equality : ruleName(rule);
	if (wantedRule === undefined) return undefined;
	const matches = (of: AttributeType | undefined, one: Buffer) => {
		const wanted = of && matchKey(of, value, schema, wantedRule);
		return wanted !== undefined && of && matchKey(of, one, schema, wantedRule) === wanted;
	};
	const found =
		own.some((one) => one.values.some((each) => matches(one.type, each))) ||
		named.some((one) => matches(schema.attribute(one.type), one.value));
	return Boolean(found);
}

function bits(rule: string, value: Buffer, attributes: Attribute[]): Truth {
	if (!/^-?\d+$/.test(value.toString())) return undefined;
	const mask = BigInt.asUintN(64, BigInt(value.toString()));
	return attributes.some(({ values }) =>
		values.some((one) => {
			if (!/^-?\d+$/.test(one.toString())) return false;
			const common = BigInt.asUintN(64, BigInt(one.toString())) & mask;
			return rule === BIT_AND ? common === mask : common !== 0n;
		}),
	);
}

/** Whether the chain of links that starts at the entry leads to the one that is named. */
function inChain(type: AttributeType, value: Buffer, entry: Entry, viewer: Viewer): Truth {
	const { directory } = viewer;
	const wanted = distinguishedNameKey(value.toString(), directory.schema);
	if (wanted === undefined) return undefined;
	const seen = new Set<string>();
	const pending = [entry];
	for (let one = pending.pop(); one; one = pending.pop()) {
		for (const { values } of viewer.read(one, type, [])) {
			for (const linked of values) {
				const key = distinguishedNameKey(linked.toString(), directory.schema);
				if (key === wanted) return true;
				if (key === undefined || seen.has(key)) continue;
				seen.add(key);
				const next = directory.get(key);
				if (next) pending.push(next);
			}
		}
	}
	return false;
}
