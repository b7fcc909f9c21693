import type { Condition, FilterInput } from '../../../nodes/Ldap/actions/filterOf';
import { filterOf } from '../../../nodes/Ldap/actions/filterOf';
import { formatFilter, parseFilter } from '../../../nodes/Ldap/transport/filterText';
import { invalid } from '../failures';
import { openLdap } from '../transport/schemas';

const written = (input: FilterInput) => formatFilter(filterOf(input, openLdap));
const byConditions = (rows: Condition[], match: 'all' | 'any' = 'all') =>
	written({ filterBy: 'conditions', conditions: { rows }, match });

const GUID = '3f79048f-42cd-4c77-8426-835cd9f8a3ad';
// Its first three parts are the other way round: MS-DTYP 2.3.4.2.
const GUID_FILTER = '\\8f\\04y?\\cdBwL\\84&\\83\\5c\\d9\\f8\\a3\\ad';

test.each<[Condition, string]>([
	[{ attribute: 'mail', operator: 'equals', value: '*)(uid=*' }, '(mail=\\2a\\29\\28uid=\\2a)'],
	[{ attribute: ' cn ', operator: 'notEquals', value: 'a' }, '(!(cn=a))'],
	[{ attribute: 'cn', operator: 'contains', value: 'a*b' }, '(cn=*a\\2ab*)'],
	[{ attribute: 'cn', operator: 'notContains', value: 'a' }, '(!(cn=*a*))'],
	[{ attribute: 'cn', operator: 'startsWith', value: 'ž' }, '(cn=ž*)'],
	[{ attribute: 'cn;lang-de', operator: 'endsWith', value: ' b' }, '(cn;lang-de=* b)'],
	[{ attribute: 'cn', operator: 'exists' }, '(cn=*)'],
	[{ attribute: 'cn', operator: 'notExists', value: 'left over' }, '(!(cn=*))'],
	[{ attribute: 'cn', operator: 'approximately', value: 'Jensn' }, '(cn~=Jensn)'],
	[{ attribute: 'uidNumber', operator: 'atLeast', value: '1000' }, '(uidNumber>=1000)'],
	[{ attribute: 'uidNumber', operator: 'atMost', value: '1000' }, '(uidNumber<=1000)'],
	[
		{ attribute: 'userAccountControl', operator: 'allBits', value: '2' },
		'(userAccountControl:1.2.840.113556.1.4.803:=2)',
	],
	[
		{ attribute: 'groupType', operator: 'anyBit', value: '0x80000000' },
		'(groupType:1.2.840.113556.1.4.804:=2147483648)',
	],
	[
		{ attribute: 'userAccountControl', operator: 'noBit', value: '2' },
		'(!(userAccountControl:1.2.840.113556.1.4.804:=2))',
	],
	[
		{ attribute: 'memberOf', operator: 'inChain', value: 'cn=a (b),dc=x' },
		'(memberOf:1.2.840.113556.1.4.1941:=cn=a \\28b\\29,dc=x)',
	],
	[{ attribute: 'objectGUID', operator: 'equals', value: GUID }, `(objectGUID=${GUID_FILTER})`],
	[
		{ attribute: 'x-id', operator: 'equals', value: GUID, valueType: 'guid' },
		`(x-id=${GUID_FILTER})`,
	],
	[
		{ attribute: 'objectSid', operator: 'equals', value: 'S-1-5-32-544' },
		'(objectSid=\\01\\02\\00\\00\\00\\00\\00\\05 \\00\\00\\00 \\02\\00\\00)',
	],
	[
		{ attribute: 'createTimestamp', operator: 'atLeast', value: '2026-01-31T08:00:00+01:00' },
		'(createTimestamp>=20260131070000Z)',
	],
	[
		// 2026-01-01 is 13,411,699,200 s after 1601-01-01.
		{ attribute: 'lastLogonTimestamp', operator: 'atMost', value: '2026-01-01' },
		'(lastLogonTimestamp<=134116992000000000)',
	],
	[{ attribute: 'x', operator: 'equals', value: 'AP8q', valueType: 'base64' }, '(x=\\00\\ff\\2a)'],
])('%j', (condition, filter) => {
	expect(byConditions([condition])).toBe(filter);
	expect(formatFilter(parseFilter(filter))).toBe(filter);
});

test('all and any conditions; without any, all entries', () => {
	const rows: Condition[] = [
		{ attribute: 'a', operator: 'equals', value: '1' },
		{ attribute: 'b', operator: 'exists' },
	];
	expect(byConditions(rows)).toBe('(&(a=1)(b=*))');
	expect(byConditions(rows, 'any')).toBe('(|(a=1)(b=*))');
	expect(byConditions([])).toBe('(objectclass=*)');
	expect(written({ filterBy: 'conditions' })).toBe('(objectclass=*)');
});

test.each<[Condition, RegExp]>([
	[{ attribute: 'mail', operator: 'equals', value: '' }, /condition of "mail" has no value/],
	[{ attribute: 'mail', operator: 'contains' }, /condition of "mail" has no value/],
	[
		{ attribute: 'a)(b', operator: 'equals', value: 'x' },
		/"a\)\(b" is not the name of an attribute/,
	],
	[{ attribute: '', operator: 'exists' }, /A condition names no attribute/],
	[{ attribute: 'objectGUID', operator: 'equals', value: 'x' }, /"objectGUID" is not a GUID/],
	[{ attribute: 'x', operator: 'equals', value: 'x', valueType: 'sid' }, /"x" is not a SID/],
	[
		{ attribute: 'x', operator: 'atMost', value: '2026-01-01T00:00', valueType: 'fileTime' },
		/time zone/,
	],
	[{ attribute: 'uac', operator: 'allBits', value: 'disabled' }, /bits of "uac" are "disabled"/],
])('%j is refused', (condition, message) => {
	expect(invalid(() => byConditions([condition])).message).toMatch(message);
});

describe('text', () => {
	const byText = (filter: string, ...rows: Array<[string, string, ('guid' | 'text')?]>) =>
		written({
			filterBy: 'text',
			filter,
			filterValues: {
				rows: rows.map(([name, value, valueType = 'text']) => ({ name, value, valueType })),
			},
		});

	test('values are put in, whatever is in them', () => {
		expect(byText('(&(uid={uid})(objectGUID={id}))', ['uid', '*{id}'], ['id', GUID, 'guid'])).toBe(
			`(&(uid=\\2a{id})(objectGUID=${GUID_FILTER}))`,
		);
		expect(byText('(a={b})')).toBe('(a={b})');
	});

	test('names that are none, twice there or not in the text are refused', () => {
		const wrong = (...rows: Array<[string, string]>) =>
			invalid(() => byText('(uid={uid})', ...rows)).message;
		expect(wrong(['u-id', 'a'])).toBe('"Filter Values" has the name "u-id"');
		expect(wrong(['uid', 'a'], ['uid', 'b'])).toBe('"Filter Values" has the name "uid" twice');
		expect(wrong(['uid', 'a'], ['mail', 'b'])).toMatch(/no place for the value "mail"/);
	});
});
