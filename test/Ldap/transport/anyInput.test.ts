import { BerReader, FilterParser } from 'ldapts';
import fc from 'fast-check';
import { formatDn, joinDn, parseDn, rdnOf, sameDn } from '../../../nodes/Ldap/transport/dn';
import type { Filter } from '../../../nodes/Ldap/transport/filter';
import { allOf, equal, not } from '../../../nodes/Ldap/transport/filter';
import { encodeFilter } from '../../../nodes/Ldap/transport/filterBer';
import { formatFilter, parseFilter } from '../../../nodes/Ldap/transport/filterText';
import { Failure } from '../../../nodes/shared/resilience/failure';

// No input can change the shape of a filter or a DN, and none makes a parser hang or throw anything
// but "invalid".

const bytes = fc.uint8Array({ maxLength: 24 }).map((array) => Buffer.from(array));
const some = fc.uint8Array({ minLength: 1, maxLength: 12 }).map((array) => Buffer.from(array));
/** Texts made of what has a meaning somewhere, and of anything else. */
const hostile = fc.oneof(
	fc.string({ unit: 'binary' }),
	fc.string({ unit: fc.constantFrom(...'()&|!=~<>:*\\{},;+"# ab0\0\r\nž😀'), maxLength: 40 }),
);
const name = fc.stringMatching(/^(?:[A-Za-z][\w-]{0,8}|\d{1,3}(?:\.\d{1,3}){0,4})$/);
const attribute = fc
	.tuple(name, fc.array(fc.stringMatching(/^[\w-]{1,5}$/), { maxLength: 2 }))
	.map(([type, options]) => [type, ...options].join(';'));
const rule = name.filter((text) => text.toLowerCase() !== 'dn');

const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
	filter: fc.oneof(
		{ depthSize: 'small', withCrossShrink: true },
		fc.record({
			type: fc.constantFrom('equality', 'greaterOrEqual', 'lessOrEqual', 'approximate'),
			attribute,
			value: bytes,
		}),
		fc.record({ type: fc.constant('present'), attribute }),
		fc
			.tuple(attribute, fc.option(some), fc.array(some, { maxLength: 3 }), fc.option(some))
			.filter(([, initial, any, final]) => any.length > 0 || initial !== null || final !== null)
			.map(([attribute, initial, any, final]) => ({
				type: 'substrings' as const,
				attribute,
				...(initial && { initial }),
				any,
				...(final && { final }),
			})),
		fc
			.tuple(fc.option(attribute), fc.option(rule), bytes, fc.boolean())
			.filter(([attribute, matchingRule]) => attribute !== null || matchingRule !== null)
			.map(([attribute, matchingRule, value, dnAttributes]) => ({
				type: 'extensible' as const,
				...(attribute !== null && { attribute }),
				...(matchingRule !== null && { matchingRule }),
				value,
				dnAttributes,
			})),
		fc.record({ type: fc.constant('not'), filter: tie('filter') }),
		fc.record({
			type: fc.constantFrom('and', 'or'),
			filters: fc.array(tie('filter'), { maxLength: 4 }),
		}),
	),
}));

const rdns = fc.array(
	fc.array(
		fc.tuple(name, bytes, fc.boolean()).map(([type, value, ber]) => ({
			type,
			value,
			...(ber && value.length > 0 && { ber: true as const }),
		})),
		{ minLength: 1, maxLength: 3 },
	),
	{ maxLength: 4 },
);

/** What it returns, or undefined where it says that its input is invalid. */
function unlessInvalid<T>(run: () => T): T | undefined {
	try {
		return run();
	} catch (error) {
		expect(error).toBeInstanceOf(Failure);
		expect(error).toMatchObject({ kind: 'invalid', phase: 'notSent' });
		return undefined;
	}
}

const check = <T>(property: fc.IProperty<T>) => fc.assert(property, { numRuns: 500 });

test('any filter is the same after it was written and read', () => {
	check(
		fc.property(filter, (original) => {
			expect(parseFilter(formatFilter(original))).toEqual(original);
		}),
	);
});

test('a value of any bytes stays one value in one assertion', () => {
	check(
		fc.property(bytes, bytes, (uid, ou) => {
			const built = allOf(equal('uid', uid), not(equal('ou', ou)));
			expect(parseFilter(formatFilter(built))).toEqual(built);
			const text = '(&(uid={uid})(!(ou={ou})))';
			expect(parseFilter(text, new Map(Object.entries({ uid, ou })))).toEqual(built);
		}),
	);
});

