import type { BerReader } from './ber.ts';
import { ProtocolError } from './ber.ts';

/** A search filter (RFC 4511 section 4.5.1.7). */
export type Filter =
	| { type: 'and' | 'or'; filters: Filter[] }
	| { type: 'not'; filter: Filter }
	| {
			type: 'equality' | 'greaterOrEqual' | 'lessOrEqual' | 'approximate';
			attribute: string;
			value: Buffer;
	  }
	| { type: 'present'; attribute: string }
	| { type: 'substrings'; attribute: string; initial?: Buffer; any: Buffer[]; final?: Buffer }
	| { type: 'extensible'; rule?: string; attribute?: string; value: Buffer; dnAttributes: boolean };

const assertions = {
	0xa3: 'equality',
	0xa5: 'greaterOrEqual',
	0xa6: 'lessOrEqual',
	0xa8: 'approximate',
} as const;

/** Reads the next element as a filter. */
export function readFilter(reader: BerReader): Filter {
	const { tag } = reader;
	if (tag === 0xa0 || tag === 0xa1) {
		const filters = reader.into(tag).all(readFilter);
		return { type: tag === 0xa0 ? 'and' : 'or', filters };
	}
	if (tag === 0xa2) return { type: 'not', filter: readFilter(reader.into(tag)) };
	if (tag === 0xa3 || tag === 0xa5 || tag === 0xa6 || tag === 0xa8) {
		const assertion = reader.into(tag);
		return { type: assertions[tag], attribute: assertion.text(), value: assertion.next(0x04) };
	}
	if (tag === 0xa4) return readSubstrings(reader.into(tag));
	if (tag === 0x87) return { type: 'present', attribute: reader.text(tag) };
	if (tag === 0xa9) {
		const parts = reader.into(tag);
		const rule = parts.optional(0x81)?.toString();
		const attribute = parts.optional(0x82)?.toString();
		const value = parts.next(0x83);
		const dnAttributes = (parts.optional(0x84)?.[0] ?? 0) !== 0;
		return { type: 'extensible', rule, attribute, value, dnAttributes };
	}
	throw new ProtocolError(`filter 0x${(tag ?? 0).toString(16)}`);
}

function readSubstrings(reader: BerReader): Filter {
	const attribute = reader.text();
	const parts = reader.into(0x30);
	const initial = parts.optional(0x80);
	const any: Buffer[] = [];
	while (parts.tag === 0x81) any.push(parts.next());
	const final = parts.optional(0x82);
	if (parts.more || (!initial && !final && any.length === 0)) {
		throw new ProtocolError('substring filter');
	}
	return { type: 'substrings', attribute, initial, any, final };
}

/** The filter as text (RFC 4515), for the log of requests. */
export function filterText(filter: Filter): string {
	const escape = (value: Buffer) =>
		isPrintable(value)
			? value.toString().replace(/[\\*()\0]/g, (found) => hex(Buffer.from(found)))
			: hex(value);
	switch (filter.type) {
		case 'and':
			return `(&${filter.filters.map(filterText).join('')})`;
		case 'or':
			return `(|${filter.filters.map(filterText).join('')})`;
		case 'not':
			return `(!${filterText(filter.filter)})`;
		case 'present':
			return `(${filter.attribute}=*)`;
		case 'substrings': {
			const parts = [filter.initial, ...filter.any, filter.final];
			return `(${filter.attribute}=${parts.map((part) => (part ? escape(part) : '')).join('*')})`;
		}
		case 'extensible':
			return `(${filter.attribute ?? ''}${filter.dnAttributes ? ':dn' : ''}${filter.rule ? `:${filter.rule}` : ''}:=${escape(filter.value)})`;
		default: {
			const sign = { equality: '=', greaterOrEqual: '>=', lessOrEqual: '<=', approximate: '~=' };
			return `(${filter.attribute}${sign[filter.type]}${escape(filter.value)})`;
		}
	}
}

const isPrintable = (value: Buffer) => Buffer.from(value.toString()).equals(value);
const hex = (value: Buffer) => value.toString('hex').replace(/../g, '\\$&');
