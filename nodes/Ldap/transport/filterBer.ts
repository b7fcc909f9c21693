import { boolean, element, octets, sequence, Tag } from './ber';
import type { ComparisonType, Filter } from './filter';

// https://www.rfc-editor.org/rfc/rfc4511 section 4.5.1.7
const COMPARISON: Record<ComparisonType, number> = {
	equality: Tag.contextOf + 3,
	greaterOrEqual: Tag.contextOf + 5,
	lessOrEqual: Tag.contextOf + 6,
	approximate: Tag.contextOf + 8,
};

/** The filter of a search request. */
export function encodeFilter(filter: Filter): Buffer {
	if ('filters' in filter) {
		const tag = Tag.contextOf + (filter.type === 'and' ? 0 : 1);
		// Not as arguments: a list of 100,000 filters would be too many of them.
		return element(tag, Buffer.concat(filter.filters.map(encodeFilter)));
	}
	if (filter.type === 'not') return element(Tag.contextOf + 2, encodeFilter(filter.filter));
	if (filter.type === 'present') return octets(filter.attribute, Tag.context + 7);
	if (filter.type === 'substrings') return substrings(filter);
	if (filter.type === 'extensible') return extensible(filter);
	return element(COMPARISON[filter.type], octets(filter.attribute), octets(filter.value));
}

function substrings({
	attribute,
	initial,
	any,
	final,
}: Extract<Filter, { type: 'substrings' }>): Buffer {
	const parts = [
		...(initial ? [octets(initial, Tag.context)] : []),
		...any.map((part) => octets(part, Tag.context + 1)),
		...(final ? [octets(final, Tag.context + 2)] : []),
	];
	return element(Tag.contextOf + 4, octets(attribute), sequence(Buffer.concat(parts)));
}

function extensible({
	attribute,
	matchingRule,
	value,
	dnAttributes,
}: Extract<Filter, { type: 'extensible' }>): Buffer {
	return element(
		Tag.contextOf + 9,
		...(matchingRule === undefined ? [] : [octets(matchingRule, Tag.context + 1)]),
		...(attribute === undefined ? [] : [octets(attribute, Tag.context + 2)]),
		octets(value, Tag.context + 3),
		// A value that is the default is not sent (RFC 4511 section 5.1).
		...(dnAttributes ? [boolean(true, Tag.context + 4)] : []),
	);
}