test('a name of an attribute that could change the filter is refused', () => {
	check(
		fc.property(hostile, (text) => {
			const built = unlessInvalid(() => equal(text, 'x'));
			if (built) expect(parseFilter(formatFilter(built))).toEqual(built);
			unlessInvalid(() => formatFilter({ type: 'present', attribute: text }));
		}),
	);
});

test('any text is a filter that can be written and read again, or invalid', () => {
	check(
		fc.property(
			fc.oneof(
				hostile,
				hostile.map((text) => `(a=${text})`),
			),
			(text) => {
				const read = unlessInvalid(() => parseFilter(text));
				if (read) expect(parseFilter(formatFilter(read))).toEqual(read);
			},
		) as never,
	);
});

test('what is sent is what another reader of BER reads', () => {
	const text = fc.stringMatching(/^[a-z]{1,9}$/);
	check(
		fc.property(fc.array(fc.tuple(text, text), { minLength: 1 }), (pairs) => {
			const written = `(&(|${pairs.map(([a, b]) => `(${a}=${b})(!(${a}=${b}*${a}))`).join('')}))`;
			const read = FilterParser.parse(new BerReader(encodeFilter(parseFilter(written))));
			expect(read.toString()).toBe(written);
		}),
	);
});

test('any DN is the same after it was written and read', () => {
	check(
		fc.property(rdns, (original) => {
			expect(parseDn(formatDn(original))).toEqual(original);
			expect(sameDn(formatDn(original), formatDn(original))).toBe(true);
		}),
	);
});

test('a value of any text stays the value of one RDN', () => {
	check(
		fc.property(fc.oneof(bytes, hostile), hostile, (value, type) => {
			const rdn = unlessInvalid(() => rdnOf('cn', value));
			if (rdn) {
				expect(parseDn(joinDn(rdn, 'ou=x,dc=y'))).toEqual([
					[{ type: 'cn', value: Buffer.from(value) }],
					...parseDn('ou=x,dc=y'),
				]);
			}
			const other = unlessInvalid(() => rdnOf(type, 'a'));
			if (other) expect(parseDn(other)).toEqual([[{ type, value: Buffer.from('a') }]]);
		}),
	);
});

test('any text is a DN that can be written and read again, or invalid', () => {
	check(
		fc.property(
			fc.oneof(
				hostile,
				hostile.map((text) => `cn=${text}`),
			),
			(text) => {
				const read = unlessInvalid(() => parseDn(text));
				if (read) expect(parseDn(formatDn(read))).toEqual(read);
			},
		) as never,
	);
});

describe('a megabyte', () => {
	const MEGABYTE = 1024 * 1024;
	const of = (text: string) => text.repeat(MEGABYTE / text.length);

	test.each<[what: string, text: string]>([
		['open parentheses', of('(')],
		['nested filters', `${'(!'.repeat(100_000)}(a=b)${')'.repeat(100_000)}`],
		['one value', `(cn=${of('x')})`],
		['escapes', `(cn=${of('\\c4\\8d')})`],
		['stars', `(cn=${of('*')})`],
		['parts', `(cn=${of('*a')})`],
		['filters', `(|${of('(ab=c)')})`],
		['colons', `(cn${of(':')}=x)`],
		['braces', `(cn=${of('{')})`],
		['an attribute', of('a')],
		['options', `(${of('a;')}=x)`],
		['digits and dots', `(${of('1.')}=x)`],
		['spaces', of(' ')],
	])('of %s in a filter', (_what, text) => {
		const read = unlessInvalid(() => parseFilter(text, new Map()));
		if (!read) return;
		expect(encodeFilter(read).length).toBeGreaterThan(0);
		const formatted = formatFilter(read);
		expect(formatFilter(parseFilter(formatted)) === formatted).toBe(true);
	});

	test.each<[what: string, text: string]>([
		['one value', `cn=${of('x')}`],
		['RDNs', of('cn=abc, ').slice(0, -2)],
		['values', of('cn=abcd+').slice(0, -1)],
		['spaces', `cn=a${of(' ')}b`],
		['escapes', `cn=${of('\\, ')}`],
		['quotes', `cn="${of('\\"')}"`],
		['hexadecimal digits', `cn=#${of('00')}`],
		['digits and dots', `${of('1.')}=x`],
		['commas', of(',')],
	])('of %s in a DN', (_what, text) => {
		const read = unlessInvalid(() => parseDn(text));
		if (!read) return;
		const formatted = formatDn(read);
		expect(formatDn(parseDn(formatted)) === formatted).toBe(true);
		expect(sameDn(text, formatted)).toBe(true);
	});
});
